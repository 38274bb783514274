/* SPDX-License-Identifier: Apache-2.0 */
/* images.json in a run of many recipes: parsed once while it stays as it is, and never believed
 * longer than that. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "input/recipe/recipe.h"
#include "input/recipe/recipe_memo.h"
#include "support/fixture_files.h"

/* A repository with two recipes and a link to one. */
static const char *memo_repository(struct arena *a)
{
	const char *dir = files_temporary(a);

	files_put(arena_printf(a, "%s/images.json", dir), files_get(a, "images.json"));
	for (int i = 0; i < 2; i++)
		files_put(arena_printf(a, "%s/r%d.json", dir, i),
			  arena_printf(a, "{ \"name\": \"r%d\", \"archive\": \"debian13\" }\n", i));
	cr_assert_eq(symlink("r0.json", arena_printf(a, "%s/link.json", dir)), 0);
	return dir;
}

/* images.json with these entries; some time ago, so that it can be remembered. */
static void memo_put_images(struct arena *a, const char *dir, const char *entries)
{
	const char *text = files_get(a, "images.json"), *at = strstr(text, "\"images\": {");

	cr_assert(at);
	files_put(arena_printf(a, "%s/images.json", dir),
		  arena_printf(a, "%.*s\"images\": { %s } }\n", (int)(at - text), text, entries));
	nanosleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 100000000 }, NULL);
}

static const char *memo_tags(struct arena *a, struct recipe_memo *m, const char *dir,
			     const char *name)
{
	const char *path = arena_printf(a, "%s/%s", dir, name);
	struct recipe *r = arena_alloc(a, sizeof(*r));
	struct error e = { 0 };

	cr_assert(recipe_load_with(a, &(struct recipe_opening){ path, NULL, NULL, m }, r, &e) &&
			  recipe_read_tags(a, r, &e) &&
			  recipe_check_platform(a, r, platform_of_compilers(), &e),
		  "%s%s", e.context, e.cause);
	return strings_join(a, &r->tags, " ");
}

Test(recipe_memo, catalogue_is_parsed_once_and_again_when_it_changes, .timeout = 60)
{
	AUTO_ARENA a = { 0 };
	AUTO_RECIPE_MEMO m = { .found = 0 };
	const char *dir = memo_repository(&a);

	memo_put_images(&a, dir,
			"\"r0\": { \"recipe\": \"r0.json\", \"tags\": [\"one\"] }, "
			"\"r1\": { \"recipe\": \"r1.json\", \"tags\": [\"two\"] }, "
			"\"again\": { \"recipe\": \"link.json\", \"tags\": [\"three\"] }");
	cr_expect_str_eq(memo_tags(&a, &m, dir, "r0.json"), "one three");
	cr_expect_str_eq(memo_tags(&a, &m, dir, "r1.json"), "two");
	cr_expect_str_eq(memo_tags(&a, &m, dir, "r0.json"), "one three");
	cr_expect_gt(m.found, 6u);
	/* as without it */
	cr_expect_str_eq(memo_tags(&a, NULL, dir, "r0.json"), "one three");
	/* a recipe in another file, as editors write it */
	files_put(arena_printf(&a, "%s/new", dir),
		  "{ \"name\": \"r0\", \"archive\": \"debian13\" }\n");
	cr_assert_eq(rename(arena_printf(&a, "%s/new", dir), arena_printf(&a, "%s/r0.json", dir)),
		     0);
	cr_expect_str_eq(memo_tags(&a, &m, dir, "r0.json"), "one three");
	memo_put_images(&a, dir, "\"r0\": { \"recipe\": \"r0.json\", \"tags\": [\"other\"] }");
	cr_expect_str_eq(memo_tags(&a, &m, dir, "r0.json"), "other");
	cr_expect_str_eq(memo_tags(&a, &m, dir, "r1.json"), "");
	files_remove(dir);
}

/* A key that is misspelt in any entry is told for every recipe, remembered or not. */
Test(recipe_memo, mistake_in_the_catalogue_is_told_each_time, .timeout = 60)
{
	AUTO_ARENA a = { 0 };
	AUTO_RECIPE_MEMO m = { .found = 0 };
	const char *dir = memo_repository(&a), *path = arena_printf(&a, "%s/r0.json", dir);

	memo_put_images(&a, dir,
			"\"r0\": { \"recipe\": \"r0.json\" }, \"r1\": { \"recipe\": \"r1.json\", "
			"\"platfroms\": [] }");
	for (int i = 0; i < 3; i++) {
		struct error e = { 0 };
		struct recipe r;

		cr_assert(recipe_load_with(&a, &(struct recipe_opening){ path, NULL, NULL, &m }, &r,
					   &e),
			  "%s", e.cause);
		cr_expect_not(recipe_check_platform(&a, &r, platform_of_compilers(), &e));
		cr_expect(strstr(e.cause, "platfroms") && strstr(e.at.file, "images.json"), "%s",
			  e.cause);
	}
	files_remove(dir);
}

/* Two files that change places have each other's inode: what was seen of it is of no use. */
Test(recipe_memo, files_that_change_places_keep_their_entries, .timeout = 60)
{
	AUTO_ARENA a = { 0 };
	AUTO_RECIPE_MEMO m = { .found = 0 };
	const char *dir = memo_repository(&a);

	memo_put_images(&a, dir,
			"\"r0\": { \"recipe\": \"r0.json\", \"tags\": [\"one\"] }, "
			"\"r1\": { \"recipe\": \"r1.json\", \"tags\": [\"two\"] }");
	cr_expect_str_eq(memo_tags(&a, &m, dir, "r0.json"), "one");
	cr_assert_eq(renameat2(AT_FDCWD, arena_printf(&a, "%s/r0.json", dir), AT_FDCWD,
			       arena_printf(&a, "%s/r1.json", dir), RENAME_EXCHANGE),
		     0);
	cr_expect_str_eq(memo_tags(&a, &m, dir, "r0.json"), "one");
	cr_expect_str_eq(memo_tags(&a, &m, dir, "r1.json"), "two");
	files_remove(dir);
}

/* Texts of all forms that the file had are kept, but not for ever. */
Test(recipe_memo, many_forms_of_the_catalogue_are_let_go, .timeout = 60)
{
	AUTO_ARENA a = { 0 };
	AUTO_RECIPE_MEMO m = { .found = 0 };
	const char *dir = memo_repository(&a);

	memo_put_images(&a, dir, "\"r0\": { \"recipe\": \"r0.json\", \"tags\": [\"one\"] }");
	cr_expect_str_eq(memo_tags(&a, &m, dir, "r0.json"), "one");
	recipe_memo_trim(&m);
	cr_expect(m.own.path);
	cr_expect_gt(m.texts, 100u);
	m.texts = MEMO_TEXTS_MAX + 1;
	recipe_memo_trim(&m);
	cr_expect(!m.own.path && m.texts == 0 && !m.a.blocks);
	cr_expect_str_eq(memo_tags(&a, &m, dir, "r0.json"), "one");
	files_remove(dir);
}
