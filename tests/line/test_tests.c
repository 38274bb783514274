/* SPDX-License-Identifier: Apache-2.0 */
/* A recipe's own tests decide at the end of a build. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_homestead.h"
#include "support/fixture_verb.h"

static struct verb_run build_with_tests(struct homestead *h, const char *tests)
{
	struct arena *a = &h->depot.a;
	const char *recipe, *at;

	cr_assert(chdir(h->dir) == 0);
	recipe = files_get(a, "recipes/app.json");
	at = strstr(recipe, "\"config\"");
	files_put("recipes/app.json",
		  arena_printf(a,
			       "%.*s\"audit\": { \"policy\": \"report-only\" }, \"tests\": "
			       "[\"app.tests.yaml\"], %s",
			       (int)(at - recipe), recipe, at));
	files_put("recipes/app.tests.yaml", tests);
	return VERB(a, cmd_build, "build", "--cache-dir", h->depot.path, "--locked", "--offline",
		    "recipes/app.json");
}

#define HEAD "schemaVersion: 2.0.0\ncommandTests: [{name: c, command: /usr/bin/tool}]\n"

Test(recipe_tests, pass_and_the_image_stands_in_its_place)
{
	struct homestead h;
	struct verb_run r;

	homestead_open(&h);
	r = build_with_tests(&h, HEAD "fileExistenceTests: [{name: n, path: /usr/bin/tool}]\n");
	cr_expect(r.ok, "%s", r.message);
	cr_expect(strstr(r.said, "1 passed, 0 failed, 1 skipped"), "%s", r.said);
	cr_expect_eq(access("out/app/index.json", F_OK), 0);
	homestead_close(&h);
}

Test(recipe_tests, fail_and_the_image_is_kept_aside)
{
	struct homestead h;
	struct verb_run r;

	homestead_open(&h);
	r = build_with_tests(&h, HEAD "fileExistenceTests: [{name: n, path: /usr/bin/tol}]\n");
	cr_expect(!r.ok && r.e.kind == ERR_FINDINGS, "%s", r.message);
	cr_expect_str_eq(r.message, "1 of app's own tests failed; it was kept as out/app.rejected");
	cr_expect(strstr(r.said, "recipes/app.tests.yaml:3:22: n: /usr/bin/tol is not there"), "%s",
		  r.said);
	cr_expect_eq(access("out/app.rejected/index.json", F_OK), 0);
	cr_expect_neq(access("out/app", F_OK), 0);
	files_put("recipes/app.tests.yaml", HEAD);
	r = VERB(&h.depot.a, cmd_build, "build", "--cache-dir", h.depot.path, "--offline",
		 "recipes/app.json");
	cr_expect(r.ok, "%s", r.message);
	cr_expect_eq(access("out/app/index.json", F_OK), 0);
	homestead_close(&h);
}

Test(recipe_tests, malformed_ones_fail_the_build_with_their_place)
{
	struct homestead h;
	struct verb_run r;

	homestead_open(&h);
	r = build_with_tests(&h, "schemaVersion: 2.0.0\nfileTests: []\n");
	cr_expect(!r.ok && r.e.kind == ERR_INPUT, "%s", r.message);
	cr_expect(strstr(r.message, "recipes/app.tests.yaml:2:1: fileTests: unknown key"), "%s",
		  r.message);
	homestead_close(&h);
}
