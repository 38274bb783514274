/* SPDX-License-Identifier: Apache-2.0 */
/* Images of images.json, built by their names, and all of them. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "cli/catalogue_operand.h"
#include "support/fixture_files.h"
#include "support/fixture_homestead.h"
#include "support/fixture_verb.h"

static const char *recipes_of(struct arena *a, const char *word, struct error *e)
{
	const struct strings words = { &word, 1, 0 };
	struct strings out = { 0 };

	*e = (struct error){ 0 };
	return catalogue_recipes(a, &words, &out, e) ? strings_join(a, &out, " ") : e->cause;
}

static const struct {
	const char *path, *text;
} files[] = {
	{ "images.json",
	  "{ \"images\": { \"one\": { \"recipe\": \"recipes/a.json\" }, \"two\": { \"recipe\": "
	  "\"recipes/b.json\" }, \"again\": { \"recipe\": \"recipes/a.json\" }, \"far\": { \"registry\": \"x\" } } }" },
	{ "recipes/a.json", "{}" },
	{ "recipes/b.json", "{}" },
	{ "plain", "{}" },
	{ "broken/images.json", "{ \"images\": [] }" },
	{ "empty/images.json", "{}" },
};

static const char *make_catalogue_repository(struct arena *a)
{
	const char *dir = files_temporary(a);

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		files_put(arena_printf(a, "%s/%s", dir, files[i].path), files[i].text);
	return dir;
}

Test(catalogue_operand, names_and_images_json_stand_for_recipes)
{
	AUTO_ARENA a = { 0 };
	const char *dir = make_catalogue_repository(&a);
	struct error e;

	cr_assert_eq(chdir(dir), 0);
	cr_expect_str_eq(recipes_of(&a, "one", &e), "recipes/a.json");
	cr_expect_str_eq(recipes_of(&a, "two", &e), "recipes/b.json");
	cr_expect_str_eq(recipes_of(&a, "images.json", &e), "recipes/a.json recipes/b.json");
	cr_expect_str_eq(recipes_of(&a, "./images.json", &e), "recipes/a.json recipes/b.json");
	cr_expect_str_eq(recipes_of(&a, "recipes/none.json", &e), "recipes/none.json");
	cr_expect_str_eq(recipes_of(&a, "plain", &e), "plain");
	cr_expect(catalogue_has_image(&a, "two") && !catalogue_has_image(&a, "three"));
	cr_assert_eq(chdir("recipes"), 0);
	cr_expect_str_eq(recipes_of(&a, "one", &e), "../recipes/a.json");
	cr_expect_str_eq(recipes_of(&a, "../images.json", &e),
			 "../recipes/a.json ../recipes/b.json");
	cr_assert_eq(chdir("/"), 0);
	cr_expect_str_eq(recipes_of(&a, arena_printf(&a, "%s/images.json", dir), &e),
			 arena_printf(&a, "%s/recipes/a.json %s/recipes/b.json", dir, dir));
	cr_expect(!catalogue_has_image(&a, "one"));
	files_remove(dir);
}

Test(catalogue_operand, what_names_nothing_is_told)
{
	AUTO_ARENA a = { 0 };
	const char *dir = make_catalogue_repository(&a);
	struct error e;

	cr_assert_eq(chdir(dir), 0);
	cr_expect_str_eq(
		recipes_of(&a, "tow", &e),
		"\"tow\" is neither a recipe nor an image of images.json; did you mean \"two\"?");
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect_str_eq(recipes_of(&a, "recipes", &e),
			 "\"recipes\" is neither a recipe nor an image of images.json");
	cr_expect_str_eq(recipes_of(&a, "empty/images.json", &e),
			 "empty/images.json names no image that has a recipe");
	cr_expect(strstr(recipes_of(&a, "recipes/images.json", &e), "recipes/images.json"), "%s",
		  e.cause);
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_assert_eq(chdir("broken"), 0);
	cr_expect(strstr(recipes_of(&a, "one", &e), "images"), "%s", e.cause);
	cr_expect(e.kind == ERR_INPUT && !catalogue_has_image(&a, "one"));
	files_remove(dir);
}

Test(catalogue_operand, an_image_is_built_by_its_name)
{
	static const char *const words[] = { "app", "images.json" };
	struct homestead h;
	const char *catalogue;

	homestead_open(&h);
	cr_assert_eq(chdir(h.dir), 0);
	catalogue = files_get(&h.depot.a, "images.json");
	files_put(
		"images.json",
		arena_printf(&h.depot.a,
			     "%.*s\"images\": { \"app\": { \"recipe\": \"recipes/app.json\" } } }",
			     (int)(strstr(catalogue, "\"images\"") - catalogue), catalogue));
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct verb_run r = VERB(&h.depot.a, cmd_build, "--cache-dir", h.depot.path,
					 "--frozen", "--no-audit", words[i]);

		cr_expect(r.ok && strstr(r.out, "app out/app sha256:"), "%s: %s%s", words[i], r.out,
			  r.message);
	}
	homestead_close(&h);
}
