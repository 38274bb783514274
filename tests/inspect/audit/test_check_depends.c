/* SPDX-License-Identifier: Apache-2.0 */
/* What packages depend on, among records that others wrote. */

#include <criterion/criterion.h>

#include "inspect/audit/audit.h"
#include "inspect/audit/rules.h"
#include "support/gen_image.h"

/* How many relations of these records are not met. */
static size_t count_missing(struct arena *a, struct str status)
{
	AUTO_IMAGEGEN g;
	struct audit_result r;
	struct error e = { 0 };
	size_t n = 0;

	imagegen_begin(&g, a);
	imagegen_file(&g, "var/lib/dpkg/status", 0644, status);
	imagegen_write(&g);
	cr_assert(audit_image(a, &(struct audit_request){ .image = g.path, .now = 1790000000 }, &r,
			      &e),
		  "%s", e.cause);
	for (size_t i = 0; i < r.findings.n; i++)
		n += strcmp(r.findings.v[i].rule->id, "package.depends-missing") == 0;
	return n;
}

/* Policy 7.5: who asks for a version is served by a package, or by "Provides: name (= version)". */
Test(audit, a_version_is_asked_of_all_that_have_the_name)
{
	static const char *const packages =
		"Package: qq\nStatus: install ok installed\nVersion: 2:1\nProvides: pv, pv (= 1.5), pv (= 3~rc1)\n\n"
		"Package: oo\nStatus: install ok installed\nVersion: 1\nProvides: nv, pw (= 9)\n\n";
	static const struct {
		const char *relation;
		size_t missing;
	} cases[] = {
		{ "pv", 0 },
		{ "pv (<< 1.5)", 1 },
		{ "pv (<< 1.5+a)", 0 },
		{ "pv (<= 1.5)", 0 },
		{ "pv (<= 1.4)", 1 },
		{ "pv (= 1.5)", 0 },
		{ "pv (= 1.50)", 1 },
		{ "pv (= 0:1.5-0)", 0 },
		{ "pv (= 3~rc1)", 0 },
		{ "pv (= 2)", 1 },
		{ "pv (>= 3~rc1)", 0 },
		{ "pv (>= 3)", 1 },
		{ "pv (>> 3~)", 0 },
		{ "pv (>> 3~rc1)", 1 },
		{ "qq (>= 1:9)", 0 },
		{ "qq (<< 2:1)", 1 },
		{ "nv", 0 },
		{ "nv (>= 0)", 1 },
		{ "nv (<< 9)", 1 },
		{ "pvv", 1 },
		{ "aa", 1 },
		{ "zz", 1 },
		{ "aa | pv (>> 9) | nv", 0 },
		{ "aa | pv (>> 9)", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *status =
			arena_printf(&a,
				     "%sPackage: xx\nStatus: install ok installed\nVersion: 1\n"
				     "Depends: %s\n",
				     packages, cases[i].relation);

		cr_expect_eq(count_missing(&a, str_of(status)), cases[i].missing, "%s",
			     cases[i].relation);
	}
}

/* 40,000 versions of one name, asked for 40,000 times: one after the other this takes minutes. */
Test(audit, many_versions_of_one_name_are_found_at_once, .timeout = 60)
{
	AUTO_ARENA a = { 0 };
	struct buf status = { .a = &a };

	buf_puts(&status,
		 "Package: xx\nStatus: install ok installed\nVersion: 1\nProvides: vv (= 0)");
	for (unsigned i = 1; i < 40000; i++)
		buf_printf(&status, ", vv (= 7%u)", i);
	buf_puts(&status, "\nDepends: vv (= 5)");
	for (unsigned i = 1; i < 40000; i++)
		buf_printf(&status, ", vv (= 7%u)", i);
	buf_puts(&status, "\n");
	cr_expect_eq(count_missing(&a, buf_str(&status)), 1);
}
