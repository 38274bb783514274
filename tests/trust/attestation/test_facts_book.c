/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of layers that images have in common, and the list that names them: each layer once, each
 * member where it has to be. */

#include <criterion/criterion.h>

#include "trust/attestation/layer_facts.h"

static struct image_layer book_layer(const char *name)
{
	return (struct image_layer){ .media_type = "application/x",
				     .has_digest = true,
				     .digest = content_digest_of(str_of(name), false),
				     .diff_id = content_digest_of(STR("tar"), false),
				     .size = 7 };
}

static void book_note(struct layer_memo *m, const struct image_layer *l, const char *said)
{
	struct digest key;

	cr_assert(layer_facts_key(l, m, &key));
	layer_memo_note(m, &key, str_of(said), false);
}

struct book_made {
	struct layer_facts l;
	struct layer_facts_texts texts;
	size_t missing;
};

static struct book_made book_make(struct arena *a, const struct image_facts *image,
				  struct layer_memo *m, struct facts_book *b)
{
	struct book_made made;
	struct error e = { 0 };
	struct str predicate;

	cr_assert(layer_facts_make(a, image, m, b, &predicate, &made.texts, &made.missing, &e));
	cr_assert_eq(layer_facts_read(a, predicate, &made.l, &e), 1, "%s", e.cause);
	cr_assert_eq(made.l.n, made.texts.n);
	return made;
}

static const char *book_said(struct arena *a, const struct book_made *made, size_t i)
{
	struct error e = { 0 };
	struct str said;

	cr_assert(layer_facts_expand(a, &made->l.v[i], made->texts.v[i], &said, &e), "%s", e.cause);
	return str_dup(a, said);
}

Test(facts_book, a_layer_is_told_once_and_what_nobody_knows_is_counted)
{
	AUTO_ARENA a = { 0 };
	AUTO_LAYER_MEMO m = LAYER_MEMO_INIT;
	struct image_facts image = { .rootfs = false };
	struct book_made made;

	*list_push(&a, &image.layers) = book_layer("one");
	*list_push(&a, &image.layers) = book_layer("unknown");
	*list_push(&a, &image.layers) = book_layer("one");
	*list_push(&a, &image.layers) = book_layer("two");
	*list_push(&a, &image.layers) = book_layer("docker archive");
	image.layers.v[4].has_digest = false;
	*list_push(&a, &image.layers) = book_layer("no type");
	book_note(&m, &image.layers.v[0], "one");
	book_note(&m, &image.layers.v[3], "");
	book_note(&m, &image.layers.v[5], "of another type");
	image.layers.v[5].media_type = NULL;
	made = book_make(&a, &image, &m, NULL);
	cr_assert_eq(made.l.n, 2, "%zu", made.l.n);
	cr_expect_eq(made.missing, 3, "%zu", made.missing);
	cr_expect(content_digest_eq(&made.l.v[0].digest, &image.layers.v[0].digest) &&
		  content_digest_eq(&made.l.v[1].digest, &image.layers.v[3].digest));
	for (size_t i = 0; i < 2; i++) {
		cr_expect(content_digest_eq(&made.l.v[i].diff_id, &image.layers.v[0].diff_id));
		cr_expect_str_eq(made.l.v[i].media_type, "application/x");
		cr_expect_eq(made.l.v[i].size, 7);
		cr_expect_eq(made.l.v[i].facts_size, made.texts.v[i].n);
	}
	cr_expect_str_eq(book_said(&a, &made, 0), "one");
	cr_expect_str_eq(book_said(&a, &made, 1), "");
}

/* What one image had is told of the next, though no memo knows it any more: of the very same layer,
 * not of one that is only named as it is. */
Test(facts_book, what_one_image_had_is_known_of_the_next)
{
	AUTO_ARENA a = { 0 };
	AUTO_LAYER_MEMO m = LAYER_MEMO_INIT, none = LAYER_MEMO_INIT;
	struct facts_book b = FACTS_BOOK_INIT;
	struct image_facts image = { .rootfs = false };
	struct image_layer *l = list_push(&a, &image.layers), right;
	struct book_made made, again;

	*l = right = book_layer("one");
	book_note(&m, l, "what is in one");
	made = book_make(&a, &image, &m, &b);
	cr_expect_eq(made.missing, 0);
	cr_expect(b.v.n == 1 && b.texts.n == 1);
	again = book_make(&a, &image, &none, &b);
	cr_assert(again.l.n == 1 && again.missing == 0);
	cr_expect_str_eq(book_said(&a, &again, 0), "what is in one");
	cr_expect(b.v.n == 1 && b.texts.n == 1, "it is there once");
	l->size++;
	cr_expect_eq(book_make(&a, &image, &none, &b).missing, 1);
	*l = right;
	l->diff_id = content_digest_of(STR("another"), false);
	cr_expect_eq(book_make(&a, &image, &none, &b).missing, 1);
	*l = right;
	l->digest = content_digest_of(STR("another"), false);
	cr_expect_eq(book_make(&a, &image, &none, &b).missing, 1);
	*l = right;
	l->media_type = "application/y";
	cr_expect_eq(book_make(&a, &image, &none, &b).missing, 1);
	/* each of them is one more */
	book_note(&m, l, "as y");
	made = book_make(&a, &image, &m, &b);
	cr_expect_str_eq(book_said(&a, &made, 0), "as y");
	cr_expect(b.v.n == 2 && b.texts.n == 2);
	*l = right;
	again = book_make(&a, &image, &none, &b);
	cr_expect_str_eq(book_said(&a, &again, 0), "what is in one");
	facts_book_close(&b);
	cr_expect(b.v.n == 0 && b.texts.n == 0);
	cr_expect_eq(book_make(&a, &image, &none, &b).missing, 1);
	facts_book_close(&b);
}

#define DIGEST_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define MEMBERS(digest, diff_id, type, size, facts)                          \
	"{\"form\":1,\"layers\":[{\"digest\":" digest ",\"diffId\":" diff_id \
	",\"mediaType\":" type ",\"size\":" size ",\"facts\":" facts "}]}"
#define FACTS(digest, size, expanded) \
	"{\"digest\":" digest ",\"size\":" size ",\"expandedSize\":" expanded "}"
#define GOOD "\"" DIGEST_A "\""

Test(facts_book, each_member_is_checked)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ MEMBERS(GOOD, GOOD, "\"t\"", "1", FACTS(GOOD, "1", "1")), NULL },
		{ MEMBERS(GOOD, GOOD, "\"t\"", "9223372036854775807",
			  FACTS(GOOD, "134217728", "134217728")),
		  NULL },
		{ "x", "not valid JSON" },
		{ "[]", "expected an object" },
		{ "{\"form\":\"1\"}", "expected a" },
		{ "{\"form\":4294967296}", "is more than 4294967295" },
		{ "{\"form\":1,\"layers\":[1]}", "expected an object" },
		{ MEMBERS("1", GOOD, "\"t\"", "1", FACTS(GOOD, "1", "1")), "expected a string" },
		{ MEMBERS(GOOD, "1", "\"t\"", "1", FACTS(GOOD, "1", "1")), "expected a string" },
		{ MEMBERS(GOOD, "\"x\"", "\"t\"", "1", FACTS(GOOD, "1", "1")),
		  "is not a digest: " },
		{ MEMBERS(GOOD, GOOD, "1", "1", FACTS(GOOD, "1", "1")), "expected a string" },
		{ MEMBERS(GOOD, GOOD, "\"t\"", "-1", FACTS(GOOD, "1", "1")),
		  "must not be negative" },
		{ MEMBERS(GOOD, GOOD, "\"t\"", "1", "1"), "expected an object" },
		{ MEMBERS(GOOD, GOOD, "\"t\"", "1", FACTS("\"x\"", "1", "1")),
		  "is not a digest: " },
		{ MEMBERS(GOOD, GOOD, "\"t\"", "1", FACTS(GOOD, "134217729", "1")),
		  "is more than 134217728" },
		{ MEMBERS(GOOD, GOOD, "\"t\"", "1", FACTS(GOOD, "1", "\"1\"")), "expected a" },
		{ "{\"form\":1,\"layers\":[{\"digest\":" GOOD "}]}",
		  "the key \"diffId\" is missing" },
		{ "{\"form\":1,\"layers\":[{\"digest\":" GOOD ",\"diffId\":" GOOD "}]}",
		  "the key \"mediaType\" is missing" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };
		struct layer_facts l;
		int got = layer_facts_read(&a, str_of(cases[i].text), &l, &e);

		cr_expect_eq(got, cases[i].says ? -1 : 1, "%zu: %s", i, e.cause);
		cr_expect_eq(e.kind, cases[i].says ? ERR_INPUT : ERR_NONE);
		cr_expect(!cases[i].says || strstr(e.cause, cases[i].says), "%zu: %s", i, e.cause);
	}
}

/* The list of an image is asked for a layer of another. */
Test(facts_book, a_list_has_the_facts_of_its_layers_alone)
{
	AUTO_ARENA a = { 0 };
	struct image_layer one = book_layer("one"), two = book_layer("two");
	struct layer_fact f[2] = {
		{ "application/x", one.digest, one.diff_id, 7, { { 0 } }, 1, 1 },
		{ "application/x", two.digest, two.diff_id, 7, { { 0 } }, 1, 1 }
	};
	const struct layer_facts l = { f, 2, 2 }, none = { NULL, 0, 0 };
	const struct layer_fact *found = NULL;
	struct error e = { 0 };

	cr_expect(layer_facts_of(&a, &l, &one, &found, &e) && found == &f[0]);
	cr_expect(layer_facts_of(&a, &l, &two, &found, &e) && found == &f[1]);
	cr_expect(layer_facts_of(&a, &none, &one, &found, &e) && !found);
	one.media_type = "application/y";
	cr_expect(layer_facts_of(&a, &l, &one, &found, &e) && !found);
	one.media_type = NULL;
	cr_expect(layer_facts_of(&a, &l, &one, &found, &e) && !found);
	/* without a digest of its own it cannot be contradicted */
	two.has_digest = false;
	two.size = 8;
	cr_expect(layer_facts_of(&a, &l, &two, &found, &e) && !found);
	two.has_digest = true;
	cr_expect(!layer_facts_of(&a, &l, &two, &found, &e) && e.kind == ERR_VERIFY);
}
