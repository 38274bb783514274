/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the audit's findings become patterns of "drop", and which. */

#include <criterion/criterion.h>

#include "explain/code/package_scripts.h"
#include "inspect/audit/rules.h"

Test(package_scripts, scripts_below_node_modules_are_left_out_without_versions)
{
	static const struct {
		const char *rule, *path;
		enum severity severity;
	} found[] = {
		{ "script.shell", "app/node_modules/.pnpm/c@1.0.0/node_modules/c/x.sh", SEV_HIGH },
		{ "script.shell", "app/node_modules/a/node_modules/c/x.sh", SEV_HIGH },
		{ "script.interpreter-missing", "app/node_modules/@s/d/y", SEV_HIGH },
		{ "script.shell", "app/deploy.sh", SEV_HIGH },
		{ "secret.content", "app/node_modules/c/key", SEV_HIGH },
		{ "secret.content", "app/node_modules/c/__tests__/key", SEV_HIGH },
		{ "secret.content", "app/node_modules/d/README.md", SEV_HIGH },
		{ "secret.content", "app/tests/key", SEV_HIGH },
		{ "program.compiler", "app/node_modules/c/gcc", SEV_HIGH },
		{ "script.shell", "app/node_modules/c/low.sh", SEV_LOW },
		{ "script.shell", NULL, SEV_HIGH },
		{ "script.shell", "usr/local/bin/getmails", SEV_HIGH },
		{ "script.shell", "usr/local/bin/getmail", SEV_HIGH },
		{ "script.shell", "usr/share/bin/x/y", SEV_HIGH },
		{ "script.shell", "usr/local/lib/python3.13/dist-packages/a/x.sh", SEV_HIGH },
	};
	AUTO_ARENA a = { 0 };
	struct init_draft draft = { .a = &a };
	struct own_project p = { .a = &a, .d = &draft };
	struct audit_result r = { .fail_on = SEV_MEDIUM };

	*list_push(&a, &p.entrypoint) = "/usr/local/bin/getmail";
	for (size_t i = 0; i < ARRAY_SIZE(found); i++)
		*list_push(&a, &r.findings) = (struct finding){ .rule = rule_find(found[i].rule),
								.severity = found[i].severity,
								.path = found[i].path };
	cr_expect(package_scripts_drop(&p, &r));
	cr_expect_str_eq(strings_join(&a, &p.drop, " "),
			 "/app/**/node_modules/c/x.sh /app/**/node_modules/@s/d/y "
			 "/app/**/node_modules/c/__tests__/key /app/**/node_modules/d/README.md "
			 "/usr/local/bin/getmails "
			 "/usr/local/lib/python3.13/dist-packages/a/x.sh");
	cr_expect_not(package_scripts_drop(&p, &r), "there is nothing new");
}

/* Whatever of Debian's packages has no use here is left out of these. */
Test(package_scripts, files_of_debian_are_left_out_of_their_packages)
{
	static const struct {
		const char *rule, *path;
	} found[] = {
		{ "program.package-manager", "usr/bin/pip3" },
		{ "script.shell", "usr/share/doc/a/examples/x.sh" },
		{ "elf.no-pie", "usr/lib/a.so" },
		{ "program.package-manager", "usr/local/bin/pip" },
		{ "script.shell", "app/x.sh" },
	};
	AUTO_ARENA a = { 0 };
	struct init_draft draft = { .a = &a };
	struct own_project p = { .a = &a, .d = &draft };
	struct audit_result r = { .fail_on = SEV_MEDIUM };

	*list_push(&a, &draft.packages) = "python3-a";
	for (size_t i = 0; i < ARRAY_SIZE(found); i++)
		*list_push(&a, &r.findings) = (struct finding){ .rule = rule_find(found[i].rule),
								.severity = SEV_HIGH,
								.path = found[i].path };
	cr_expect(package_scripts_drop(&p, &r));
	cr_expect_str_eq(strings_join(&a, &draft.drop, " "),
			 "/usr/bin/pip3 /usr/share/doc/a/examples/x.sh");
	cr_expect_eq(p.drop.n, 0);
}
