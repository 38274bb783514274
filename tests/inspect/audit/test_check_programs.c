/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that are known by their names: where they stand, whether they run, how they are spelt.
 */

#include <criterion/criterion.h>

#include "inspect/audit/audit.h"
#include "inspect/audit/rules.h"
#include "support/gen_image.h"

/* The rule program.* that finds this path, or "". */
static const char *program_rule(const struct audit_result *r, const char *path)
{
	list_each(f, &r->findings) {
		if (f->path && strcmp(f->path, path) == 0 &&
		    str_starts(str_of(f->rule->id), STR("program.")))
			return f->rule->id;
	}
	return "";
}

Test(check_programs, a_name_counts_where_it_can_be_run)
{
	static const struct {
		const char *path;
		unsigned mode;
		const char *rule;
	} files[] = {
		{ "usr/bin/python3.13", 0755, "program.interpreter" },
		{ "usr/sbin/perl", 0755, "program.interpreter" },
		{ "usr/games/perl", 0755, "program.interpreter" },
		{ "usr/lib/busybox/wget", 0755, "program.download" },
		{ "perl", 0755, "program.interpreter" },
		{ "usr/lib/perl", 0755, "" },
		{ "usr/lib/bin/perl", 0755, "program.interpreter" },
		{ "usr/lib/games/perl", 0644, "" },
		{ "opt/bin/perl", 0010, "program.interpreter" },
		{ "opt/sbin/perl", 0001, "program.interpreter" },
		{ "usr/bin/gcc-14", 0755, "program.compiler" },
		{ "usr/bin/cc1541", 0755, "" },
		{ "usr/bin/x86_64-linux-gnu-gcc-14", 0755, "program.compiler" },
		{ "usr/bin/x86_64-linux-gnu", 0755, "" },
		{ "usr/bin/x86_64-linux-gnu_gcc", 0755, "" },
		{ "usr/bin/x86_64-linux-gnugcc", 0755, "" },
		{ "usr/bin/gccs", 0755, "" },
		{ "usr/bin/3", 0755, "" },
	};
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_request req = { .now = 1790000000 };
	struct audit_result r;
	struct error e = { 0 };

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		imagegen_file(&g, files[i].path, files[i].mode, STR("x"));
	imagegen_write(&g);
	req.image = g.path;
	cr_assert(audit_image(&a, &req, &r, &e), "%s", e.cause);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		cr_expect_str_eq(program_rule(&r, files[i].path), files[i].rule, "%s: %s",
				 files[i].path, program_rule(&r, files[i].path));
}
