/* SPDX-License-Identifier: Apache-2.0 */
/* Vulnerabilities from the security tracker's JSON. */

#include <criterion/criterion.h>
#include <stdio.h>

#include "audit/audit.h"
#include "audit/rules.h"
#include "support/imagegen.h"

static bool audit(struct arena *a, struct imagegen *g, const char *json, struct audit_result *r,
		  struct error *e)
{
	imagegen_begin(g, a);
	imagegen_good(g);		/* hello 1.0-1, Debian 13 */
	imagegen_write(g);
	imagegen_put(g, "tracker.json", str_of(json));
	return audit_image(a, &(struct audit_request){
		.image = g->path, .now = 1790000000,
		.cve = arena_printf(a, "%s/tracker.json", g->dir) }, r, e);
}

#define ENTRY(members) \
	"{\"other\":{\"CVE-1\":{\"releases\":{\"trixie\":{\"status\":\"open\"}}}},\n" \
	" \"hello\" : {\"CVE-2026-1\":{\"description\":\"a } \\\" { \\\\\",\"releases\":{" members "}}}}"

Test(audit, each_state_of_a_vulnerability_has_its_rule)
{
	static const struct { const char *json, *rule; } cases[] = {
		{ ENTRY("\"trixie\":{\"status\":\"open\",\"urgency\":\"high\"}"), "cve.open" },
		{ ENTRY("\"trixie\":{\"status\":\"open\",\"nodsa\":\"Minor\"}"), "cve.deferred" },
		{ ENTRY("\"trixie\":{\"status\":\"open\",\"urgency\":\"unimportant\"}"), "cve.unimportant" },
		{ ENTRY("\"trixie\":{\"status\":\"resolved\",\"fixed_version\":\"1.0-1+deb13u1\"}"),
		  "cve.fix-available" },
		{ ENTRY("\"trixie\":{\"status\":\"resolved\",\"fixed_version\":\"1:0.1\"}"),
		  "cve.fix-available" },
		{ ENTRY("\"trixie\":{\"status\":\"resolved\",\"fixed_version\":\"1.0-1\"}"), NULL },
		{ ENTRY("\"trixie\":{\"status\":\"resolved\",\"fixed_version\":\"1.0-1~rc1\"}"), NULL },
		{ ENTRY("\"trixie\":{\"status\":\"resolved\",\"fixed_version\":\"0\"}"), NULL },
		{ ENTRY("\"trixie\":{\"status\":\"undetermined\"}"), NULL },
		{ ENTRY("\"bookworm\":{\"status\":\"open\"}"), NULL },
		{ "{}", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;
		struct error e = { 0 };

		cr_assert(audit(&a, &g, cases[i].json, &r, &e), "case %zu: %s%s", i, e.context, e.cause);
		cr_expect(r.findings.n == (cases[i].rule != NULL), "case %zu: %zu", i, r.findings.n);
		if (!cases[i].rule || r.findings.n != 1)
			continue;
		cr_expect_str_eq(r.findings.v[0].rule->id, cases[i].rule);
		cr_expect(strstr(r.findings.v[0].message, "CVE-2026-1: hello 1.0-1") != NULL, "%s",
			  r.findings.v[0].message);
	}
}

Test(audit, a_tracker_file_cut_anywhere_is_an_error)
{
	static const char whole[] = ENTRY("\"trixie\":{\"status\":\"open\"}");
	AUTO_ARENA a = { 0 };

	for (size_t n = 0; n < sizeof(whole) - 1; n += 3) {
		AUTO_IMAGEGEN g;
		struct audit_result r;
		struct error e = { 0 };

		cr_expect(!audit(&a, &g, arena_strndup(&a, whole, n), &r, &e), "%zu bytes", n);
		cr_expect(e.kind == ERR_INPUT && strstr(e.cause, "offset"), "%zu: %s", n, e.cause);
	}
}

Test(audit, what_is_no_tracker_file_is_refused)
{
	static const char *const cases[] = { "[]", "x", "{\"a\":1}", "{\"a\":{}} x", "{\"a\" {}}",
					     "{\"hello\":{\"CVE\":[]}}", "{\"hello\":{\"CVE\":{}}}",
					     "{\"hello\":{\"CVE\":{\"releases\":{\"trixie\":{\"status\":1}}}}}" };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;
		struct error e = { 0 };

		cr_expect(!audit(&a, &g, cases[i], &r, &e), "case %zu", i);
		cr_expect(e.kind == ERR_INPUT, "case %zu: %s", i, e.cause);
	}
}
