/* SPDX-License-Identifier: Apache-2.0 */
/* Policies and path patterns. */

#include <criterion/criterion.h>
#include <stdio.h>

#include "format/text/glob.h"
#include "inspect/audit/audit.h"
#include "inspect/audit/audit_policy.h"
#include "inspect/audit/rules.h"
#include "support/gen_image.h"

static bool load_policy_text(struct imagegen *g, struct arena *a, const char *text,
			     struct policy *p, struct error *e)
{
	imagegen_begin(g, a);
	imagegen_put(g, "policy.json", str_of(text));
	return policy_load(a, arena_printf(a, "%s/policy.json", g->dir), p, e);
}

Test(audit, a_policy_file_changes_weights_and_brings_exceptions)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct policy p;
	struct error e = { 0 };

	cr_assert(load_policy_text(&g, &a,
				   "{\"name\":\"ours\",\"extends\":\"base\",\"fail-on\":\"high\","
				   "\"rules\":{\"elf.*\":\"low\",\"elf.rpath\":\"off\"},"
				   "\"accept\":[{\"rule\":\"file.setuid\",\"reason\":\"x\"}]}",
				   &p, &e),
		  "%s", e.cause);
	cr_expect_str_eq(p.name, "ours");
	cr_expect(p.fail_on == SEV_HIGH);
	cr_expect(policy_weight(&p, rule_find("elf.rpath")) == SEV_NEVER);
	cr_expect(policy_weight(&p, rule_find("elf.no-pie")) == SEV_LOW);
	cr_expect(policy_weight(&p, rule_find("config.user-root")) == SEV_INFO, "from base");
	cr_expect(policy_weight(&p, rule_find("shell.program")) == SEV_CRITICAL);
	cr_expect(p.accept.n == 1 && strstr(p.accept.v[0].where, "policy.json:1:"));
}

/* One rule is off, one file is excepted by the policy and one by who asks; one exception of each
 * has nothing to hold for. */
Test(audit, a_policy_decides_about_the_findings_of_an_image)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_request req = { .now = 1790000000 };
	struct audit_result r;
	struct error e = { 0 };

	imagegen_begin(&g, &a);
	imagegen_put(
		&g, "policy.json",
		STR("{\"extends\":\"strict\",\"rules\":{\"file.world-writable\":\"off\"},"
		    "\"accept\":[{\"rule\":\"file.setuid\",\"path\":\"/usr/bin/a\",\"reason\":\"x\"},"
		    "{\"rule\":\"elf.rpath\",\"reason\":\"y\"}]}"));
	imagegen_good(&g);
	imagegen_file(&g, "etc/open", 0666, STR("x"));
	imagegen_file(&g, "usr/bin/a", 04755, STR("x"));
	imagegen_file(&g, "usr/bin/b", 04755, STR("x"));
	imagegen_file(&g, "usr/bin/c", 04755, STR("x"));
	imagegen_write(&g);
	req.image = g.path;
	req.policy = arena_printf(&a, "%s/policy.json", g.dir);
	*list_push(&a, &req.accept) = (struct audit_accept){ "file.setuid", "/usr/bin/b", "known",
							     NULL, NULL };
	*list_push(&a, &req.accept) = (struct audit_accept){ "file.setuid", "/usr/bin/z", "unknown",
							     NULL, NULL };
	for (size_t i = 0; i < 3; i++)
		*list_push(&a, &req.owned) = arena_printf(&a, "/usr/bin/%c", (char)('a' + i));
	*list_push(&a, &req.owned) = "/etc/open";
	cr_assert(audit_image(&a, &req, &r, &e), "%s", e.cause);
	cr_assert_eq(r.findings.n, 3u, "%zu", r.findings.n);
	for (size_t i = 0; i < 3; i++) {
		cr_expect_str_eq(r.findings.v[i].rule->id, "file.setuid");
		cr_expect_str_eq(r.findings.v[i].path,
				 arena_printf(&a, "usr/bin/%c", (char)('a' + i)));
	}
	cr_expect_str_eq(r.findings.v[0].accepted->reason, "x");
	cr_expect_str_eq(r.findings.v[1].accepted->reason, "known");
	cr_expect_null(r.findings.v[2].accepted);
	cr_expect_eq(r.accepted, 2u);
	cr_assert_eq(r.unused.n, 2u);
	cr_expect_str_eq(r.unused.v[0].reason, "unknown");
	cr_expect_str_eq(r.unused.v[1].reason, "y");
	req.policy = arena_printf(&a, "%s/none.json", g.dir);
	cr_expect_not(audit_image(&a, &req, &r, &e));
	cr_expect_eq(e.kind, ERR_INPUT);
}

Test(audit, a_wrong_policy_says_where_and_what)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "{\"rules\":{\"elf.rpaht\":\"low\"}}", "did you mean \"elf.rpath\"" },
		{ "{\"rules\":{\"elf.rpath\":\"loud\"}}", "must be info, low" },
		{ "{\"rules\":{\"nothing.*\":\"low\"}}", "no rule \"nothing.*\"" },
		{ "{\"fail-on\":\"off\"}", "must be info, low" },
		{ "{\"extends\":\"lax\"}", "must be strict, base or report-only" },
		{ "{\"extend\":\"base\"}", "extend" },
		{ "{\"accept\":[{\"rule\":\"elf.rpath\"}]}", "reason" },
		{ "{\"accept\":[{\"rule\":\"elf.rpath\",\"reason\":\" \"}]}", "needs a reason" },
		{ "{\"accept\":[{\"rule\":\"elf.rpath\",\"reason\":\"x\",\"until\":\"2026-02-29\"}]}",
		  "must be a day" },
		{ "{\"accept\":[{\"rule\":\"elf.rpath\",\"reason\":\"x\",\"paht\":\"/x\"}]}",
		  "paht" },
		{ "[]", "object" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct policy p;
		struct error e = { 0 };

		cr_expect(!load_policy_text(&g, &a, cases[i].text, &p, &e), "case %zu", i);
		cr_expect(e.kind == ERR_INPUT && e.at.line == 1, "case %zu", i);
		cr_expect(strstr(e.cause, cases[i].error) != NULL, "case %zu: %s", i, e.cause);
	}
}

Test(audit, a_policy_that_is_not_there_is_a_mistake_of_the_user)
{
	AUTO_ARENA a = { 0 };
	struct policy p;
	struct error e = { 0 };

	cr_expect(!policy_load(&a, "stricct", &p, &e));
	cr_expect(e.kind == ERR_USAGE);
}

Test(audit, days_are_days_of_the_calendar)
{
	static const struct {
		const char *day;
		bool is;
		int64_t after;
	} cases[] = {
		{ "1970-01-01", true, 86400 },
		{ "2028-02-29", true, 1835481600 },
		{ "2027-02-29", false, 0 },
		{ "2100-02-29", false, 0 },
		{ "2027-13-01", false, 0 },
		{ "2027-00-10", false, 0 },
		{ "2027-1-01", false, 0 },
		{ "27-01-01", false, 0 },
		{ "2027-01-32", false, 0 },
		{ "2027-01-01x", false, 0 },
		{ "", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t after = 0;
		bool is = day_parse(cases[i].day, &after);

		cr_expect(is == cases[i].is, "%s", cases[i].day);
		cr_expect(!is || after == cases[i].after, "%s: %lld", cases[i].day,
			  (long long)after);
	}
}

Test(audit, patterns_match_whole_components)
{
	static const struct {
		const char *pattern, *path;
		bool matches;
	} cases[] = {
		{ "/usr/bin/x", "usr/bin/x", true },
		{ "usr/bin/x", "/usr/bin/x", true },
		{ "/usr/*/x", "usr/bin/x", true },
		{ "/usr/*", "usr/bin/x", false },
		{ "/usr/**", "usr/bin/x", true },
		{ "/usr/**/x", "usr/bin/x", true },
		{ "/usr/**/x", "usr/x", true },
		{ "/usr/**/x", "usr/bin/yx", false },
		{ "/**/x", "x", true },
		{ "**", "a/b/c", true },
		{ "/usr/bin/", "usr/bin/x/y", true },
		{ "/usr/bin/", "usr/bin", true },
		{ "/usr/bin/", "usr/binx", false },
		{ "/usr/b?n/x", "usr/bin/x", true },
		{ "/usr?bin", "usr/bin", false },
		{ "/a*b*c", "aXbYc", true },
		{ "/a*b*c", "aXbY", false },
		{ "/a*", "a", true },
		{ "/*/*.so", "lib/x.so", true },
		{ "/*.so", "lib/x.so", false },
		{ "", "", true },
		{ "", "x", false },
		{ "/**/a/**/b", "x/a/y/a/z/b", true },
		{ "/a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaa", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect(path_glob(cases[i].pattern, cases[i].path) == cases[i].matches,
			  "%s on %s", cases[i].pattern, cases[i].path);
}
