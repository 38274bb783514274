/* SPDX-License-Identifier: Apache-2.0 */
/* Budgets: an image of 2 layers and 1 package against limits. */

#include <criterion/criterion.h>

#include "inspect/audit/rules.h"
#include "support/fixture_audited.h"
#include "support/gen_image.h"

#define NOW 1790000000
#define TRACKER                                                                                        \
	"{\"hello\":{\"CVE-2026-1\":{\"releases\":{\"trixie\":{\"status\":\"resolved\","               \
	"\"fixed_version\":\"1.0-2\",\"repositories\":{\"trixie\":\"1.0-1\"},\"urgency\":\"high\"}}}," \
	"\"CVE-2026-2\":{\"releases\":{\"trixie\":{\"status\":\"open\","                               \
	"\"repositories\":{\"trixie\":\"1.0-1\"},\"urgency\":\"low\"}}}}}"

static void budget_image(struct imagegen *g, struct arena *a)
{
	imagegen_begin(g, a);
	imagegen_good(g);
	imagegen_layer(g);
	imagegen_file(g, "etc/more", 0644, STR("more"));
	imagegen_write(g);
}

static struct audit_result budget_audited(struct imagegen *g, struct audit_request req)
{
	req.image = req.image ? req.image : g->path;
	req.now = NOW;
	*list_push(g->a, &req.owned) = "etc/more";
	return audited(g->a, &req);
}

/* The message of the one finding of a rule, or "". */
static const char *budget_said(const struct audit_result *r, const char *rule)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (strcmp(r->findings.v[i].rule->id, rule) == 0)
			return r->findings.v[i].message;
	return "";
}

static uint64_t budget_bytes(const struct imagegen *g)
{
	return g->layers.v[0].size + g->layers.v[1].size;
}

Test(budget, exactly_what_it_allows_is_allowed)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;

	budget_image(&g, &a);
	r = budget_audited(&g, (struct audit_request){
				       .budget = { .compressed = { "r.json:1:1", budget_bytes(&g) },
						   .layers = { "r.json:1:2", 2 },
						   .packages = { "r.json:1:3", 1 } } });
	cr_expect_eq(r.findings.n, 0, "%s", audited_text(&a, &r));
	cr_expect_not(r.over_budget);
}

Test(budget, one_more_than_it_allows_is_told_with_its_place)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;

	budget_image(&g, &a);
	imagegen_file(&g, "var/lib/dpkg/status.d/other", 0644,
		      STR("Package: other\nVersion: 1\nArchitecture: amd64\n"));
	imagegen_write(&g);
	r = budget_audited(&g,
			   (struct audit_request){ .policy = "report-only",
						   .budget = { .compressed = { "r.json:1:1", 100 },
							       .layers = { "r.json:1:2", 1 },
							       .packages = { "r.json:1:3", 1 } } });
	cr_expect(r.over_budget, "whatever the policy says");
	cr_expect(strstr(budget_said(&r, "budget.compressed"),
			 "more than the 100 bytes of \"compressed\" (r.json:1:1)"),
		  "%s", audited_text(&a, &r));
	cr_expect_str_eq(budget_said(&r, "budget.layers"),
			 "3 layers, 2 more than the 1 of \"layers\" (r.json:1:2)");
	cr_expect_str_eq(budget_said(&r, "budget.packages"),
			 "2 packages, 1 more than the 1 of \"packages\" (r.json:1:3)");
}

Test(budget, an_exception_counts)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_request req = { .budget = { .layers = { "r.json:1:2", 1 } } };
	struct audit_result r;

	budget_image(&g, &a);
	r = budget_audited(&g, req);
	cr_expect(r.over_budget && audit_failed(&r, SEV_MEDIUM));
	*list_push(&a, &req.accept) = (struct audit_accept){ .rule = "budget.layers",
							     .reason = "until it is moved" };
	r = budget_audited(&g, req);
	cr_expect(!r.over_budget && !audit_failed(&r, SEV_INFO), "%s", audited_text(&a, &r));
}

static struct audit_result budget_with_data(struct imagegen *g, enum severity from,
					    const char *accepted)
{
	struct audit_request req = { .budget = { .cve = { "r.json:1:4", from } } };

	imagegen_put(g, "tracker.json", STR(TRACKER));
	vuln_input_add(g->a, &req.cve, arena_printf(g->a, "%s/tracker.json", g->dir));
	if (accepted)
		*list_push(g->a, &req.accept) = (struct audit_accept){ .rule = accepted,
								       .reason = "looked at" };
	return budget_audited(g, req);
}

Test(budget, vulnerabilities_count_from_their_severity_on_unless_they_are_accepted)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;

	budget_image(&g, &a);
	r = budget_with_data(&g, SEV_LOW, NULL);
	cr_expect_str_eq(
		budget_said(&r, "budget.cve"),
		"2 vulnerabilities of severity low or higher, and \"cve\" (r.json:1:4) allows "
		"none: CVE-2026-1: hello 1.0-1; CVE-2026-2: hello 1.0-1",
		"%s", audited_text(&a, &r));
	r = budget_with_data(&g, SEV_HIGH, NULL);
	cr_expect(strstr(budget_said(&r, "budget.cve"), "1 vulnerabilities of severity high"), "%s",
		  audited_text(&a, &r));
	r = budget_with_data(&g, SEV_CRITICAL, NULL);
	cr_expect_not(r.over_budget, "%s", audited_text(&a, &r));
	r = budget_with_data(&g, SEV_HIGH, "cve.fix-available");
	cr_expect_not(r.over_budget, "%s", audited_text(&a, &r));
	cr_expect_eq(r.unused.n, 0);
}

Test(budget, what_nobody_can_check_is_told)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;

	budget_image(&g, &a);
	r = budget_audited(&g, (struct audit_request){
				       .budget = { .cve = { "r.json:1:4", SEV_HIGH } } });
	cr_expect_str_eq(
		budget_said(&r, "budget.unchecked"),
		"\"cve\" (r.json:1:4) was not checked: --cve FILE names vulnerability data");
	cr_expect_not(r.over_budget);
	r = budget_audited(&g, (struct audit_request){
				       .image = imagegen_archive(&g, true),
				       .budget = { .compressed = { "r.json:1:1", 1 } } });
	cr_expect(strstr(budget_said(&r, "budget.unchecked"),
			 "\"compressed\" (r.json:1:1) was not"),
		  "%s", audited_text(&a, &r));
}
