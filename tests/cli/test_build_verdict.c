/* SPDX-License-Identifier: Apache-2.0 */
/* What a build says of findings, be there few or hundreds. */

#include <criterion/criterion.h>
#include <stdio.h>

#include "cli/build_verdict.h"
#include "inspect/audit/rules.h"

static char said[4096];

static void verdict_said(struct progress *p, const char *text)
{
	(void)p;
	snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s\n", text);
}

static void verdict_add(struct arena *a, struct audit_result *r, const char *rule, unsigned n)
{
	const struct rule *known = rule_find(rule);

	cr_assert(known, "%s", rule);
	for (unsigned i = 0; i < n; i++)
		*list_push(a, &r->findings) = (struct finding){ .rule = known,
								.severity = known->severity,
								.path = arena_printf(a, "f%u", i),
								.message = "m" };
}

static size_t verdict_lines(const char *with)
{
	size_t n = 0;

	for (const char *at = said; (at = strstr(at, with)); at++)
		n++;
	return n;
}

Test(build_verdict, of_each_rule_ten_findings_are_told_and_how_many_there_are_more)
{
	AUTO_ARENA a = { 0 };
	struct progress p = { .warn = verdict_said };
	struct audit_result audit = { .fail_on = SEV_MEDIUM };
	struct build_result r = { .name = "app" };

	verdict_add(&a, &audit, "elf.wrong-machine", 12);
	verdict_add(&a, &audit, "elf.unreadable", 10);
	verdict_add(&a, &audit, "cve.open", 3); /* low: it does not count */
	verdict_add(&a, &audit, "file.setuid", 11);
	*list_push(&a, &r.audits) = audit;
	build_verdict_warn(&p, &r);
	cr_expect_eq(verdict_lines("(elf.wrong-machine)"), 10, "%s", said);
	cr_expect_eq(verdict_lines(": 2 more of elf.wrong-machine\n"), 1, "%s", said);
	cr_expect_eq(verdict_lines("(elf.unreadable)"), 10, "%s", said);
	cr_expect_eq(verdict_lines("more of elf.unreadable"), 0, "%s", said);
	cr_expect_eq(verdict_lines("cve.open"), 0, "%s", said);
	cr_expect_eq(verdict_lines(": 1 more of file.setuid\n"), 1, "%s", said);
}
