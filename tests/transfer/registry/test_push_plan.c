/* SPDX-License-Identifier: Apache-2.0 */
/* What has to be sent of an image, from its index.json down; and what is no image. */

#include <criterion/criterion.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "transfer/registry/push.h"

#define INDEX "application/vnd.oci.image.index.v1+json"
#define MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define ZEROS "sha256:0000000000000000000000000000000000000000000000000000000000000000"

/* Documents by their digest, in memory. */
struct push_scene {
	struct arena a;
	struct strings names, texts;
	const char *lies; /* instead of the document with this digest another one of its length */
	struct push_plan plan;
	const char *message;
};

static bool planned_open(void *of, const struct content_digest *d, struct push_part *out,
			 struct error *e)
{
	struct push_scene *p = of;
	const char *name = content_digest_text(&p->a, d);

	for (size_t i = 0; i < p->names.n; i++) {
		size_t n = strlen(p->texts.v[i]);
		char *text = arena_strdup(&p->a, p->texts.v[i]);

		if (strcmp(p->names.v[i], name) != 0)
			continue;
		if (p->lies && strcmp(p->lies, name) == 0)
			text[n - 1] = ' ';
		out->own = out->fd = memfd_create("planned", MFD_CLOEXEC);
		out->offset = 0;
		out->size = n;
		cr_assert_eq(write(out->fd, text, n), (ssize_t)n);
		return true;
	}
	return err_set(e, ERR_INPUT, "is not there");
}

static const char *planned_put(struct push_scene *p, const char *text)
{
	struct digest d = digest_of(str_of(text));
	const char *name = arena_printf(&p->a, "sha256:%s", digest_hex_dup(&p->a, &d));

	*list_push(&p->a, &p->names) = name;
	*list_push(&p->a, &p->texts) = text;
	return name;
}

/* A descriptor; `more` begins with a comma or is "". */
static const char *planned_part(struct push_scene *p, const char *type, const char *name,
				size_t size, const char *more)
{
	return arena_printf(&p->a, "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%zu%s}", type,
			    name, size, more);
}

/* The descriptor of an image with this word in its configuration's place. */
static const char *planned_image(struct push_scene *p, const char *word, const char *more)
{
	const char *config = planned_put(p, arena_printf(&p->a, "{\"x\":\"%s\"}", word));
	const char *text = arena_printf(&p->a,
					"{\"schemaVersion\":2,\"mediaType\":\"" MANIFEST
					"\",\"config\":%s,"
					"\"layers\":[]}",
					planned_part(p, "application/vnd.oci.image.config.v1+json",
						     config, strlen(word) + 8, ""));

	return planned_part(p, MANIFEST, planned_put(p, text), strlen(text), more);
}

static const char *planned_index(struct push_scene *p, const char *parts)
{
	return arena_printf(&p->a, "{\"schemaVersion\":2,\"manifests\":[%s]}", parts);
}

static enum err_kind planned_make(struct push_scene *p, const char *index, const char *tag)
{
	const struct push_source from = { p, planned_open };
	struct error e = { 0 };
	char text[1600] = "";
	bool ok = push_prepare(&p->a, &from, str_of(index), tag, &p->plan, &e);

	cr_expect_eq(ok, e.kind == ERR_NONE);
	if (!ok)
		err_format(&e, text, sizeof(text));
	p->message = arena_strdup(&p->a, text);
	return e.kind;
}

#define NAMED(name) ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" name "\"}"
#define FULL(name) ",\"annotations\":{\"io.containerd.image.name\":\"" name "\"}"

Test(push_plan, the_one_image_that_is_meant)
{
	static const struct {
		const char *one, *two, *tag;
		bool same;	  /* both are one image under two names */
		const char *says; /* NULL: it is clear */
		enum err_kind kind;
	} cases[] = {
		{ "", NULL, NULL, false, NULL, ERR_NONE },
		{ NAMED("1"), NULL, "1", false, NULL, ERR_NONE },
		{ FULL("registry.example/x:1"), NULL, "registry.example/x:1", false, NULL,
		  ERR_NONE },
		{ NAMED("1"), NAMED("2"), "2", false, NULL, ERR_NONE },
		{ NAMED("1"), NAMED("2"), NULL, true, NULL, ERR_NONE },
		{ NAMED("1"), NAMED("2"), NULL, false,
		  "several images are in it; name one with oci:DIR:TAG: 1, 2", ERR_USAGE },
		{ NAMED("1"), "", NULL, false,
		  "several images are in it; name one with oci:DIR:TAG: 1", ERR_USAGE },
		{ NAMED("1"), NAMED("1"), "1", false,
		  "several images are in it, which no tag tells apart; skopeo copy oci:DIR:@0 "
		  "oci:OTHER copies the first into a layout of its own",
		  ERR_USAGE },
		{ "", "", NULL, false,
		  "several images are in it, which no tag tells apart; skopeo copy oci:DIR:@0 "
		  "oci:OTHER copies the first into a layout of its own",
		  ERR_USAGE },
		{ NAMED("1"), FULL("x:2"), "3", false,
		  "no image in it has the tag 3; there is: 1, x:2", ERR_USAGE },
		{ "", NULL, "1", false, "no image in it has the tag 1", ERR_USAGE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct push_scene p = { .message = "" };
		const char *parts = planned_image(&p, "one", cases[i].one);

		if (cases[i].two)
			parts = arena_printf(&p.a, "%s,%s", parts,
					     planned_image(&p, cases[i].same ? "one" : "two",
							   cases[i].two));
		cr_expect_eq(planned_make(&p, planned_index(&p, parts), cases[i].tag),
			     cases[i].kind, "%zu: %s", i, p.message);
		if (cases[i].says)
			cr_expect_str_eq(p.message, cases[i].says);
		else
			cr_expect(p.plan.documents.v.n == 1 && p.plan.blobs.v.n == 1, "%zu", i);
		arena_free(&p.a);
	}
}

Test(push_plan, nothing_is_no_image)
{
	struct push_scene p = { .message = "" };

	cr_expect_eq(planned_make(&p, planned_index(&p, ""), NULL), ERR_INPUT);
	cr_expect_str_eq(p.message, "its index.json names no image");
	cr_expect_eq(planned_make(&p, "{", NULL), ERR_INPUT);
	cr_expect(strstr(p.message, "index.json"), "%s", p.message);
	arena_free(&p.a);
}

/* An index of indexes around one image, so many deep. */
static const char *planned_nest(struct push_scene *p, unsigned depth)
{
	const char *part = planned_image(p, "one", "");

	for (unsigned i = 0; i < depth; i++) {
		const char *text = arena_printf(&p->a,
						"{\"schemaVersion\":2,\"mediaType\":\"" INDEX
						"\",\"manifests\":[%s]}",
						part);

		part = planned_part(p, INDEX, planned_put(p, text), strlen(text), "");
	}
	return planned_index(p, part);
}

Test(push_plan, indexes_are_followed_to_a_depth)
{
	for (unsigned depth = 0; depth <= 4; depth++) {
		struct push_scene p = { .message = "" };

		cr_expect_eq(planned_make(&p, planned_nest(&p, depth), NULL),
			     depth < 4 ? ERR_NONE : ERR_INPUT, "%u: %s", depth, p.message);
		if (depth < 4)
			cr_expect(p.plan.documents.v.n == depth + 1 && p.plan.blobs.v.n == 1);
		else
			cr_expect_str_eq(p.message, "indexes are nested more than 4 deep");
		arena_free(&p.a);
	}
}

Test(push_plan, a_manifest_that_stands_twice_is_sent_once)
{
	struct push_scene p = { .message = "" };
	const char *image = planned_image(&p, "one", "");
	const char *text = planned_index(&p, arena_printf(&p.a, "%s,%s", image, image));
	const char *index = planned_index(&p, planned_part(&p, INDEX, planned_put(&p, text),
							   strlen(text), ""));

	cr_expect_eq(planned_make(&p, index, NULL), ERR_NONE, "%s", p.message);
	cr_expect(p.plan.documents.v.n == 2 && p.plan.blobs.v.n == 1);
	arena_free(&p.a);
}

Test(push_plan, documents_that_are_not_what_is_said_of_them)
{
	struct push_scene p = { .message = "" };
	const char *image = planned_image(&p, "one", ""), *name = p.names.v[1];
	size_t size = strlen(p.texts.v[1]);

	(void)image;
	cr_expect_eq(planned_make(&p,
				  planned_index(&p, planned_part(&p, MANIFEST, name, size + 1, "")),
				  NULL),
		     ERR_VERIFY);
	cr_expect_str_eq(p.message, arena_printf(&p.a, "%s has %zu bytes, its descriptor says %zu",
						 name, size, size + 1));
	cr_expect_eq(planned_make(&p,
				  planned_index(&p, planned_part(&p, MANIFEST, ZEROS, size, "")),
				  NULL),
		     ERR_INPUT);
	cr_expect_str_eq(p.message, ZEROS ": is not there");
	cr_expect_eq(planned_make(&p,
				  planned_index(&p, planned_part(&p, MANIFEST, name, 4194305, "")),
				  NULL),
		     ERR_INPUT);
	cr_expect_str_eq(p.message, arena_printf(&p.a,
						 "%s has 4194305 bytes; a manifest has at most "
						 "4194304",
						 name));
	/* the same bytes cannot be a manifest and an index */
	cr_expect_eq(planned_make(&p, planned_index(&p, planned_part(&p, INDEX, name, size, "")),
				  NULL),
		     ERR_INPUT, "%s", p.message);
	p.lies = name;
	cr_expect_eq(planned_make(&p, planned_index(&p, planned_part(&p, MANIFEST, name, size, "")),
				  NULL),
		     ERR_VERIFY);
	cr_expect(strstr(p.message,
			 arena_printf(&p.a,
				      "%s is damaged: its bytes have the digest sha256:", name)),
		  "%s", p.message);
	arena_free(&p.a);
}

/* One part of an index that cannot be read fails the whole. */
Test(push_plan, an_index_is_whole_or_nothing)
{
	struct push_scene p = { .message = "" };
	const char *image = planned_image(&p, "one", "");
	const char *text = planned_index(&p,
					 arena_printf(&p.a, "%s,%s", image,
						      planned_part(&p, MANIFEST, ZEROS, 5, "")));
	const char *index = planned_index(&p, planned_part(&p, INDEX, planned_put(&p, text),
							   strlen(text), ""));

	cr_expect_eq(planned_make(&p, index, NULL), ERR_INPUT);
	cr_expect_str_eq(p.message, ZEROS ": is not there");
	arena_free(&p.a);
}
