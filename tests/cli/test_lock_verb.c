/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild lock of several recipes. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

/* Without an archive the first could not be locked: what is wrong with the last comes before. */
Test(lock_verb, what_is_wrong_with_one_recipe_is_told_before_any_is_locked)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct oracle_run r;
	char here[4096];

	cr_assert(getcwd(here, sizeof(here)));
	files_put(arena_printf(&a, "%s/a.json", dir),
		  "{ \"name\": \"a\", \"base\": \"static\" }\n");
	files_put(arena_printf(&a, "%s/b.json", dir),
		  "{ \"name\": \"b\", \"base\": \"statik\" }\n");
	r = oracle_run(&a, (const char *const[]){
				   "sh", "-c",
				   arena_printf(&a,
						"cd %s && %s/imgbuild lock a.json b.json --offline "
						"--cache-dir store",
						dir, here),
				   NULL });
	cr_expect_eq(r.status, 3, "%d: %s", r.status, r.err.p);
	cr_expect(strstr(r.err.p, "b.json:1:24: base: there is no base \"statik\""), "%s", r.err.p);
	cr_expect_neq(access(arena_printf(&a, "%s/a.lock.json", dir), F_OK), 0);
	files_remove(dir);
}
