/* SPDX-License-Identifier: Apache-2.0 */
/* Variants of a recipe: what they have in common, what is their own, and what they say of
 * themselves. */

#include <criterion/criterion.h>

#include "input/recipe/recipe.h"
#include "support/fixture_files.h"

struct variants_world {
	struct arena a;
	const char *dir, *file;
	struct recipe r;
};

#define PLAIN_PART                                                                          \
	"\"name\":\"app\",\"archive\":\"debian13\",\"components\":[{\"name\":\"app\","      \
	"\"providers\":[{\"packages\":[\"hello\"]}]}],\"links\":[{\"path\":\"/usr/bin/x\"," \
	"\"to\":\"y\"}],\"config\":{\"user\":\"0\",\"env\":{\"A\":\"1\"}}"
#define BUSYBOX "{\"name\":\"busybox\",\"providers\":[{\"packages\":[\"busybox-static\"]}]}"
#define DEBUG "\"debug\":{\"components\":[" BUSYBOX "],\"remove\":{\"links\":[\"/usr/bin/x\"]}}"
#define NONROOT "\"nonroot\":{\"config\":{\"user\":\"65532:65532\",\"env\":{\"B\":\"2\"}}}"

static void variants_open(struct variants_world *w, const char *name, const char *text)
{
	struct error e = { 0 };

	if (!w->dir) {
		w->dir = files_temporary(&w->a);
		files_put(arena_printf(&w->a, "%s/images.json", w->dir),
			  files_get(&w->a, "images.json"));
	}
	w->file = arena_printf(&w->a, "%s/%s.json", w->dir, name);
	files_put(w->file, text);
	cr_assert(recipe_load(&w->a, w->file, &w->r, &e), "%s%s", e.context, e.cause);
}

static void variants_close(struct variants_world *w)
{
	files_remove(w->dir);
	arena_free(&w->a);
}

Test(recipe_variants, each_is_the_recipe_with_its_patch_and_they_are_sorted)
{
	struct variants_world w = { .dir = NULL };
	const struct recipe *debug, *nonroot;

	variants_open(&w, "r", "{" PLAIN_PART ",\"variants\":{" NONROOT "," DEBUG "}}");
	cr_assert_eq(w.r.variants.n, 2u);
	debug = w.r.variants.v[0];
	nonroot = w.r.variants.v[1];
	cr_expect_str_eq(debug->variant, "debug");
	cr_expect_str_eq(nonroot->variant, "nonroot");
	cr_expect_eq(w.r.components.n, 1u);
	cr_expect_eq(w.r.links.n, 1u);
	cr_assert_eq(debug->components.n, 2u);
	cr_expect_str_eq(debug->components.v[1].name, "busybox");
	cr_expect_eq(debug->links.n, 0u);
	cr_expect_str_eq(debug->config.user, "0");
	cr_expect_str_eq(nonroot->config.user, "65532:65532");
	cr_expect_eq(nonroot->config.env.n, 2u);
	cr_expect(recipe_plain(debug) == &w.r && recipe_plain(&w.r) == &w.r);
	cr_expect_str_eq(recipe_title(&w.a, debug), "app:debug");
	cr_expect_str_eq(recipe_title(&w.a, &w.r), "app");
	cr_expect_str_eq(recipe_lock_path(&w.a, debug, platform_of_compilers()),
			 recipe_lock_path(&w.a, &w.r, platform_of_compilers()), "one lock");
	variants_close(&w);
}

Test(recipe_variants, what_one_says_is_no_part_of_what_another_is)
{
	struct variants_world w = { .dir = NULL };
	const char *plain, *nonroot;

	variants_open(&w, "r", "{" PLAIN_PART ",\"variants\":{" NONROOT "," DEBUG "}}");
	plain = w.r.text;
	nonroot = w.r.variants.v[1]->text;
	cr_expect_null(strstr(plain, "busybox"));
	cr_expect_null(strstr(plain, "65532"));
	cr_expect_not_null(strstr(nonroot, "65532"));
	variants_open(&w, "r",
		      "{" PLAIN_PART ",\"variants\":{" NONROOT ",\"debug\":{\"config\":{}}}}");
	cr_expect_str_eq(w.r.text, plain, "another debug leaves the recipe itself as it was");
	cr_expect_str_eq(w.r.variants.v[1]->text, nonroot);
	variants_open(&w, "r", "{" PLAIN_PART "}");
	cr_expect_null(w.r.text, "a recipe without variants is known by its bytes");
	variants_close(&w);
}

Test(recipe_variants, each_asks_a_lock_for_what_it_needs)
{
	struct variants_world w = { .dir = NULL };
	const struct platform *p = platform_of_compilers();
	struct digest alone, plain, debug, nonroot;

	variants_open(&w, "r", "{" PLAIN_PART "}");
	alone = recipe_request_digest(&w.r, p, 2);
	variants_open(&w, "r", "{" PLAIN_PART ",\"variants\":{" NONROOT "," DEBUG "}}");
	plain = recipe_request_digest(&w.r, p, 2);
	debug = recipe_request_digest(w.r.variants.v[0], p, 2);
	nonroot = recipe_request_digest(w.r.variants.v[1], p, 2);
	cr_expect(digest_eq(&alone, &plain));
	cr_expect(digest_eq(&nonroot, &plain), "a user is nothing that a lock answers");
	cr_expect_not(digest_eq(&debug, &plain));
	variants_close(&w);
}

Test(recipe_variants, a_recipe_inherits_those_of_the_one_it_extends)
{
	struct variants_world w = { .dir = NULL };

	variants_open(&w, "r", "{" PLAIN_PART ",\"variants\":{" NONROOT "," DEBUG "}}");
	variants_open(
		&w, "s",
		"{\"name\":\"s\",\"extends\":\"r.json\",\"remove\":{\"variants\":[\"debug\"]},"
		"\"variants\":{\"slim\":{\"remove\":{\"components\":[\"app\"]}}}}");
	cr_assert_eq(w.r.variants.n, 2u);
	cr_expect_str_eq(recipe_title(&w.a, w.r.variants.v[0]), "s:nonroot");
	cr_expect_str_eq(w.r.variants.v[0]->config.user, "65532:65532");
	cr_expect_eq(w.r.variants.v[1]->components.n, 0u);
	variants_close(&w);
}

Test(recipe_variants, one_of_them_is_loaded_by_its_name_or_refused_with_a_hint)
{
	struct variants_world w = { .dir = NULL };
	struct error e = { 0 };
	struct recipe r;

	variants_open(&w, "r", "{" PLAIN_PART ",\"variants\":{" NONROOT "," DEBUG "}}");
	cr_assert(recipe_load_variant(&w.a, w.file, "debug", &r, &e), "%s", e.cause);
	cr_expect_str_eq(r.variant, "debug");
	cr_assert(recipe_load_variant(&w.a, w.file, "latest", &r, &e), "%s", e.cause);
	cr_expect_null(r.variant);
	cr_assert_not(recipe_load_variant(&w.a, w.file, "nonrot", &r, &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect_str_eq(e.cause,
			 arena_printf(&w.a,
				      "there is no variant \"nonrot\": %s has latest, debug, "
				      "nonroot; did you mean \"nonroot\"?",
				      w.file));
	variants_close(&w);
}

Test(recipe_variants, a_base_may_be_a_variant_and_tags_carry_its_name)
{
	struct variants_world w = { .dir = NULL };
	struct error e = { 0 };
	struct recipe r;

	variants_open(&w, "r", "{" PLAIN_PART ",\"variants\":{" NONROOT "," DEBUG "}}");
	files_put(arena_printf(&w.a, "%s/images.json", w.dir),
		  "{\"archives\":{\"debian13\":{\"suites\":[{\"codename\":\"trixie\",\"archive\":"
		  "\"debian\",\"components\":[\"main\"]}],\"keyrings\":[\"/k\"],\"signers\":"
		  "[\"B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8\"]}},"
		  "\"bases\":{\"app\":{\"recipe\":\"r.json\"}},"
		  "\"images\":{\"app\":{\"recipe\":\"r.json\",\"tags\":[\"1.0\",\"latest\"]}}}");
	variants_open(&w, "s", "{\"name\":\"s\",\"base\":\"app:nonroot\"}");
	cr_expect_str_eq(w.r.base->variant, "nonroot");
	cr_assert(recipe_load_variant(&w.a, arena_printf(&w.a, "%s/r.json", w.dir), "debug", &r,
				      &e),
		  "%s", e.cause);
	cr_assert(recipe_read_tags(&w.a, &r, &e), "%s", e.cause);
	cr_assert_eq(r.tags.n, 2u);
	cr_expect_str_eq(r.tags.v[0], "1.0-debug");
	cr_expect_str_eq(r.tags.v[1], "debug");
	variants_close(&w);
}

Test(recipe_variants, an_expanded_variant_is_a_recipe_of_its_own)
{
	struct variants_world w = { .dir = NULL };
	struct buf text = { .a = &w.a };
	struct error e = { 0 };
	struct digest before, after;

	variants_open(&w, "r", "{" PLAIN_PART ",\"variants\":{" NONROOT "," DEBUG "}}");
	before = recipe_request_digest(w.r.variants.v[0], platform_of_compilers(), 2);
	cr_assert(recipe_expanded(&w.a, w.file, "debug", &text, &e), "%s", e.cause);
	cr_expect_null(strstr(buf_cstr(&text), "variants"));
	variants_open(&w, "t", buf_cstr(&text));
	after = recipe_request_digest(&w.r, platform_of_compilers(), 2);
	cr_expect(digest_eq(&before, &after));
	variants_close(&w);
}
