/* SPDX-License-Identifier: Apache-2.0 */
/* Recipes that extend others: every row of the table of merges in docs/how-to/recipes.md, and the
 * places of values. */

#include <criterion/criterion.h>

#include "input/recipe/recipe.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define FOLDER "tests/data/recipe/valid/extends/"

static struct recipe load_extending(struct arena *a, const char *path)
{
	struct recipe r = { 0 };
	struct error e = { 0 };

	cr_assert(recipe_load(a, path, &r, &e), "%s: %s%s", path, e.context, e.cause);
	return r;
}

#define EXPECT_ALL(list, member, ...)                                                  \
	do {                                                                           \
		const char *const want_[] = { __VA_ARGS__ };                           \
		cr_expect_eq((list).n, ARRAY_SIZE(want_), #list " has %zu", (list).n); \
		for (size_t i_ = 0; i_ < (list).n && i_ < ARRAY_SIZE(want_); i_++)     \
			cr_expect_str_eq((list).v[i_] member, want_[i_]);              \
	} while (0)

Test(extends, entries_of_a_name_are_replaced_as_a_whole_and_new_ones_come_behind)
{
	AUTO_ARENA a = { 0 };
	struct recipe r = load_extending(&a, FOLDER "recipe.json");

	EXPECT_ALL(r.components, .name, "middle", "last", "new");
	cr_expect_str_eq(r.components.v[0].version, ">= 1",
			 "the parent's own has the place of the one that it extends");
	cr_expect_eq(r.components.v[1].providers.n, 1u);
	EXPECT_ALL(r.components.v[1].providers.v[0].alternatives, .path, "/usr/bin/y");
	EXPECT_ALL(r.programs, .to, "/usr/sbin/hello");
	EXPECT_ALL(r.users, .name, "a");
	cr_expect_eq(r.users.v[0].uid, 3u);
	EXPECT_ALL(r.groups, .name, "a", "c");
	EXPECT_ALL(r.dirs, .path, "/var/lib/a", "/var/lib/c", "/var/lib/d");
	cr_expect(r.dirs.v[0].uid == 5 && r.dirs.v[0].mode == 0755,
		  "nothing is left of the parent's entry");
	EXPECT_ALL(r.links, .path, "/usr/bin/a", "/usr/bin/c");
	cr_expect_str_eq(r.links.v[0].to, "y");
	EXPECT_ALL(r.files, .to, "/etc/a", "/etc/c", "/etc/b");
	cr_expect_eq(r.files.v[1].mode, 0644u,
		     "from and to are the same, however the path is written");
}

Test(extends, variables_and_labels_are_merged_by_key_and_values_are_added)
{
	AUTO_ARENA a = { 0 };
	struct recipe r = load_extending(&a, FOLDER "recipe.json");

	EXPECT_ALL(r.config.env, .name, "OLD", "BOTH", "KEPT", "NEW");
	EXPECT_ALL(r.config.env, .value, "oldest", "child", "parent", "child");
	EXPECT_ALL(r.config.labels, .name, "a");
	EXPECT_ALL(r.config.labels, .value, "child");
	EXPECT_ALL(r.config.annotations, .name, "a", "c");
	EXPECT_ALL(r.config.expose, , "80/tcp", "82/tcp");
	EXPECT_ALL(r.config.volumes, , "/a", "/c");
	EXPECT_ALL(r.libraries, , "liba1", "libc1");
	EXPECT_ALL(r.tests, , FOLDER "folder/content.txt", FOLDER "own.txt");
	EXPECT_ALL(r.accept, .rule, "elf.no-pie", "shell.present", "elf.no-relro");
	EXPECT_ALL(r.accept, .reason, "child", "parent", "child");
	EXPECT_ALL(r.effects.accept, .package, "bash", "sed");
}

Test(extends, lists_of_arguments_and_single_values_are_replaced)
{
	AUTO_ARENA a = { 0 };
	struct recipe r = load_extending(&a, FOLDER "recipe.json");

	cr_expect_str_eq(r.name, "child");
	cr_expect_str_eq(r.base->name, "cc-debian13");
	cr_expect_str_eq(r.target, "trixie-updates");
	cr_expect_eq(r.epoch, 7u);
	cr_expect_eq(r.compression, COMPRESS_ZSTD);
	EXPECT_ALL(r.config.entrypoint, , "/usr/sbin/hello");
	EXPECT_ALL(r.config.cmd, , "parent");
	cr_expect_str_eq(r.config.user, "2:2");
	cr_expect_str_eq(r.config.workdir, "/parent");
	cr_expect_str_eq(r.config.stop_signal, "SIGINT");
	EXPECT_ALL(r.config.health.test, , "NONE");
	cr_expect_eq(r.config.health.retries, 0u, "a health check is one value");
	cr_expect_str_eq(r.effects.ca_bundle.package, "ca-certificates");
	cr_expect_not(r.effects.ld_so_cache);
	cr_expect_str_eq(r.audit_policy, "base");
}

static void extends_expect_place(struct arena *a, const struct place *p, const char *at,
				 const char *first)
{
	cr_expect_str_eq(place_format(a, p), at);
	if (first)
		cr_expect_str_eq(place_format_first(a, p), first);
	else
		cr_expect_null(p->first, "%s", at);
}

Test(extends, an_entry_is_where_it_was_said_last_and_knows_where_it_began)
{
	AUTO_ARENA a = { 0 };
	struct recipe r = load_extending(&a, FOLDER "recipe.json");

	extends_expect_place(&a, &r.components.v[0].at, FOLDER "folder/parent.json:8:5",
			     FOLDER "folder/oldest.json:3:19");
	extends_expect_place(&a, &r.components.v[1].at, FOLDER "recipe.json:22:5",
			     FOLDER "folder/parent.json:9:5");
	extends_expect_place(&a, &r.components.v[2].at, FOLDER "recipe.json:21:5", NULL);
	extends_expect_place(&a, &r.dirs.v[0].at, FOLDER "recipe.json:27:39",
			     FOLDER "folder/parent.json:23:13");
	extends_expect_place(&a, &r.dirs.v[1].at, FOLDER "folder/parent.json:23:81", NULL);
	extends_expect_place(&a, &r.dirs.v[2].at, FOLDER "recipe.json:27:13", NULL);
	extends_expect_place(&a, &r.accept.v[1].at, FOLDER "folder/parent.json:44:5", NULL);
}

Test(extends, paths_belong_to_the_file_they_stand_in)
{
	AUTO_ARENA a = { 0 };
	struct recipe r = load_extending(&a, FOLDER "recipe.json");

	cr_expect_str_eq(r.files.v[0].from, FOLDER "folder/content.txt");
	cr_expect_str_eq(r.files.v[2].from, FOLDER "own.txt");
	cr_expect_str_eq(r.programs.v[0].source->trees.v[0], "scripts-free/hello");
	cr_expect(strings_has(&r.inputs, FOLDER "folder/parent.json") &&
		  strings_has(&r.inputs, FOLDER "folder/oldest.json"));
}

Test(extends, eight_levels_are_allowed)
{
	AUTO_ARENA a = { 0 };

	load_extending(&a, "tests/data/recipe/invalid/extends-too-deep/r1.json");
}

static void expect_same_lock(struct arena *a, const struct recipe *x, const struct recipe *y)
{
	for (unsigned format = 1; format <= 2; format++) {
		struct digest p = recipe_request_digest(x, platform_of_compilers(), format);
		struct digest q = recipe_request_digest(y, platform_of_compilers(), format);

		cr_expect(digest_eq(&p, &q), "%s: %s and %s", x->name, digest_hex_dup(a, &p),
			  digest_hex_dup(a, &q));
	}
}

/* Puts the expanded text where the recipe stands, in a copy of what it is made from. */
static void expanded_gives_the_same_lock(const char *recipe)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *copy = arena_printf(&a, "%s/%s", dir, recipe);
	struct recipe r = load_extending(&a, recipe);
	struct buf text = { .a = &a }, again = { .a = &a };
	struct error e = { 0 };
	struct recipe expanded;

	ORACLE(&a, "cp", "--archive", "--parents", "images.json", "recipes", "rootfs",
	       "scripts-free", "tests/data/recipe/valid", dir);
	cr_assert(recipe_expanded(&a, recipe, NULL, &text, &e), "%s", e.cause);
	files_put(copy, buf_cstr(&text));
	cr_expect_null(strstr(buf_cstr(&text), "\"extends\""));
	expanded = load_extending(&a, copy);
	expect_same_lock(&a, &r, &expanded);
	cr_assert(recipe_expanded(&a, copy, NULL, &again, &e), "%s", e.cause);
	cr_expect_str_eq(buf_cstr(&again), buf_cstr(&text), "%s", recipe);
	files_remove(dir);
}

Test(extends, an_expanded_recipe_has_the_same_lock_and_expands_to_itself)
{
	expanded_gives_the_same_lock(FOLDER "recipe.json");
	expanded_gives_the_same_lock("recipes/cephalo-slim.json");
	expanded_gives_the_same_lock("recipes/cephalo-py-source.json");
	expanded_gives_the_same_lock("recipes/cephalo.json");
}

Test(extends, an_expanded_recipe_reads_well)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct error e = { 0 };

	cr_assert(recipe_expanded(&a, FOLDER "recipe.json", NULL, &text, &e), "%s", e.cause);
	cr_expect_str_eq(buf_cstr(&text), files_get(&a, FOLDER "expanded"));
}

static bool lock_answers(struct arena *a, const char *lock, const struct digest *d)
{
	return strstr(files_get(a, lock),
		      arena_printf(a, "\"answers\": \"%s\"", digest_hex_dup(a, d))) != NULL;
}

Test(extends, the_locks_of_the_variants_of_cephalo_answer_their_recipes)
{
	static const char *const names[] = { "slim", "packages", "py-source", "py312" };
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *path = arena_printf(&a, "recipes/cephalo-%s.json", names[i]);
		struct recipe r = load_extending(&a, path);
		struct digest d = recipe_request_digest(&r, platform_of_compilers(), 2);

		cr_expect(lock_answers(&a, recipe_lock_path(&a, &r, platform_of_compilers()), &d),
			  "%s", path);
		cr_expect(r.tests.n > 0 && strcmp(r.tests.v[0], "recipes/cephalo.tests.json") == 0,
			  "%s does not run cephalo's tests", path);
		cr_expect_eq(r.tests.n, i == 0 ? 1u : 2u, "%s: Python's are for all but slim",
			     path);
	}
}
