/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/build_verdict.h"

#include "inspect/audit/rules.h"

#define TOLD_OF_A_RULE 10

static bool verdict_counts(const struct audit_result *r, const struct finding *f)
{
	return !f->accepted && (f->severity >= r->fail_on || rule_matches("budget.*", f->rule->id));
}

/* Those of one rule that were not told; gives 0. */
static size_t verdict_warn_more(struct progress *p, const struct finding *f, size_t n)
{
	if (n > TOLD_OF_A_RULE)
		progress_warn(p, "%s: %zu more of %s", severity_name(f->severity),
			      n - TOLD_OF_A_RULE, f->rule->id);
	return 0;
}

/* Findings of one rule follow each other. */
static void verdict_warn_findings(struct progress *p, const char *name,
				  const struct audit_result *r)
{
	const struct finding *last = NULL;
	size_t n = 0;

	list_each(f, &r->findings) {
		if (!verdict_counts(r, f))
			continue;
		if (last && last->rule != f->rule)
			n = verdict_warn_more(p, last, n);
		last = f;
		if (n++ < TOLD_OF_A_RULE)
			progress_warn(p, "%s: %s%s: %s (%s)", severity_name(f->severity),
				      f->path ? "/" : "", f->path ? f->path : name, f->message,
				      f->rule->id);
	}
	if (last)
		verdict_warn_more(p, last, n);
}

static void verdict_warn_tests(struct progress *p, const struct structure_result *r)
{
	for (size_t s = 0; s < r->suites.n; s++)
		for (size_t i = 0; i < r->suites.v[s].tests.n; i++) {
			const struct test_outcome *t = &r->suites.v[s].tests.v[i];

			for (size_t k = 0; k < t->failures.n; k++)
				progress_warn(p, "%s: %s: %s", t->test->at, t->test->name,
					      t->failures.v[k]);
		}
}

void build_verdict_warn(struct progress *p, const struct build_result *r)
{
	for (size_t i = 0; i < r->audits.n; i++)
		verdict_warn_findings(p, r->name, &r->audits.v[i]);
	for (size_t i = 0; i < r->tests.n; i++)
		verdict_warn_tests(p, &r->tests.v[i]);
}

bool build_verdict_refuse(const struct build_result *r, const char *against, struct error *e)
{
	size_t failed = 0;
	bool over = false;

	for (size_t i = 0; i < r->audits.n; i++)
		over |= r->audits.v[i].over_budget;
	if (over)
		return err_set(e, ERR_FINDINGS, "%s is larger than its budget; it was kept as %s%s",
			       r->name, r->output,
			       against ? "" : "; --against IMAGE tells what grew since that");
	for (size_t i = 0; i < r->audits.n; i++)
		if (audit_failed(&r->audits.v[i], r->audits.v[i].fail_on))
			return err_set(e, ERR_FINDINGS,
				       "the audit's policy \"%s\" refuses %s; it was kept as "
				       "%s, see imgbuild audit %s",
				       r->audits.v[i].policy, r->name, r->output, r->output);
	for (size_t i = 0; i < r->tests.n; i++)
		failed += r->tests.v[i].failed;
	return err_set(e, ERR_FINDINGS, "%zu of %s's own tests failed; it was kept as %s", failed,
		       r->name, r->output);
}
