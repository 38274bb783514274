/* SPDX-License-Identifier: Apache-2.0 */
/* What a draft says of a script whose interpreter is not there. */

#include <criterion/criterion.h>

#include "explain/init/settle.h"
#include "inspect/audit/rules.h"

/* The lines of "drop" and of "audit.accept" for a finding. */
static const char *settle_told(struct arena *a, const char *path, const char *program)
{
	struct init_draft d = { .a = a };
	struct audit_result r = { .fail_on = SEV_MEDIUM };

	*list_push(a, &d.entrypoint) = program;
	*list_push(a,
		   &r.findings) = (struct finding){ .rule = rule_find("script.interpreter-missing"),
						    .severity = SEV_MEDIUM,
						    .path = path,
						    .message = "" };
	cr_expect(settle_findings(&d, &r));
	return d.drop.n ? arena_printf(a, "drop %s", d.drop.v[0]) : d.findings.v[0].text;
}

Test(settle, a_script_without_interpreter_goes_unless_it_is_used)
{
	AUTO_ARENA a = { 0 };

	cr_expect_str_eq(settle_told(&a, "usr/bin/tool", "/usr/bin/app"), "drop /usr/bin/tool");
	cr_expect_str_eq(settle_told(&a, "usr/lib/x/tool.py", "/usr/bin/app"),
			 "it is a module: an interpreter loads it, and nobody starts it");
	cr_expect_str_eq(settle_told(&a, "usr/lib/x/tool.py", "/usr/lib/x/tool.py"),
			 "the entrypoint starts its interpreter and gives it the script");
}
