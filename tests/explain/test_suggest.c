/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild lock --suggest, as a user runs it. */

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"

#define LINE "components[app].depends.take\n  \"libcap\"\n  because app depends on libcap\n"

static bool output_says(struct oracle_run r, const char *text)
{
	return strstr(r.out.p, text) || strstr(r.err.p, text);
}

Test(suggest, lines_are_printed_written_and_build)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	const char *before;
	struct oracle_run r;

	minirepo_open(&m, &a);
	before = files_get(&a, m.recipe);
	r = minirepo_build(&m);
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	cr_expect(output_says(r, "libcap: app depends on libcap\n"), "%s%s", r.out.p, r.err.p);
	r = MINIREPO_RUN(&m, "lock", "--suggest", m.recipe);
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	cr_expect(output_says(r, LINE) && output_says(r, "1 line to write; --write adds them\n"),
		  "%s%s", r.out.p, r.err.p);
	cr_expect_str_eq(files_get(&a, m.recipe), before);
	r = MINIREPO_RUN(&m, "lock", "--suggest", "--write", m.recipe);
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	cr_expect(output_says(r, LINE) && output_says(r, "1 line written; look at each"), "%s%s",
		  r.out.p, r.err.p);
	cr_expect(strstr(files_get(&a, m.recipe),
			 "\"libapp1\"] } ], \"depends\": { \"take\": [\"libcap\"] } } ],\n"),
		  "%s", files_get(&a, m.recipe));
	cr_expect(strstr(files_get(&a, m.lock), "\"take:app\""), "the lock was not made");
	r = minirepo_build(&m);
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	cr_expect_not(output_says(r, "depend"), "%s", r.err.p);
	r = MINIREPO_RUN(&m, "lock", "--suggest", "--json", m.recipe);
	cr_expect(output_says(r, "\"suggestions\":[],\"unknown\":[]"), "%s%s", r.out.p, r.err.p);
	r = MINIREPO_RUN(&m, "lock", "--write", m.recipe);
	cr_expect_eq(r.status, 2, "%s%s", r.out.p, r.err.p);
	cr_expect(output_says(r, "--write goes with --suggest"), "%s%s", r.out.p, r.err.p);
	minirepo_close(&m);
}

Test(suggest, a_recipe_that_others_extend_is_not_written_to)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	const char *before, *parent;
	struct oracle_run r;

	minirepo_open(&m, &a);
	parent = arena_printf(&a, "%s/repository/parent.json", m.dir);
	before = files_get(&a, m.recipe);
	files_put(parent, before);
	files_put(m.recipe, "{ \"name\": \"mini\", \"extends\": \"parent.json\" }\n");
	r = MINIREPO_RUN(&m, "lock", "--suggest", m.recipe);
	cr_expect(r.status == 0 && output_says(r, "parent.json:2:19: " LINE), "%s%s", r.out.p,
		  r.err.p);
	r = MINIREPO_RUN(&m, "lock", "--suggest", "--write", m.recipe);
	cr_expect_eq(r.status, 3, "%s%s", r.out.p, r.err.p);
	cr_expect(output_says(r, "component app is in ") &&
			  output_says(r, "parent.json:2:19: add the lines there (--suggest prints "
					 "them), or copy the component into this recipe"),
		  "%s%s", r.out.p, r.err.p);
	cr_expect_str_eq(files_get(&a, parent), before);
	minirepo_close(&m);
}
