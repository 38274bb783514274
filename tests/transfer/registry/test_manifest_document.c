/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests and indexes: their shape, and how much of them is taken. */

#include <criterion/criterion.h>
#include <stdio.h>

#include "support/fixture_json_sweep.h"
#include "transfer/registry/manifest_document.h"

#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define PART(type) \
	"{\"mediaType\":\"" type "\",\"digest\":\"sha256:" HEX "\",\"size\":7,\"urls\":[]}"
#define MANIFEST                                             \
	"{\"schemaVersion\":2,\"mediaType\":\"" OCI_MANIFEST \
	"\",\"config\":" PART("a/config") ",\"layers\":[" PART("a/layer") "]}"
#define INDEX                                                                               \
	"{\"schemaVersion\":2,\"mediaType\":\"" DOCUMENT_OCI_INDEX "\",\"manifests\":["     \
	"{\"mediaType\":\"" OCI_MANIFEST "\",\"digest\":\"sha512:" HEX HEX "\",\"size\":7," \
	"\"platform\":{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v7\"},"      \
	"\"annotations\":{\"org.opencontainers.image.ref.name\":\"x\"}}]}"

/* `of`: the media type that was announced. */
static bool manifest_read(void *of, struct str text, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct document d;

	return document_read(&a, "m", of, text, &d, e);
}

/* Required are those that image-spec v1.1.1 requires. */
Test(manifest_document, every_value_and_every_member_is_checked)
{
	static const char *const optional[] = { "mediaType",
						"config.urls",
						"layers[].urls",
						"manifests[].platform",
						"manifests[].platform.os",
						"manifests[].platform.architecture",
						"manifests[].platform.variant",
						"manifests[].annotations",
						"manifests[].annotations.org.opencontainers.image."
						"ref.name",
						NULL };
	static const char *const free_values[] = { "manifests[].platform",
						   "manifests[].annotations", NULL };
	static const char *const texts[][2] = { { MANIFEST, OCI_MANIFEST },
						{ INDEX, DOCUMENT_OCI_INDEX } };

	for (size_t i = 0; i < 2; i++)
		json_sweep(&(struct json_sweep){ .text = texts[i][0],
						 .read = manifest_read,
						 .of = (void *)(uintptr_t)texts[i][1],
						 .optional = optional,
						 .anything = free_values,
						 .nulls = true,
						 .open = true });
}

Test(manifest_document, the_announced_type_is_compared_without_case_and_parameters)
{
	static const struct {
		const char *announced, *text;
		enum err_kind kind;
	} cases[] = {
		{ NULL, MANIFEST, ERR_NONE },
		{ "", MANIFEST, ERR_NONE },
		{ OCI_MANIFEST, MANIFEST, ERR_NONE },
		{ "Application/VND.OCI.image.manifest.v1+JSON ; charset=utf-8", MANIFEST,
		  ERR_NONE },
		{ OCI_MANIFEST, "{}", ERR_NONE },
		{ DOCKER_MANIFEST, MANIFEST, ERR_VERIFY },
		{ "text/plain", "{}", ERR_INPUT },
		{ NULL, "{}", ERR_INPUT },
		{ NULL, "{\"schemaVersion\":1}", ERR_INPUT },
		{ OCI_MANIFEST, "{\"schemaVersion\":1}", ERR_INPUT },
		{ "application/vnd.docker.distribution.manifest.v1+json", MANIFEST, ERR_INPUT },
		{ "application/vnd.docker.distribution.manifest.v1+prettyjws", MANIFEST,
		  ERR_INPUT },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error e = { 0 };
		const char *type = NULL;
		bool ok = document_type(&a, "m", cases[i].announced, str_of(cases[i].text), &type,
					&e);

		cr_expect_eq(e.kind, cases[i].kind, "%zu: %s", i, e.cause);
		cr_expect_eq(ok, cases[i].kind == ERR_NONE);
		if (ok)
			cr_expect_str_eq(type, OCI_MANIFEST);
	}
}

static struct document document_of(struct arena *a, const char *text)
{
	struct document d;
	struct error e = { 0 };

	cr_assert(document_read(a, "m", OCI_MANIFEST, str_of(text), &d, &e), "%s", e.cause);
	return d;
}

Test(manifest_document, what_is_named_twice_is_the_same)
{
	AUTO_ARENA a = { 0 };
	struct document_parts parts = { .bytes = 0 };
	struct document d = document_of(&a, MANIFEST), again;
	struct error e = { 0 };

	cr_expect_not(document_parts_add(&a, &parts, &d, &e), "one digest, two media types");
	cr_expect(strstr(e.cause, "is named with different sizes or media types"), "%s", e.cause);
	d.parts.n = 1;
	parts = (struct document_parts){ .bytes = 0 };
	e = (struct error){ 0 };
	cr_assert(document_parts_add(&a, &parts, &d, &e));
	cr_assert(document_parts_add(&a, &parts, &d, &e), "%s", e.cause);
	cr_expect_eq(parts.v.n, 1);
	cr_expect_eq(parts.bytes, 7);
	again = document_of(&a, MANIFEST);
	again.parts.v[0].size = 8;
	again.parts.n = 1;
	cr_expect_not(document_parts_add(&a, &parts, &again, &e), "one digest, two sizes");
}

Test(manifest_document, a_manifest_is_known_by_digest_size_and_type)
{
	AUTO_ARENA a = { 0 };
	struct documents l = { .bytes = 0 };
	struct document d = document_of(&a, MANIFEST);
	struct document_part p = { .media_type = OCI_MANIFEST,
				   .digest = d.digest,
				   .size = d.text.n };
	struct error e = { 0 };

	document_part_name(&p, "manifest");
	cr_expect_eq(documents_have(&l, &p, &e), 0);
	documents_add(&a, &l, &d);
	cr_expect_eq(documents_have(&l, &p, &e), 1);
	p.size++;
	cr_expect_eq(documents_have(&l, &p, &e), -1);
	p.size--;
	p.media_type = DOCKER_MANIFEST;
	e = (struct error){ 0 };
	cr_expect_eq(documents_have(&l, &p, &e), -1);
	cr_expect(strstr(e.cause, "is named with different sizes or media types"), "%s", e.cause);
}

/* The last that there is room for is taken, and no more. */
Test(manifest_document, what_is_taken_has_bounds)
{
	AUTO_ARENA a = { 0 };
	struct documents l = { .bytes = DOCUMENTS_BYTES_MAX };
	struct document_parts parts = { .bytes = 0 };
	struct document d = document_of(&a, MANIFEST);
	struct document_part p = { .digest = content_digest_of(STR("x"), false) };
	struct error e = { 0 };

	document_part_name(&p, "manifest");
	cr_expect_eq(documents_have(&l, &p, &e), -1, "too many bytes");
	cr_expect(strstr(e.cause, "more than 1024 manifests, or more than 67108864 bytes"), "%s",
		  e.cause);
	l.bytes = 0;
	for (unsigned i = 0; i < DOCUMENTS_MAX; i++) {
		cr_assert_eq(documents_have(&l, &p, &e), 0);
		documents_add(&a, &l, &d);
	}
	e = (struct error){ 0 };
	cr_expect_eq(documents_have(&l, &p, &e), -1, "too many");

	d.parts.n = 1;
	for (unsigned i = 0; i <= BLOBS_MAX; i++) {
		char number[16];

		snprintf(number, sizeof(number), "%u", i);
		d.parts.v[0].digest = content_digest_of(str_of(number), false);
		document_part_name(&d.parts.v[0], "layer");
		e = (struct error){ 0 };
		cr_assert_eq(document_parts_add(&a, &parts, &d, &e), i < BLOBS_MAX);
	}
	cr_expect(strstr(e.cause, "more than 8192 blobs"), "%s", e.cause);
}

Test(manifest_document, a_document_names_so_many_parts)
{
	AUTO_ARENA a = { 0 };

	for (unsigned n = DOCUMENT_PARTS_MAX - 1; n <= DOCUMENT_PARTS_MAX; n++) {
		struct buf text = { .a = &a };
		struct error e = { 0 };
		struct document d;
		bool ok;

		buf_puts(&text,
			 "{\"schemaVersion\":2,\"config\":" PART("a/config") ",\"layers\":[");
		for (unsigned i = 0; i < n; i++)
			buf_printf(&text, "%s" PART("a/layer"), i ? "," : "");
		buf_puts(&text, "]}");
		ok = document_read(&a, "m", OCI_MANIFEST, buf_str(&text), &d, &e);
		cr_expect_eq(ok, n < DOCUMENT_PARTS_MAX, "%u: %s", n, e.cause);
		cr_expect(ok || strstr(e.cause, "more than 4096 parts"), "%s", e.cause);
	}
}
