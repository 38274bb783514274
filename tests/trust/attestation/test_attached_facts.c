/* SPDX-License-Identifier: Apache-2.0 */
/* Facts about layers in a registry that keeps what is put into it: taken from whoever's key counts,
 * for the image that they are of, and from nobody else. */

#include "trust/attestation/attached_facts.h"

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_hub.h"
#include "support/fixture_keypair.h"
#include "trust/attestation/attestations.h"
#include "trust/attestation/predicate_types.h"
#include "trust/signature/statement.h"

#define LAYER_TYPE "application/vnd.oci.image.layer.v1.tar+gzip"

struct facts_world {
	struct arena a;
	struct hub h;
	const char *dir, *digest, *message;
	struct key ann, ben;
	struct reference at;
	struct session_options options;
	struct image_facts image; /* two layers, which nothing but their names stands for */
	struct layer_memo here, there;
	struct facts_book book;
	struct store store;
	struct facts_taken taken;
	struct error e;
};

static void facts_world_key(struct facts_world *w, const char *name, bool ed25519, struct key *out)
{
	keypair_make(&w->a, w->dir, name, ed25519);
	cr_assert(key_load_private(&w->a, arena_printf(&w->a, "%s/%s.pem", w->dir, name),
				   (struct str){ NULL, 0 }, out, &w->e));
}

/* A layer, of which the memo knows what a child said unless that is NULL. */
static void facts_world_layer(struct facts_world *w, const char *name, struct layer_memo *memo,
			      const char *said)
{
	struct image_layer *l = list_push(&w->a, &w->image.layers);
	struct digest key;

	*l = (struct image_layer){ .media_type = LAYER_TYPE, .has_digest = true, .size = 100 };
	l->digest = content_digest_of(str_of(name), false);
	l->diff_id = content_digest_of(str_of(arena_printf(&w->a, "%s.tar", name)), false);
	cr_assert(layer_facts_key(l, memo, &key));
	if (said)
		layer_memo_note(memo, &key, str_of(said), false);
}

static void facts_world_open_store(struct facts_world *w, const char *name)
{
	store_close(&w->store);
	w->store = (struct store)STORE_INIT;
	cr_assert(store_open(&w->a, arena_printf(&w->a, "%s/%s", w->dir, name), &w->store, &w->e),
		  "%s", w->e.cause);
}

static void facts_world_open(struct facts_world *w, bool has_referrers)
{
	*w = (struct facts_world){ .here = LAYER_MEMO_INIT,
				   .there = LAYER_MEMO_INIT,
				   .book = FACTS_BOOK_INIT,
				   .store = STORE_INIT };
	w->dir = files_temporary(&w->a);
	setenv("HOME", w->dir, 1);
	setenv("XDG_RUNTIME_DIR", w->dir, 1);
	unsetenv("REGISTRY_AUTH_FILE");
	unsetenv("DOCKER_CONFIG");
	facts_world_key(w, "ann", false, &w->ann);
	facts_world_key(w, "ben", true, &w->ben);
	hub_open(&w->h, has_referrers);
	w->digest = hub_put_image(&w->h, "team/app", "1",
				  "{\"os\":\"linux\",\"architecture\":\"amd64\"}", "");
	cr_assert(reference_parse(&w->a, hub_image(&w->h, "team/app:1"), &w->at, &w->e));
	cr_assert(content_digest_parse(str_of(w->digest), &w->image.manifest));
	facts_world_layer(w, "one", &w->here, "what is in one");
	facts_world_layer(w, "two", &w->here, "what is in two");
	facts_world_open_store(w, "store");
}

static void facts_world_close(struct facts_world *w)
{
	store_close(&w->store);
	facts_book_close(&w->book);
	layer_memo_close(&w->here);
	layer_memo_close(&w->there);
	hub_close(&w->h);
	key_drop(&w->ann);
	key_drop(&w->ben);
	files_remove(w->dir);
	arena_free(&w->a);
}

static void facts_world_sign(struct facts_world *w, const struct key *k, const char *digest,
			     struct str predicate)
{
	const struct keys keys = { (struct key *)(uintptr_t)k, 1, 1 };
	const struct signing_order order = { &w->at, &keys, &w->options, NULL };
	const struct strings subjects = { &digest, 1, 1 };
	struct attestation x = { w->digest, PREDICATE_FACTS, { NULL, 0 } };
	struct attach_result result;

	x.statement = statement_text(&w->a, &subjects, PREDICATE_FACTS, predicate);
	cr_assert(attestations_attach(&w->a, &order, &(struct attestation_list){ &x, 1, 1 },
				      &result, &w->e),
		  "%s", w->e.cause);
}

/* What is known here, signed and attached. */
static struct str facts_world_put(struct facts_world *w, const struct key *k)
{
	const struct signing_order order = { &w->at, NULL, &w->options, NULL };
	struct layer_facts_texts texts;
	struct str predicate;
	size_t missing;

	cr_assert(layer_facts_make(&w->a, &w->image, &w->here, NULL, &predicate, &texts, &missing,
				   &w->e));
	cr_assert(attached_facts_put(&w->a, &order, w->digest, &texts, &w->e), "%s", w->e.cause);
	facts_world_sign(w, k, w->digest, predicate);
	return predicate;
}

static int facts_world_take(struct facts_world *w, const struct key *k)
{
	const struct keys keys = { (struct key *)(uintptr_t)k, 1, 1 };
	const struct signing_order image = { &w->at, &keys, &w->options, NULL };
	const struct facts_order order = { &image, &w->image, &w->store, &w->there, &w->book };
	char text[1600] = "";
	int got = attached_facts_take(&w->a, &order, &w->taken, &w->e);

	cr_expect_eq(got < 0, w->e.kind != ERR_NONE);
	if (got < 0)
		err_format(&w->e, text, sizeof(text));
	w->message = arena_strdup(&w->a, text);
	return got;
}

static void facts_world_refuses(struct facts_world *w, enum err_kind kind, const char *says)
{
	cr_expect_eq(facts_world_take(w, &w->ann), -1, "%s", says);
	cr_expect_eq(w->e.kind, kind, "%s", w->message);
	cr_expect(strstr(w->message, says), "%s\nnot: %s", w->message, says);
	err_clear(&w->e);
}

/* What the other memo knows of a layer, or "". */
static const char *facts_world_said(struct facts_world *w, size_t layer)
{
	struct digest key;
	struct layer_saying *x;
	const char *said;

	cr_assert(layer_facts_key(&w->image.layers.v[layer], &w->there, &key));
	x = layer_memo_hold(&w->there, &key);
	said = x ? str_dup(&w->a, x->said) : "";
	layer_memo_release(&w->there, x);
	return said;
}

static void facts_world_forget(struct facts_world *w)
{
	layer_memo_close(&w->there);
	facts_book_close(&w->book);
}

Test(attached_facts, what_a_key_signed_is_known_elsewhere)
{
	for (int api = 0; api < 2; api++) {
		struct facts_world w;
		struct facts_book *b = &w.book;

		facts_world_open(&w, api);
		facts_world_put(&w, &w.ann);
		cr_assert_eq(facts_world_take(&w, &w.ann), 1, "%s", w.message);
		cr_expect_str_eq(w.taken.key->file, w.ann.file);
		cr_expect(w.taken.layers == 2 && w.taken.missing.n == 0 && !w.taken.old);
		cr_expect_str_eq(facts_world_said(&w, 0), "what is in one");
		cr_expect_str_eq(facts_world_said(&w, 1), "what is in two");
		cr_assert(b->v.n == 2 && b->texts.n == 2);
		for (size_t i = 0; i < b->v.n; i++) {
			struct digest d = digest_of(b->texts.v[i]);

			cr_expect(digest_eq(&d, &b->v.v[i].facts));
		}
		facts_world_close(&w);
	}
}

Test(attached_facts, the_same_texts_again_add_nothing)
{
	for (int api = 0; api < 2; api++) {
		struct facts_world w;
		size_t kept;

		facts_world_open(&w, api);
		facts_world_put(&w, &w.ann);
		kept = w.h.manifests.n;
		facts_world_put(&w, &w.ann);
		cr_expect_eq(w.h.manifests.n, kept, "%zu, not %zu", w.h.manifests.n, kept);
		facts_world_close(&w);
	}
}

/* A text comes once, and then from the store; from one that cannot be written it is not missed. */
Test(attached_facts, texts_are_fetched_once)
{
	struct facts_world w;

	facts_world_open(&w, true);
	facts_world_put(&w, &w.ann);
	w.store.readonly = true;
	cr_assert_eq(facts_world_take(&w, &w.ann), 1, "%s", w.message);
	facts_world_forget(&w);
	w.store.readonly = false;
	cr_assert_eq(facts_world_take(&w, &w.ann), 1, "%s", w.message);
	facts_world_forget(&w);
	cr_assert_eq(w.book.v.n, 0);
	list_each(b, &w.h.blobs) {
		if (str_starts(b->text, STR("\x28\xb5\x2f\xfd")))
			b->text = STR("other bytes");
	}
	cr_expect_eq(facts_world_take(&w, &w.ann), 1, "%s", w.message);
	cr_expect_str_eq(facts_world_said(&w, 1), "what is in two");
	facts_world_forget(&w);
	facts_world_open_store(&w, "another");
	facts_world_refuses(&w, ERR_VERIFY, "other bytes came");
	cr_expect_str_eq(facts_world_said(&w, 0), "");
	facts_world_close(&w);
}

/* Of one layer they tell, one is known anyhow, and of one nobody knows anything. */
Test(attached_facts, a_layer_that_nobody_knows_is_missing)
{
	struct facts_world w;

	facts_world_open(&w, true);
	facts_world_layer(&w, "three", &w.here, NULL);
	facts_world_put(&w, &w.ann);
	facts_world_layer(&w, "four", &w.there, "what is in four");
	cr_assert_eq(facts_world_take(&w, &w.ann), 1, "%s", w.message);
	cr_expect_eq(w.taken.layers, 3, "%zu", w.taken.layers);
	cr_assert_eq(w.taken.missing.n, 1);
	cr_expect_str_eq(w.taken.missing.v[0],
			 content_digest_text(&w.a, &w.image.layers.v[2].digest));
	facts_world_close(&w);
}

/* A docker archive's layer has no name that facts could be about: it is not counted either way. */
Test(attached_facts, a_layer_without_a_digest_is_passed_over)
{
	struct facts_world w;

	facts_world_open(&w, true);
	facts_world_put(&w, &w.ann);
	w.image.layers.v[0].has_digest = false;
	cr_assert_eq(facts_world_take(&w, &w.ann), 1, "%s", w.message);
	cr_expect(w.taken.layers == 1 && w.taken.missing.n == 0, "%zu", w.taken.layers);
	facts_world_close(&w);
}

/* What is known already is not replaced, nor fetched. */
Test(attached_facts, what_is_known_already_stays)
{
	struct facts_world w;
	struct digest key;

	facts_world_open(&w, true);
	facts_world_put(&w, &w.ann);
	cr_assert(layer_facts_key(&w.image.layers.v[0], &w.there, &key));
	layer_memo_note(&w.there, &key, STR("read here"), false);
	cr_assert_eq(facts_world_take(&w, &w.ann), 1, "%s", w.message);
	cr_expect_str_eq(facts_world_said(&w, 0), "read here");
	cr_expect_str_eq(facts_world_said(&w, 1), "what is in two");
	cr_expect(w.taken.layers == 2 && w.book.v.n == 1, "%zu", w.taken.layers);
	facts_world_close(&w);
}

Test(attached_facts, where_there_are_none_nothing_is_taken)
{
	struct facts_world w;

	facts_world_open(&w, true);
	cr_expect_eq(facts_world_take(&w, &w.ann), 0, "%s", w.message);
	cr_expect(!w.taken.key && w.taken.layers == 0 && !w.taken.old);
	/* an image that is named by SHA-512 has no signatures, not even in a registry that is gone
	 */
	w.h.refuses = "GET /v2/";
	w.image.manifest = content_digest_of(STR("x"), true);
	cr_expect_eq(facts_world_take(&w, &w.ann), 0, "%s", w.message);
	facts_world_close(&w);
}

Test(attached_facts, what_another_key_signed_does_not_count)
{
	for (int api = 0; api < 2; api++) {
		struct facts_world w;
		const struct keys both = { (struct key[2]){ { 0 } }, 2, 2 };

		facts_world_open(&w, api);
		facts_world_put(&w, &w.ben);
		/* in two forms, if there are two places for them: each with its reason */
		facts_world_refuses(
			&w, ERR_VERIFY,
			arena_printf(&w.a,
				     "none of the 2 facts documents of %s is of the key "
				     "%s: envelope sha256-",
				     w.digest, w.ann.file));
		cr_expect(strstr(w.message, "; bundle sha256:"), "%s", w.message);
		cr_expect_str_eq(facts_world_said(&w, 0), "");
		both.v[0] = w.ann;
		both.v[1] = w.ben;
		{
			const struct signing_order image = { &w.at, &both, &w.options, NULL };
			const struct facts_order order = { &image, &w.image, &w.store, &w.there,
							   NULL };

			cr_expect_eq(attached_facts_take(&w.a, &order, &w.taken, &w.e), 1, "%s",
				     w.e.cause);
		}
		cr_expect_eq(w.taken.key, &both.v[1]);
		cr_expect_str_eq(facts_world_said(&w, 0), "what is in one");
		cr_expect_eq(w.book.v.n, 0);
		facts_world_close(&w);
	}
}

/* The key's own words, about another image: whoever may write puts them beside this one. */
Test(attached_facts, what_is_signed_of_another_image_does_not_count)
{
	struct facts_world w;

	facts_world_open(&w, true);
	facts_world_sign(&w, &w.ann,
			 "sha256:0000000000000000000000000000000000000000000000000000000000000000",
			 STR("{\"form\":1,\"layers\":[]}"));
	facts_world_refuses(&w, ERR_VERIFY, "none of the 2 facts documents");
	facts_world_close(&w);
}

Test(attached_facts, those_of_another_form_are_passed_over_and_told)
{
	struct facts_world w;

	facts_world_open(&w, true);
	facts_world_sign(&w, &w.ann, w.digest, STR("{\"form\":2}"));
	cr_expect_eq(facts_world_take(&w, &w.ann), 0, "%s", w.message);
	cr_expect(w.taken.old && w.taken.key && w.taken.layers == 0);
	/* beside them, those of another key change nothing */
	facts_world_sign(&w, &w.ben, w.digest, STR("{\"form\":1,\"layers\":[]}"));
	cr_expect_eq(facts_world_take(&w, &w.ann), 0, "%s", w.message);
	cr_expect(w.taken.old);
	/* and those that are known count, though another form stands before them */
	facts_world_put(&w, &w.ann);
	cr_expect_eq(facts_world_take(&w, &w.ann), 1, "%s", w.message);
	cr_expect_eq(w.taken.layers, 2);
	facts_world_close(&w);
}

Test(attached_facts, signed_nonsense_is_refused)
{
	struct facts_world w;

	facts_world_open(&w, true);
	facts_world_sign(&w, &w.ann, w.digest, STR("{\"form\":1}"));
	facts_world_refuses(&w, ERR_INPUT, "the key \"layers\" is missing");
	facts_world_close(&w);
}

/* The registry says what the config and the manifest are; the key said so before. */
Test(attached_facts, an_image_that_contradicts_them_is_refused)
{
	struct facts_world w;
	struct image_layer *l;
	struct content_digest right;

	facts_world_open(&w, true);
	facts_world_put(&w, &w.ann);
	l = &w.image.layers.v[1];
	right = l->diff_id;
	l->diff_id = content_digest_of(STR("other"), false);
	facts_world_refuses(
		&w, ERR_VERIFY,
		arena_printf(&w.a, "its config says that layer %s has the diff_id %s; signed is %s",
			     content_digest_text(&w.a, &l->digest),
			     content_digest_text(&w.a, &l->diff_id),
			     content_digest_text(&w.a, &right)));
	l->diff_id = right;
	l->size++;
	facts_world_refuses(
		&w, ERR_VERIFY,
		arena_printf(&w.a, "its manifest says that layer %s has 101 bytes; signed is 100",
			     content_digest_text(&w.a, &l->digest)));
	facts_world_close(&w);
}

/* Its bytes are those that are named; what comes out of them is not. */
Test(attached_facts, a_text_of_another_size_is_refused)
{
	struct facts_world w;
	struct str predicate;
	char *text, *at;

	facts_world_open(&w, true);
	predicate = facts_world_put(&w, &w.ben);
	text = (char *)(uintptr_t)str_dup(&w.a, predicate);
	at = strstr(text, "\"expandedSize\":14");
	cr_assert(at, "%s", text);
	at[strlen("\"expandedSize\":1")] = '5';
	facts_world_sign(&w, &w.ann, w.digest, str_of(text));
	facts_world_refuses(&w, ERR_INPUT, "they have 14 bytes, their list says 15");
	cr_expect_str_eq(facts_world_said(&w, 0), "");
	cr_expect_eq(w.book.v.n, 0);
	facts_world_close(&w);
}

Test(attached_facts, a_registry_that_refuses_is_told)
{
	static const char *const refused[] = { "GET /v2/team/app/manifests/sha256-",
					       "GET /v2/team/app/referrers/",
					       "GET /v2/team/app/blobs/" };

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct facts_world w;

		facts_world_open(&w, true);
		facts_world_put(&w,
				&w.ben); /* no key's that is asked for: every place is looked at */
		w.h.refuses = refused[i];
		facts_world_refuses(&w, ERR_NETWORK, "403");
		facts_world_close(&w);
	}
}

Test(attached_facts, what_cannot_be_attached_is_told)
{
	struct facts_world w;
	const struct signing_order order = { &w.at, NULL, &w.options, NULL };
	const struct layer_facts_texts texts = { (struct str[]){ STR("text") }, 1, 1 };

	facts_world_open(&w, true);
	cr_expect_not(attached_facts_put(
		&w.a, &order,
		"sha256:0000000000000000000000000000000000000000000000000000000000000000", &texts,
		&w.e));
	cr_expect_eq(w.e.kind, ERR_FINDINGS, "%s", w.e.cause);
	err_clear(&w.e);
	w.h.refuses = "POST /v2/";
	cr_expect_not(attached_facts_put(&w.a, &order, w.digest, &texts, &w.e));
	cr_expect_eq(w.e.kind, ERR_NETWORK, "%s", w.e.cause);
	facts_world_close(&w);
}
