/* SPDX-License-Identifier: Apache-2.0 */
/* A build that is larger than its budget, and what it says has grown. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_homestead.h"
#include "support/fixture_verb.h"

#define BUILD(h, ...)                                                                        \
	VERB(&(h)->depot.a, cmd_build, "build", "--cache-dir", (h)->depot.path, "--offline", \
	     "recipes/app.json", ##__VA_ARGS__)

/* Puts members before "config". */
static void budget_put(struct homestead *h, const char *members)
{
	struct arena *a = &h->depot.a;
	static const char begin[] = "{ \"name\": \"app\",\n";
	const char *recipe;

	cr_assert(chdir(h->dir) == 0);
	recipe = strstr(files_get(a, "recipes/app.json"), "  \"archive\"");
	files_put("recipes/app.json", arena_printf(a, "%s%s\n%s", begin, members, recipe));
}

Test(build_budget, an_image_that_is_larger_is_kept_aside_whatever_the_policy)
{
	struct homestead h;
	struct verb_run r;

	homestead_open(&h);
	budget_put(&h,
		   "  \"audit\": { \"policy\": \"report-only\" },\n"
		   "  \"budget\": { \"compressed\": \"1 GB\", \"packages\": 1, \"layers\": 9 },");
	r = BUILD(&h);
	cr_expect(!r.ok && r.e.kind == ERR_FINDINGS, "%s", r.message);
	cr_expect_str_eq(r.message, "app is larger than its budget; it was kept as "
				    "out/app.rejected; --against IMAGE tells what grew since that");
	cr_expect(strstr(r.said, "high: app: 2 packages, 1 more than the 1 of \"packages\" "
				 "(recipes/app.json:3:49)"),
		  "%s", r.said);
	cr_expect_eq(access("out/app.rejected/index.json", F_OK), 0);
	cr_expect_neq(access("out/app", F_OK), 0);
	budget_put(&h, "  \"audit\": { \"policy\": \"report-only\" },\n"
		       "  \"budget\": { \"packages\": 2, \"cve\": \"high\" },");
	r = BUILD(&h);
	cr_expect(r.ok, "%s", r.message);
	cr_expect(strstr(r.said, "\"cve\" (recipes/app.json:3:37) was not checked"), "%s", r.said);
	cr_expect_eq(access("out/app/index.json", F_OK), 0);
	homestead_close(&h);
}

Test(build_budget, against_tells_what_grew_also_when_nothing_had_to_be_built)
{
	struct homestead h;
	struct verb_run r;

	homestead_open(&h);
	budget_put(&h, "  \"audit\": { \"policy\": \"report-only\" },");
	r = BUILD(&h, "-o", "first");
	cr_expect(r.ok, "%s", r.message);
	files_put("rootfs/etc/large", arena_printf(&h.depot.a, "%5000d", 1));
	budget_put(&h, "  \"audit\": { \"policy\": \"report-only\" },\n"
		       "  \"budget\": { \"packages\": 1 },");
	r = BUILD(&h, "--against", "first");
	cr_expect_eq(r.e.kind, ERR_FINDINGS, "%s", r.message);
	cr_expect_str_eq(r.message, "app is larger than its budget; it was kept as "
				    "out/app.rejected");
	cr_expect(strstr(r.said, "since first: ") && strstr(r.said, " packages\n") &&
			  strstr(r.said, "  files     +5.0 kB  /etc/large (new)\n"),
		  "%s", r.said);
	budget_put(&h, "  \"audit\": { \"policy\": \"report-only\" },");
	cr_expect(BUILD(&h).ok);
	r = BUILD(&h, "--against", "first");
	cr_expect(r.ok && strstr(r.out, "nothing had changed"), "%s%s", r.message, r.out);
	cr_expect(strstr(r.said, "/etc/large (new)\n"), "%s", r.said);
	homestead_close(&h);
}

Test(build_budget, what_is_wrong_with_the_other_image_is_told_before_the_build)
{
	struct homestead h;
	struct verb_run r;

	homestead_open(&h);
	cr_assert(chdir(h.dir) == 0);
	r = BUILD(&h, "--against", "nothing/here");
	cr_expect(!r.ok, "%s", r.message);
	cr_expect(strstr(r.message, "--against: image nothing/here: "), "%s", r.message);
	cr_expect_neq(access("out/app", F_OK), 0);
	r = BUILD(&h, "recipes/app.json", "--against", "first");
	cr_expect_eq(r.e.kind, ERR_USAGE, "%s", r.message);
	r = BUILD(&h, "--no-audit", "--cve", "tracker.json");
	cr_expect_eq(r.e.kind, ERR_USAGE, "%s", r.message);
	cr_expect(strstr(r.message, "--cve is for the audit, and --no-audit skips that"), "%s",
		  r.message);
	homestead_close(&h);
}
