/* SPDX-License-Identifier: Apache-2.0 */
/* What comes with imgbuild: where it is looked for, what of it is used, and how people are told of
 * it. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "input/recipe/recipe.h"
#include "input/recipe/recipe_memo.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define KEY "B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8"

static const char catalogue[] =
	"{ \"archives\": { \"deb\": { \"suites\": [ { \"codename\": \"trixie\" } ], \"signers\": [\"" KEY
	"\"] } },\n"
	"  \"toolchains\": { \"c\": { \"file\": \"recipes/toolchain/c.json\" } },\n"
	"  \"bases\": { \"plain\": { \"recipe\": \"recipes/plain.json\", \"platforms\": [\"linux/amd64\"] },\n"
	"    \"upper\": { \"recipe\": \"recipes/upper.json\" } } }";

/* A folder of a user, and one of what comes with imgbuild. */
struct place_of_work {
	struct arena a;
	const char *dir, *data;
};

static void builtin_put(struct place_of_work *w, const char *name, const char *text)
{
	files_put(arena_printf(&w->a, "%s/%s", w->dir, name), text);
}

static void work_open(struct place_of_work *w)
{
	*w = (struct place_of_work){ 0 };
	w->dir = files_temporary(&w->a);
	w->data = arena_printf(&w->a, "%s/data", w->dir);
	builtin_put(w, "data/images.json", catalogue);
	builtin_put(w, "data/docs/recipe.schema.json", "{}");
	builtin_put(w, "data/recipes/plain.json",
		    "{ \"name\": \"plain\", \"archive\": \"deb\", \"files\": [ { \"from\": "
		    "\"../rootfs\", \"to\": \"/\" } ] }");
	builtin_put(w, "data/recipes/upper.json", "{ \"name\": \"upper\", \"base\": \"plain\" }");
	builtin_put(w, "data/recipes/toolchain/c.json",
		    "{ \"name\": \"c\", \"packages\": [\"gcc\"] }");
	builtin_put(w, "data/rootfs/etc/motd", "hello\n");
	builtin_put(w, "data/rootfs/etc/os-release", "ID=debian\n");
	setenv("IMGBUILD_DATA", w->data, 1);
}

static void work_close(struct place_of_work *w)
{
	files_remove(w->dir);
	arena_free(&w->a);
}

static const char *user_recipe(struct place_of_work *w, const char *text)
{
	builtin_put(w, "user/r.json", text);
	return arena_printf(&w->a, "%s/user/r.json", w->dir);
}

/* The whole text of the failure. */
static const char *builtin_refusal(struct place_of_work *w, const char *text, enum err_kind kind)
{
	char *message = arena_alloc(&w->a, sizeof(struct error));
	struct recipe r;
	struct error e = { 0 };

	cr_assert_not(recipe_load(&w->a, user_recipe(w, text), &r, &e), "accepted");
	cr_expect_eq(e.kind, kind, "exit status %d", err_status(e.kind));
	err_format(&e, message, sizeof(e));
	return message;
}

static struct recipe builtin_accepted(struct place_of_work *w, const char *text)
{
	struct recipe r;
	struct error e = { 0 };

	cr_assert(recipe_load(&w->a, user_recipe(w, text), &r, &e), "%s%s", e.context, e.cause);
	return r;
}

/* A digest by sha256sum. */
static const char *sum_of(struct place_of_work *w, const char *name)
{
	return arena_strndup(&w->a,
			     ORACLE(&w->a, "sha256sum", arena_printf(&w->a, "%s/%s", w->data, name))
				     .p,
			     DIGEST_HEX);
}

static void expect_files(struct place_of_work *w, const struct builtin_files *l,
			 const char *const *names, size_t n)
{
	cr_assert_eq(l->n, n, "%zu files", l->n);
	for (size_t i = 0; i < n; i++) {
		cr_expect_str_eq(l->v[i].name, names[i]);
		cr_expect_str_eq(digest_hex_dup(&w->a, &l->v[i].sha256), sum_of(w, names[i]));
	}
}

Test(builtin, a_recipe_in_an_empty_folder_stands_on_a_base_that_came_with_imgbuild)
{
	static const char *const names[] = { "recipes/plain.json", "rootfs/etc/motd",
					     "rootfs/etc/os-release" };
	const struct platform *amd64 = platform_of_compilers(),
			      *arm64 = platform_of_debian("arm64");
	struct place_of_work w;
	struct error e = { 0 };
	struct recipe r;

	work_open(&w);
	r = builtin_accepted(&w, "{ \"name\": \"r\", \"base\": \"plain\" }");
	cr_expect(!recipe_is_builtin(&r) && recipe_is_builtin(r.base));
	cr_expect_str_eq(r.archive->name, "deb");
	cr_expect_str_eq(recipe_shown(&w.a, r.base), "(built-in) recipes/plain.json");
	cr_expect_str_eq(r.base->files.v[0].at.file, "(built-in) recipes/plain.json");
	cr_expect_eq(r.base->files.v[0].at.line, 1u);
	cr_expect_str_eq(recipe_shown_path(&w.a, r.base, r.base->files.v[0].from),
			 "(built-in) rootfs");
	cr_expect_str_eq(recipe_asked(r.base), r.file);
	cr_expect_str_eq(recipe_lock_path(&w.a, r.base, amd64),
			 arena_printf(&w.a, "%s/user/locks/plain.lock.json", w.dir));
	cr_expect_str_eq(recipe_lock_path(&w.a, r.base, arm64),
			 arena_printf(&w.a, "%s/user/locks/plain.arm64.lock.json", w.dir));
	cr_expect_str_eq(recipe_lock_path(&w.a, &r, amd64),
			 arena_printf(&w.a, "%s/user/r.lock.json", w.dir));
	cr_expect_str_eq(recipe_start_path(&w.a, r.base, amd64),
			 arena_printf(&w.a, "%s/recipes/plain.lock.json", w.data));
	cr_expect_null(recipe_start_path(&w.a, &r, amd64));
	cr_expect_eq(r.builtin.n, 0u, "what its base was read from is the base's");
	expect_files(&w, &r.base->builtin, names, ARRAY_SIZE(names));
	cr_expect(recipe_check_platform(&w.a, &r, amd64, &e), "%s", e.cause);
	cr_expect_not(recipe_check_platform(&w.a, &r, arm64, &e));
	cr_expect_str_eq(e.at.file, "(built-in) images.json");
	work_close(&w);
}

Test(builtin, its_bases_stand_on_each_other_and_toolchains_have_names)
{
	static const char *const names[] = { "recipes/toolchain/c.json" };
	struct place_of_work w;
	struct recipe r;

	work_open(&w);
	builtin_put(&w, "user/src/main.c", "int main(void) { return 0; }");
	r = builtin_accepted(
		&w,
		"{ \"name\": \"r\", \"base\": \"upper\", \"programs\":\n"
		"  [ { \"source\": \"src\", \"toolchain\": \"c\", \"to\": \"/usr/bin/x\" } ] }");
	cr_expect_str_eq(r.base->base->name, "plain");
	cr_expect_eq(r.base->builtin.n, 1u);
	cr_expect_str_eq(r.base->builtin.v[0].name, "recipes/upper.json");
	cr_expect_str_eq(r.programs.v[0].source->toolchain->packages.v[0], "gcc");
	expect_files(&w, &r.builtin, names, 1);
	work_close(&w);
}

Test(builtin, a_repositorys_own_entries_come_first)
{
	struct place_of_work w;
	struct recipe r;

	work_open(&w);
	builtin_put(&w, "user/images.json",
		    "{ \"archives\": { \"deb\": { \"suites\": [ { "
		    "\"codename\": \"bookworm\" } ], \"signers\": [\"" KEY
		    "\"] } }, \"bases\": { \"upper\": { \"recipe\": \"upper.json\" } } }");
	builtin_put(&w, "user/upper.json", "{ \"name\": \"own\", \"archive\": \"deb\" }");
	r = builtin_accepted(&w, "{ \"name\": \"r\", \"base\": \"upper\" }");
	cr_expect_str_eq(r.base->name, "own");
	cr_expect_not(recipe_is_builtin(r.base));
	cr_expect_str_eq(recipe_lock_path(&w.a, r.base, platform_of_compilers()),
			 arena_printf(&w.a, "%s/user/upper.lock.json", w.dir));
	r = builtin_accepted(&w, "{ \"name\": \"r\", \"base\": \"plain\" }");
	cr_expect(recipe_is_builtin(r.base));
	cr_expect_str_eq(r.archive->suites.v[0].codename, "bookworm",
			 "mirrors and keys of the repository count for its bases, too");
	work_close(&w);
}

Test(builtin, in_imgbuilds_own_repository_nothing_is_built_in)
{
	struct place_of_work w;
	struct recipe r;
	struct error e = { 0 };

	work_open(&w);
	cr_assert(recipe_load(&w.a, arena_printf(&w.a, "%s/recipes/upper.json", w.data), &r, &e),
		  "%s", e.cause);
	cr_expect_not(recipe_is_builtin(r.base));
	cr_expect_eq(r.base->builtin.n, 0u);
	cr_expect_str_eq(recipe_lock_path(&w.a, r.base, platform_of_compilers()),
			 arena_printf(&w.a, "%s/recipes/plain.lock.json", w.data));
	work_close(&w);
}

Test(builtin, a_name_that_nobody_knows_gets_the_nearest_and_all_there_are)
{
	struct place_of_work w;

	work_open(&w);
	cr_expect_str_eq(
		builtin_refusal(&w, "{ \"name\": \"r\", \"base\": \"plein\" }", ERR_INPUT),
		arena_printf(
			&w.a,
			"%s/user/r.json:1:24: base: there is no base \"plein\": %s/user/images.json is "
			"not there; with imgbuild come plain, upper; did you mean \"plain\"?",
			w.dir, w.dir));
	builtin_put(&w, "user/images.json",
		    "{ \"bases\": { \"mine\": { \"recipe\": \"r.json\" } } }");
	cr_expect_str_eq(
		builtin_refusal(&w, "{ \"name\": \"r\", \"base\": \"zzzz\" }", ERR_INPUT),
		arena_printf(
			&w.a,
			"%s/user/r.json:1:24: base: there is no base \"zzzz\": %s/user/images.json has "
			"mine; with imgbuild come plain, upper",
			w.dir, w.dir));
	cr_expect(
		strstr(builtin_refusal(&w, "{ \"name\": \"r\", \"archive\": \"dep\" }", ERR_INPUT),
		       "there is no archive \"dep\": "));
	cr_expect(strstr(builtin_refusal(&w,
					 "{ \"name\": \"r\", \"archive\": \"deb\", "
					 "\"programs\": [ { \"source\": \".\", \"toolchain\": "
					 "\"cc\", \"to\": \"/x\" } ] }",
					 ERR_INPUT),
			 "programs[0].toolchain: there is no toolchain \"cc\": "));
	unsetenv("IMGBUILD_DATA");
	cr_expect_str_eq(
		builtin_refusal(&w, "{ \"name\": \"r\", \"base\": \"plain\" }", ERR_INPUT),
		arena_printf(
			&w.a,
			"%s/user/r.json:1:24: base: there is no base \"plain\": %s/user/images.json has mine; "
			"what comes with imgbuild was not found: IMGBUILD_DATA names its folder",
			w.dir, w.dir));
	work_close(&w);
}

Test(builtin, a_probe_is_compiled_from_what_comes_with_imgbuild)
{
	static const char asks[] =
		"{ \"name\": \"r\", \"base\": \"plain\", \"config\": { \"healthcheck\": { \"probe\": "
		"[\"tcp://[::1]:80\", \"process:x\"], \"timeout\": \"500ms\" } } }";
	static const char asks_tls[] =
		"{ \"name\": \"r\", \"base\": \"plain\", \"config\": { \"healthcheck\": { \"probe\": "
		"[\"process:x\", \"https://127.0.0.1/\"] } } }";
	struct error e = { 0 };
	struct place_of_work w;
	struct recipe r;

	work_open(&w);
	builtin_put(&w, "data/scripts-free/probe/main.c", "int main(void) { return 0; }\n");
	builtin_put(&w, "data/recipes/toolchain/musl.json",
		    "{ \"name\": \"musl\", \"packages\": [\"gcc\", \"musl-dev\"] }");
	cr_assert(recipe_load(&w.a, user_recipe(&w, asks), &r, &e), "%s%s", e.context, e.cause);
	cr_assert_eq(r.programs.n, 1u);
	cr_expect_str_eq(r.programs.v[0].to, "/usr/local/bin/probe");
	cr_expect_str_eq(r.programs.v[0].source->trees.v[0],
			 arena_printf(&w.a, "%s/scripts-free/probe", w.data));
	cr_expect_str_eq(r.programs.v[0].source->toolchain->packages.v[1], "musl-dev");
	cr_expect_str_eq(strings_join(&w.a, &r.config.health.test, " "),
			 "CMD /usr/local/bin/probe --timeout=450ms tcp://[::1]:80 process:x");
	cr_assert_eq(r.builtin.n, 2u);
	cr_expect_str_eq(r.builtin.v[0].name, "recipes/toolchain/musl.json");
	cr_expect_str_eq(r.builtin.v[1].name, "scripts-free/probe/main.c");
	cr_assert(recipe_load(&w.a, user_recipe(&w, asks_tls), &r, &e), "%s%s", e.context, e.cause);
	cr_assert_eq(r.programs.n, 1u);
	cr_expect_str_eq(r.programs.v[0].to, "/usr/local/bin/probe-tls");
	cr_expect_str_eq(strings_join(&w.a, &r.programs.v[0].source->build_depends, " "),
			 "libbearssl-dev");
	cr_expect_str_eq(strings_join(&w.a, &r.config.health.test, " "),
			 "CMD /usr/local/bin/probe-tls process:x https://127.0.0.1/");
	unsetenv("IMGBUILD_DATA");
	builtin_put(&w, "user/images.json",
		    "{ \"bases\": { \"plain\": { \"recipe\": \"plain.json\" } } }");
	builtin_put(&w, "user/plain.json",
		    "{ \"name\": \"plain\", \"archive\": { \"suites\": [ { \"codename\": "
		    "\"trixie\" } ], \"signers\": [\"" KEY "\"] } }");
	cr_expect(strstr(
		builtin_refusal(&w, asks, ERR_INPUT),
		"config.healthcheck.probe: the program of this comes with imgbuild, and what "
		"comes with imgbuild was not found: IMGBUILD_DATA names its folder"));
	work_close(&w);
}

Test(builtin, what_is_wrong_in_its_files_is_told_with_their_names)
{
	struct place_of_work w;

	work_open(&w);
	builtin_put(&w, "data/recipes/plain.json",
		    "{ \"name\": \"plain\", \"archive\": \"deb\",\n  \"flies\": [] }");
	cr_expect_str_eq(
		builtin_refusal(&w, "{ \"name\": \"r\", \"base\": \"upper\" }", ERR_INPUT),
		arena_printf(
			&w.a,
			"(built-in) recipes/plain.json:2:3: base of %s/user/r.json: base of (built-in) "
			"recipes/upper.json: flies: unknown key; did you mean \"files\"?",
			w.dir));
	builtin_put(&w, "data/recipes/plain.json",
		    "{ \"name\": \"plain\", \"archive\": \"deb\",\n"
		    "  \"files\": [ { \"from\": \"../../user\", \"to\": \"/\" } ] }");
	cr_expect(strstr(builtin_refusal(&w, "{ \"name\": \"r\", \"base\": \"plain\" }", ERR_INPUT),
			 "leads out of the repository"));
	work_close(&w);
}

Test(builtin, IMGBUILD_DATA_must_be_the_folder)
{
	static const char recipe[] = "{ \"name\": \"r\", \"base\": \"plain\" }";
	struct place_of_work w;
	const char *other;

	work_open(&w);
	other = arena_printf(&w.a, "%s/other", w.dir);
	setenv("IMGBUILD_DATA", other, 1);
	cr_expect_str_eq(
		builtin_refusal(&w, recipe, ERR_USAGE),
		arena_printf(
			&w.a,
			"IMGBUILD_DATA=%s: No such file or directory; it names the folder of what comes with "
			"imgbuild, or is not set",
			other));
	builtin_put(&w, "other", "");
	cr_expect_str_eq(
		builtin_refusal(&w, recipe, ERR_USAGE),
		arena_printf(
			&w.a,
			"IMGBUILD_DATA=%s is not a folder; it names the folder of what comes with imgbuild, or "
			"is not set",
			other));
	cr_assert_eq(unlink(other), 0);
	builtin_put(&w, "other/docs/recipe.schema.json", "{}");
	cr_expect_str_eq(
		builtin_refusal(&w, recipe, ERR_USAGE),
		arena_printf(
			&w.a,
			"IMGBUILD_DATA=%s is not the folder of what comes with imgbuild: it lacks images.json",
			other));
	builtin_put(&w, "other/images.json", "{}");
	cr_expect(strstr(builtin_refusal(&w, recipe, ERR_INPUT), "/images.json is not there"));
	files_remove(arena_printf(&w.a, "%s/docs", other));
	cr_expect_str_eq(
		builtin_refusal(&w, recipe, ERR_USAGE),
		arena_printf(
			&w.a,
			"IMGBUILD_DATA=%s is not the folder of what comes with imgbuild: it lacks "
			"docs/recipe.schema.json",
			other));
	setenv("IMGBUILD_DATA", arena_printf(&w.a, "%s//", w.data), 1);
	cr_expect_str_eq(builtin_accepted(&w, recipe).base->name, "plain",
			 "slashes at the end do no harm");
	work_close(&w);
}

Test(builtin, a_recipe_extends_one_that_comes_with_imgbuild)
{
	struct place_of_work w;
	struct error e = { 0 };
	struct buf text;
	char message[sizeof(e)];
	struct recipe r;

	work_open(&w);
	r = builtin_accepted(&w, "{ \"name\": \"r\", \"extends\": \"plain\", \"links\": [ { "
				 "\"path\": \"/a\", \"to\": \"b\" } ] }");
	cr_expect_str_eq(r.name, "r");
	cr_expect_str_eq(r.files.v[0].from, arena_printf(&w.a, "%s/rootfs", w.data));
	cr_expect_str_eq(r.files.v[0].at.file, "(built-in) recipes/plain.json");
	cr_expect_str_eq(r.builtin.v[0].name, "recipes/plain.json");
	cr_expect_str_eq(recipe_lock_path(&w.a, &r, platform_of_compilers()),
			 arena_printf(&w.a, "%s/user/r.lock.json", w.dir));
	text = (struct buf){ .a = &w.a };
	cr_expect_not(recipe_expanded(&w.a, r.file, NULL, &text, &e));
	err_format(&e, message, sizeof(message));
	cr_expect_str_eq(
		message,
		"(built-in) recipes/plain.json:1:59: files[0].from: comes with imgbuild: no path of this "
		"repository leads there");
	cr_expect(strstr(builtin_refusal(&w, "{ \"name\": \"r\", \"extends\": \"plian\" }",
					 ERR_INPUT),
			 "extends: there is no base \"plian\": "));
	work_close(&w);
}

/* The bases of a chain ask the catalogue that came with imgbuild, each several times. */
Test(builtin, catalogue_is_parsed_once_a_run_and_again_when_it_changes, .timeout = 60)
{
	static const char *const bases[] = { "upper", "other" };
	const struct timespec some_time = { .tv_sec = 1, .tv_nsec = 100000000 };
	AUTO_RECIPE_MEMO m = { .found = 0 };
	struct place_of_work w;

	work_open(&w);
	builtin_put(&w, "user/images.json", "{}");
	builtin_put(&w, "data/recipes/other.json", "{ \"name\": \"other\", \"base\": \"plain\" }");
	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		const char *path =
			user_recipe(&w, arena_printf(&w.a, "{ \"name\": \"r\", \"base\": \"%s\" }",
						     bases[i]));
		struct error e = { 0 };
		struct recipe r;

		nanosleep(&some_time, NULL);
		cr_assert(recipe_load_with(&w.a, &(struct recipe_opening){ path, NULL, NULL, &m },
					   &r, &e),
			  "%s%s", e.context, e.cause);
		cr_expect_str_eq(r.base->name, bases[i]);
		cr_expect_str_eq(r.base->base->name, "plain");
		cr_assert(m.builtin.path && m.own.path);
		cr_expect_str_eq(m.builtin.path, arena_printf(&w.a, "%s/images.json", w.data));
		cr_expect_gt(m.found, 2 * i + 1);
		builtin_put(&w, "data/images.json",
			    arena_printf(&w.a,
					 "%.*s, \"other\": { \"recipe\": "
					 "\"recipes/other.json\" } } }",
					 (int)(strrchr(catalogue, '}') - catalogue - 2),
					 catalogue));
	}
	work_close(&w);
}
