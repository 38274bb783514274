/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that go on beside those behind them. */

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_workshop.h"

#define RESULT "${destdir}/usr/bin/x"

static void beside_step(struct workshop *w, const char *until, const char *name,
			const char *const *words)
{
	workshop_step(w, name, words);
	w->source.steps.v[w->source.steps.n - 1].until = until;
}

static void beside_open(struct workshop *w)
{
	workshop_open(w);
	*list_push(&w->depot.a, &w->source.keep) = (struct glob){ .text = "/usr/bin/x" };
}

/* "configure" ends only when the next step has run, and "pack" finds nothing if it does not wait.
 */
Test(beside_steps, one_goes_on_while_others_run_and_the_named_one_waits_for_it, .timeout = 60)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text;

	beside_open(&w);
	beside_step(&w, "pack", "configure",
		    (const char *const[]){ "await", "${source}/go", RESULT, NULL });
	WORKSHOP_STEP(&w, "start", "args", "${source}/go", "x");
	WORKSHOP_STEP(&w, "pack", "need", RESULT);
	cr_assert(workshop_compile(&w, 2, &f, &text, &kind), "%s\n%s", text, buf_cstr(&w.said));
	cr_expect(str_eq(workshop_file(&w, &f, "usr/bin/x"), STR("went on\n")));
	fragment_close(&f);
	workshop_close(&w);
}

Test(beside_steps, all_are_waited_for_at_the_end, .timeout = 60)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text;

	beside_open(&w);
	for (int i = 0; i < 2; i++)
		beside_step(&w, "start", i ? "second" : "first",
			    (const char *const[]){ "args", RESULT, "made", NULL });
	beside_step(&w, "never", "third",
		    (const char *const[]){ "await", "${source}/go", RESULT, NULL });
	WORKSHOP_STEP(&w, "start", "args", "${source}/go", "x");
	cr_assert(workshop_compile(&w, 2, &f, &text, &kind), "%s\n%s", text, buf_cstr(&w.said));
	cr_expect(str_eq(workshop_file(&w, &f, "usr/bin/x"), STR("went on\n")));
	fragment_close(&f);
	workshop_close(&w);
}

/* Its lines stand together, behind those of the steps that have ended before it was asked. */
Test(beside_steps, one_that_fails_is_told_as_others_are, .timeout = 60)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text, *log, *said;

	beside_open(&w);
	beside_step(&w, "pack", "configure", (const char *const[]){ "fail", "7", "beside", NULL });
	WORKSHOP_STEP(&w, "start", "sleep");
	WORKSHOP_STEP(&w, "next", "nothing");
	WORKSHOP_STEP(&w, "pack", "nothing");
	cr_assert_not(workshop_compile(&w, 2, &f, &text, &kind));
	cr_expect_eq(kind, ERR_INPUT);
	cr_expect(strstr(text, "step \"configure\" failed with exit status 7"), "%s", text);
	said = buf_cstr(&w.said);
	cr_expect(strstr(said, "  | beside\n") && strstr(said, "  | line 60\n"), "%s", said);
	log = files_get(&w.depot.a, strstr(text, w.depot.path));
	cr_expect(strstr(log, "== start: /usr/bin/tool sleep\n== configure: /usr/bin/tool fail 7 "
			      "beside\nline 1\n"),
		  "%s", log);
	cr_expect_null(strstr(log, "== next"), "it had ended before: %s", log);
	workshop_close(&w);
}

Test(beside_steps, where_another_fails_it_is_ended, .timeout = 60)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text;

	beside_open(&w);
	beside_step(&w, "pack", "configure", (const char *const[]){ "hang", NULL });
	WORKSHOP_STEP(&w, "start", "fail", "3");
	WORKSHOP_STEP(&w, "pack", "nothing");
	cr_assert_not(workshop_compile(&w, 2, &f, &text, &kind));
	cr_expect(strstr(text, "step \"start\" failed with exit status 3"), "%s", text);
	workshop_close(&w);
}

Test(beside_steps, with_one_job_each_runs_in_its_place, .timeout = 60)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text;

	beside_open(&w);
	beside_step(&w, "pack", "configure", (const char *const[]){ "args", RESULT, "made", NULL });
	WORKSHOP_STEP(&w, "start", "need", RESULT);
	WORKSHOP_STEP(&w, "pack", "nothing");
	cr_assert(workshop_compile(&w, 1, &f, &text, &kind), "%s\n%s", text, buf_cstr(&w.said));
	fragment_close(&f);
	workshop_close(&w);
}
