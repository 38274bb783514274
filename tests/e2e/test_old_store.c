/* SPDX-License-Identifier: Apache-2.0 */
/* What version 0.1.0 left behind, in tests/data/made-by-0.1.0: a repository with a lock of format
 * 1, and the store that a build of it made. This version builds the same image of it, and of a
 * store that is damaged or half there. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define LEFT "tests/data/made-by-0.1.0"
/* of the image that 0.1.0 made: layers by their diff_ids, and all that the recipe says */
#define CONFIG "sha256:56257a0a4505750460cee46803c2cf64cc7e825faeced5530b0cb973016dce25"

struct remains {
	struct arena a;
	const char *dir, *store;
};

static void remains_open(struct remains *r)
{
	*r = (struct remains){ 0 };
	r->dir = files_temporary(&r->a);
	ORACLE(&r->a, "cp", "-r", LEFT "/repository", LEFT "/store", r->dir);
	r->store = arena_printf(&r->a, "%s/store", r->dir);
	ORACLE(&r->a, "chmod", "-R", "go-w", r->dir);
}

static void remains_close(struct remains *r)
{
	files_remove(r->dir);
	arena_free(&r->a);
}

static struct oracle_run build_again(struct remains *r)
{
	const char *recipe = arena_printf(&r->a, "%s/repository/recipes/app.json", r->dir);
	const char *out = arena_printf(&r->a, "%s/out", r->dir);
	const char *const argv[] = { "./imgbuild",  "--progress=quiet",
				     "--frozen",    "--no-audit",
				     "--cache-dir", r->store,
				     recipe,	    "-o",
				     out,	    NULL };

	files_remove(out);
	return oracle_run(&r->a, argv);
}

static const char *config_of(struct remains *r)
{
	const char *text = ORACLE(&r->a, "skopeo", "inspect", "--raw",
				  arena_printf(&r->a, "oci:%s/out", r->dir))
				   .p;
	const char *at = strstr(text, "sha256:");

	return at ? arena_strndup(&r->a, at, strlen(CONFIG)) : text;
}

/* Names of the files below a folder, relative to it. */
static struct strings stored_files(struct remains *r, const char *dir)
{
	struct str rest = ORACLE(&r->a, "find", dir, "-type", "f", "-size", "+0", "-printf",
				 "%P\n"),
		   line;
	struct strings names = { 0 };

	while (str_next(&rest, '\n', &line))
		*list_push(&r->a, &names) = str_dup(&r->a, line);
	strings_sort(&names);
	return names;
}

Test(old_store, gives_the_same_image, .timeout = 600)
{
	struct remains r;
	struct oracle_run run;

	oracle_need("skopeo");
	remains_open(&r);
	run = build_again(&r);
	cr_assert_eq(run.status, 0, "%s", run.err.p);
	cr_expect_str_eq(config_of(&r), CONFIG);
	remains_close(&r);
}

/* Each file of the store in turn is cut in half, or not there. A package that is gone cannot be had
 * offline, and is named; nothing else is missed. */
Test(old_store, half_written_is_no_obstacle, .timeout = 600)
{
	struct remains r;
	struct strings names;
	unsigned built = 0;

	oracle_need("skopeo");
	remains_open(&r);
	names = stored_files(&r, LEFT "/store");
	for (size_t i = 0; i < 2 * names.n; i++) {
		const char *name = names.v[i / 2];
		const char *path = arena_printf(&r.a, "%s/%s", r.store, name);
		struct oracle_run run;

		files_remove(r.store);
		ORACLE(&r.a, "cp", "-r", LEFT "/store", r.dir);
		if (i % 2)
			unlink(path);
		else
			ORACLE(&r.a, "truncate", "--size", "-100", path);
		run = build_again(&r);
		if (run.status == 0) {
			built++;
			cr_expect_str_eq(config_of(&r), CONFIG, "%s", name);
		} else {
			cr_expect(run.status == 4 && strstr(run.err.p, "not in the store") &&
					  strncmp(name, "blobs/", 6) == 0,
				  "%s: %d %s", name, run.status, run.err.p);
		}
	}
	cr_expect_geq(built + 4, 2 * names.n, "only the two packages are missed: %u of %zu", built,
		      2 * names.n);
	remains_close(&r);
}
