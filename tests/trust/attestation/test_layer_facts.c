/* SPDX-License-Identifier: Apache-2.0 */
/* Facts about layers: what is said of an image without its layers is what is said with them. */

#include <criterion/criterion.h>

#include "cli/commands.h"
#include "support/fixture_audited.h"
#include "support/fixture_files.h"
#include "support/fixture_verb.h"
#include "support/gen_image.h"
#include "trust/attestation/layer_facts.h"

#define DIGEST_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define FACTS_LAYER(more)                                                             \
	"{\"form\":1,\"layers\":[{\"digest\":\"" DIGEST_A "\",\"diffId\":\"" DIGEST_A \
	"\",\"mediaType\":\"t\",\"size\":1," more "}]}"

/* Two layers, the second of which replaces a file, and enough for findings. */
static void facts_image(struct imagegen *g, struct arena *a)
{
	imagegen_begin(g, a);
	imagegen_file(g, "usr/bin/tool", 0755, STR("#!/bin/sh\necho\n"));
	imagegen_file(g, "etc/passwd", 0644, STR("root:x:0:0::/:/bin/sh\n"));
	imagegen_layer(g);
	imagegen_file(g, "usr/bin/tool", 0777, STR("#!/bin/bash\n"));
	imagegen_file(g, "etc/secret", 0666, STR("-----BEGIN PRIVATE KEY-----\n"));
	imagegen_layer(g);
	imagegen_write(g);
}

/* From one memo to another, as from one machine to another. */
static void facts_carry(struct arena *a, const struct image_facts *image, struct layer_memo *from,
			struct layer_memo *to)
{
	struct layer_facts_texts texts;
	struct layer_facts l;
	struct error e = { 0 };
	struct str predicate;
	size_t missing;

	cr_assert(layer_facts_make(a, image, from, NULL, &predicate, &texts, &missing, &e));
	cr_assert_eq(missing, 0u);
	cr_assert_eq(layer_facts_read(a, predicate, &l, &e), 1, "%s", e.cause);
	cr_assert_eq(l.n, image->layers.n);
	for (size_t i = 0; i < image->layers.n; i++) {
		const struct layer_fact *f;
		struct digest key, sum = digest_of(texts.v[i]);
		struct str said;

		cr_assert(layer_facts_of(a, &l, &image->layers.v[i], &f, &e) && f, "%s", e.cause);
		cr_assert(digest_eq(&sum, &f->facts));
		cr_assert(layer_facts_expand(a, f, texts.v[i], &said, &e), "%s", e.cause);
		cr_assert(layer_facts_key(&image->layers.v[i], to, &key));
		layer_memo_note(to, &key, said, false);
	}
}

Test(layer_facts, the_audit_says_the_same_without_the_layers)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_LAYER_MEMO here = LAYER_MEMO_INIT, there = LAYER_MEMO_INIT;
	struct audit_request req = { .policy = "report-only", .memo = &here };
	struct audit_result r;
	const char *first;

	facts_image(&g, &a);
	req.image = g.path;
	r = audited(&a, &req);
	first = audited_text(&a, &r);
	cr_expect(first[0]);
	facts_carry(&a, r.model->image, &here, &there);
	list_each(l, &g.layers)
		files_remove(arena_printf(&a, "%s/blobs/sha256/%s", g.path,
					  digest_hex_dup(&a, &l->digest)));
	there.stands_for_blobs = true;
	req.memo = &there;
	r = audited(&a, &req);
	cr_expect_str_eq(audited_text(&a, &r), first);
	cr_expect_eq(there.found, 2u);
}

Test(layer_facts, what_is_no_list_of_facts_is_refused)
{
	static const struct {
		const char *text, *says;
		int got;
	} cases[] = {
		{ "{\"form\":1,\"layers\":[]}", "", 1 },
		{ "{\"form\":2}", "", 0 },
		{ "{}", "the key \"form\" is missing", -1 },
		{ "{\"form\":1}", "the key \"layers\" is missing", -1 },
		{ "{\"form\":1,\"layers\":{}}", "expected an array", -1 },
		{ "{\"form\":1,\"layers\":[{\"digest\":\"sha256:a\"}]}", "is not a digest: ", -1 },
		{ FACTS_LAYER("\"x\":1"), "the key \"facts\" is missing", -1 },
		{ FACTS_LAYER("\"facts\":{\"digest\":\"" DIGEST_A "\",\"size\":1,\"expandedSize\":"
			      "134217729}"),
		  "is more than 134217728", -1 },
		{ FACTS_LAYER("\"facts\":{\"digest\":\"sha512:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			      "aaaaaaaaaaaaaaaaaaaaaaaaaa\",\"size\":1,\"expandedSize\":1}"),
		  "are named by SHA-512, not by SHA-256", -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };
		struct layer_facts l;

		cr_expect_eq(layer_facts_read(&a, str_of(cases[i].text), &l, &e), cases[i].got,
			     "%zu: %s", i, e.cause);
		cr_expect(strstr(e.cause, cases[i].says), "%zu: %s", i, e.cause);
	}
}

/* Their bytes are those that were signed; that they make sense is another thing. */
Test(layer_facts, a_text_that_is_not_what_its_list_says_is_refused)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_LAYER_MEMO memo = LAYER_MEMO_INIT;
	struct audit_request req = { .policy = "report-only", .memo = &memo };
	struct layer_facts_texts texts;
	struct layer_facts l;
	struct error e = { 0 };
	struct str predicate, said;
	size_t missing;

	facts_image(&g, &a);
	req.image = g.path;
	cr_assert(layer_facts_make(&a, audited(&a, &req).model->image, &memo, NULL, &predicate,
				   &texts, &missing, &e));
	cr_assert_eq(layer_facts_read(&a, predicate, &l, &e), 1);
	cr_expect_not(layer_facts_expand(&a, &l.v[0], STR("not zstd"), &said, &e));
	err_clear(&e);
	l.v[0].said_size++;
	cr_expect_not(layer_facts_expand(&a, &l.v[0], texts.v[0], &said, &e));
	cr_expect(strstr(e.cause, "facts of a layer: they have "), "%s", e.cause);
	err_clear(&e);
	l.v[0].said_size -= 2;
	cr_expect_not(layer_facts_expand(&a, &l.v[0], texts.v[0], &said, &e));
}

Test(layer_facts, they_are_for_images_in_registries)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct verb_run r;

	facts_image(&g, &a);
	r = VERB(&a, cmd_attest, "attest", g.path, "--type", "facts");
	cr_expect(!r.ok && r.e.kind == ERR_USAGE &&
			  strstr(r.message, "attest: facts are for imgbuild rebase, which finds "
					    "them beside the image in its registry"),
		  "%s", r.message);
}
