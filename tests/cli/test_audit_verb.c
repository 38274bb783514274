/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild audit as it is called: statuses, what is refused, colours, where reports go. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/gen_image.h"

/* An image with one finding of high severity. */
static void make_setuid_image(struct imagegen *g, struct arena *a)
{
	imagegen_begin(g, a);
	imagegen_good(g);
	imagegen_file(g, "usr/bin/x", 04755, STR("x"));
	imagegen_write(g);
}

static struct oracle_run run_audit(struct arena *a, const char *const *args)
{
	struct strings argv = { NULL, 0, 0 };

	*list_push(a, &argv) = "./imgbuild";
	*list_push(a, &argv) = "audit";
	while (*args)
		*list_push(a, &argv) = *args++;
	*list_push(a, &argv) = NULL;
	return oracle_run(a, argv.v);
}
#define AUDIT(a, ...) run_audit((a), (const char *const[]){ __VA_ARGS__, NULL })

Test(audit_verb, statuses_tell_findings_from_mistakes_and_bad_input)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct oracle_run r;

	make_setuid_image(&g, &a);
	cr_expect(AUDIT(&a, g.path).status == 1);
	cr_expect(AUDIT(&a, g.path, "--fail-on", "never", "--expand-max", "1g").status == 0);
	cr_expect(AUDIT(&a, g.path, "--fail-on", "never", "--expand-max", "4K").status == 3);
	cr_expect(AUDIT(&a, g.path, "--expand-max", "0").status == 2);
	cr_expect(AUDIT(&a, g.path, "--expand-max", "9999999999T").status == 2);
	cr_expect(AUDIT(&a, g.path, "--expand-max", "1X").status == 2);
	cr_expect(AUDIT(&a, g.path, "--fail-on", "critical").status == 0);
	cr_expect(AUDIT(&a, g.path, "--fail-on=never").status == 0);
	cr_expect(AUDIT(&a, g.path, "--policy", "report-only").status == 0);
	r = AUDIT(&a, "docker://127.0.0.1:1/x", "--tls-verify", "false");
	cr_expect(r.status == 4 && strstr(r.err.p, "image docker://127.0.0.1:1/x: "), "%s",
		  r.err.p);
	r = AUDIT(&a, g.dir);
	cr_expect(r.status == 3 && strstr(r.err.p, "holds no image"), "%s", r.err.p);
	r = AUDIT(&a, arena_printf(&a, "%s/none", g.dir));
	cr_expect(r.status == 3 && strstr(r.err.p, "no image at"), "%s", r.err.p);
	imagegen_put(&g, "image/index.json", STR("{\"manifests\":\n7}"));
	r = AUDIT(&a, g.path);
	cr_expect(r.status == 3 && strstr(r.err.p, "index.json:1:1: "), "%s", r.err.p);
}

Test(audit_verb, what_it_does_not_know_it_refuses)
{
	static const struct {
		const char *args[4], *text;
		int status;
	} cases[] = {
		{ { NULL }, "name an image", 2 },
		{ { "x", "y", NULL }, "y", 2 },
		{ { "x", "--polcy=base", NULL }, "--policy", 2 },
		{ { "x", "--format=pdf", NULL },
		  "text, json, sarif, junit, github, markdown or html, not \"pdf\"",
		  2 },
		{ { "x", "--fail-on=bad", NULL }, "--fail-on is info, low", 2 },
		{ { "x", "--policy=lax", NULL }, "no policy \"lax\"", 2 },
		{ { "x", "--cve", NULL }, "--cve needs a value", 2 },
		{ { "x", "--recipe=none.json", NULL }, "none.json", 3 },
		{ { "x", "--policy=./none.json", NULL }, "there is no file ./none.json", 3 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct oracle_run r = run_audit(&a, cases[i].args);

		cr_expect(r.status == cases[i].status && strstr(r.err.p, cases[i].text),
			  "case %zu: %d %s", i, r.status, r.err.p);
	}
}

Test(audit_verb, data_that_are_not_there_or_none_are_bad_input)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct oracle_run r;

	make_setuid_image(&g, &a);
	r = AUDIT(&a, g.path, "--cve", "/nowhere/tracker.json");
	cr_expect(r.status == 3 && strstr(r.err.p, "/nowhere/tracker.json is not there"), "%s",
		  r.err.p);
	r = AUDIT(&a, g.path, "--cve", "docs/deploy");
	cr_expect(r.status == 3 && strstr(r.err.p, "holds no .json or .jsonl files"), "%s",
		  r.err.p);
	imagegen_put(&g, "bad.json", STR("{\"hello\":{\"CVE-1\":{\"releases\":[]}}}"));
	r = AUDIT(&a, g.path, "--cve", arena_printf(&a, "%s/bad.json", g.dir));
	cr_expect(r.status == 3 && strstr(r.err.p, "bad.json:1:31: ") &&
			  strstr(r.err.p, "source package hello"),
		  "%s", r.err.p);
}

Test(audit_verb, a_report_goes_to_its_file_and_whole)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	const char *file;
	struct oracle_run r;

	make_setuid_image(&g, &a);
	file = arena_printf(&a, "%s/report.json", g.dir);
	r = AUDIT(&a, g.path, "--json", "-o", file);
	cr_expect(r.status == 1 && r.out.n == 0 && files_get(&a, file)[0] == '{', "%s", r.err.p);
	r = AUDIT(&a, g.path, "-o", "/nowhere/report");
	cr_expect(r.status == 6, "%d %s", r.status, r.err.p);
	r = AUDIT(&a, g.path, "-o", "-");
	cr_expect(strstr(r.out.p, "verdict   failed"), "%s", r.out.p);
}

Test(audit_verb, the_summary_of_a_step_is_added_to)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	const char *summary, *text;
	struct oracle_run r;

	make_setuid_image(&g, &a);
	summary = arena_printf(&a, "%s/summary.md", g.dir);
	files_put(summary, "before\n");
	setenv("GITHUB_STEP_SUMMARY", summary, 1);
	r = AUDIT(&a, g.path);
	cr_expect_str_eq(files_get(&a, summary), "before\n", "only the form github writes it");
	r = AUDIT(&a, g.path, "--format", "github");
	text = files_get(&a, summary);
	cr_expect(strncmp(text, "before\n### ", 11) == 0 && strstr(text, "file.setuid"), "%s",
		  text);
	cr_expect(strstr(r.out.p, "::error title=file.setuid::"), "%s", r.out.p);
	setenv("GITHUB_STEP_SUMMARY", "/nowhere/summary.md", 1);
	r = AUDIT(&a, g.path, "--format", "github");
	cr_expect(r.status == 6 && strstr(r.err.p, "GITHUB_STEP_SUMMARY"), "%s", r.err.p);
}

/* At a terminal, which script(1) makes. */
static bool has_colours(struct arena *a, const char *image, bool terminal)
{
	const char *command = arena_printf(a, "./imgbuild audit %s", image);
	struct oracle_run r = terminal ? oracle_run(a, (const char *const[]){ "script", "-qec",
									      command, "/dev/null",
									      NULL })
				       : AUDIT(a, image);

	cr_assert(strstr(r.out.p, "file.setuid"), "%s%s", r.out.p, r.err.p);
	return strstr(r.out.p, "\x1b[") != NULL;
}

Test(audit_verb, colours_are_for_terminals_that_want_them)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;

	oracle_need("script");
	make_setuid_image(&g, &a);
	unsetenv("NO_COLOR");
	unsetenv("FORCE_COLOR");
	setenv("TERM", "xterm", 1);
	cr_expect(has_colours(&a, g.path, true));
	cr_expect(!has_colours(&a, g.path, false));
	setenv("TERM", "dumb", 1);
	cr_expect(!has_colours(&a, g.path, true));
	setenv("FORCE_COLOR", "1", 1);
	cr_expect(has_colours(&a, g.path, false));
	setenv("NO_COLOR", "1", 1);
	cr_expect(!has_colours(&a, g.path, false));
	setenv("NO_COLOR", "", 1);
	cr_expect(has_colours(&a, g.path, false), "an empty NO_COLOR says nothing");
}

Test(audit_verb, explain_tells_of_every_rule)
{
	AUTO_ARENA a = { 0 };
	struct str list = ORACLE(&a, "./imgbuild", "explain"), line, id, rest;
	struct oracle_run r;
	size_t n = 0;

	while (str_next(&list, '\n', &line)) {
		str_cut(line, ' ', &id, &rest);
		str_cut(str_trim(rest), ' ', &id, &rest);
		r = oracle_run(&a, (const char *const[]){ "./imgbuild", "explain", str_dup(&a, id),
							  NULL });
		cr_expect(r.status == 0 && r.out.n > 80, STR_FMT, STR_ARG(id));
		n++;
	}
	cr_expect(n > 50, "%zu rules", n);
	r = oracle_run(&a, (const char *const[]){ "./imgbuild", "explain", "elf.rpaht", NULL });
	cr_expect(r.status == 2 && strstr(r.err.p, "did you mean \"elf.rpath\""), "%s", r.err.p);
}

/* Where a report cannot go is told before the work that it is about: no image is looked for. */
Test(audit_verb, a_report_has_a_place_before_it_is_made)
{
	static const struct {
		const char *output, *says;
	} cases[] = {
		{ "/nonexistent/", "/nonexistent/ names no file to write to" },
		{ "/tmp", "/tmp is a folder; name a file to write to" },
		{ "/nonexistent/x/y",
		  "cannot write /nonexistent/x/y: there is no folder /nonexistent/x; make it" },
		{ "/etc/passwd/x", "cannot open /etc/passwd: Not a directory" },
		{ "-", "no image at none" },
		{ "/dev/null", "no image at none" },
	};
	static const char *const verbs[][2] = {
		{ "audit", NULL },
		{ "sbom", NULL },
		{ "test", "recipes/cephalo.tests.json" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases) * ARRAY_SIZE(verbs); i++) {
		AUTO_ARENA a = { 0 };
		const char *const *verb = verbs[i % ARRAY_SIZE(verbs)];
		size_t k = i / ARRAY_SIZE(verbs);
		struct oracle_run r = oracle_run(&a,
						 (const char *const[]){ "./imgbuild", verb[0], "-o",
									cases[k].output, "none",
									verb[1], NULL });

		cr_expect(r.status == (k < 4 ? 6 : 3) && strstr(r.err.p, cases[k].says),
			  "%s -o %s: %d %s", verb[0], cases[k].output, r.status, r.err.p);
	}
}
