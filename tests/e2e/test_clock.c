/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks that are wrong, and one that jumps while a build runs (F17). faketime is put before
 * imgbuild alone: the programs that it starts see the true time. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"

/* Publishes the suite as of some hours ago, good for a week. */
static void publish_for_a_week(struct minirepo *m)
{
	static const char *const names[] = { "app", "libapp1", "libcap" };
	char date[DATE_TEXT], until[DATE_TEXT];
	int64_t now = (int64_t)time(NULL);

	date_text(now - 5 * 3600, date);
	date_text(now + 7 * 86400, until);
	minirepo_forget(m);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		minirepo_package(m, &(struct minirepo_package){ .name = names[i],
								.version = "1.0-1" });
	archivegen_add(&m->archive,
		       &(struct archivegen_suite){
			       .codename = "trixie",
			       .date = arena_strdup(m->a, date),
			       .valid_until = arena_strdup(m->a, until),
			       .packages = arena_strdup(m->a, buf_cstr(&m->packages)) });
	minirepo_serve(m);
}

Test(clock, F17_a_wrong_clock_is_named_and_nothing_is_made, .timeout = 600)
{
	static const struct {
		const char *clock, *says;
	} cases[] = {
		{ "@1970-01-02 00:00:00", "but this machine's clock says Fri, 02 Jan 1970 00:00" },
		{ "+3650d", "the mirror is not up to date, or the clock is wrong" },
	};
	AUTO_ARENA a = { 0 };
	struct minirepo m;

	oracle_need("faketime");
	minirepo_open(&m, &a);
	publish_for_a_week(&m);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct oracle_run r;

		minirepo_clear(&m);
		minirepo_serve(&m);
		r = oracle_run(&a, (const char *const[]){ "faketime", "-f", cases[i].clock,
							  minirepo_program, m.recipe, "-o", m.out,
							  NULL });
		cr_expect_eq(r.status, 5, "%s: %d %s", cases[i].clock, r.status, r.err.p);
		cr_expect(strstr(r.err.p, cases[i].says), "%s: %s", cases[i].clock, r.err.p);
		cr_expect(access(m.lock, F_OK) < 0 && access(m.out, F_OK) < 0, "%s",
			  cases[i].clock);
	}
	minirepo_close(&m);
}

/* Every look at the clock finds it some seconds behind, or minutes ahead of, the look before. */
Test(clock, F17_a_clock_that_jumps_during_a_build_changes_nothing, .timeout = 600)
{
	static const char *const clocks[] = { "+0 i-7", "+0 i300" };
	AUTO_ARENA a = { 0 };
	const char *want;
	struct minirepo m;

	oracle_need("faketime");
	minirepo_open(&m, &a);
	publish_for_a_week(&m);
	cr_assert_eq(minirepo_build(&m).status, 0);
	want = minirepo_digest(&a, m.out);
	setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1", 1); /* no kernel lets that one jump */
	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		struct oracle_run r;

		files_remove(m.store);
		files_remove(m.out);
		minirepo_serve(&m);
		r = oracle_run(&a,
			       (const char *const[]){ "faketime", "-f", clocks[i], minirepo_program,
						      m.recipe, "-o", m.out, NULL });
		cr_expect_eq(r.status, 0, "%s: %d %s", clocks[i], r.status, r.err.p);
		cr_expect_str_eq(minirepo_digest(&a, m.out), want, "%s", clocks[i]);
		cr_expect_eq(minirepo_temporaries(&a, m.store), 0);
	}
	minirepo_close(&m);
}
