/* SPDX-License-Identifier: Apache-2.0 */
/* What can be fortified, and what is Go: asked of the C library that is here. */

#include <criterion/criterion.h>

#include "inspect/layers/fortify.h"
#include "support/fixture_oracle.h"

/* A function that is checked under another name: FD_SET() is a macro. */
static bool is_no_function(struct str name)
{
	return str_eq(name, STR("fdelt"));
}

/* As hardening-check(1) knows them: each __X_chk that libc.so.6 defines stands for X. */
Test(fortify, has_every_function_with_a_checked_variant)
{
	AUTO_ARENA a = { 0 };
	struct str text, line;
	size_t checked = 0;

	oracle_need("readelf");
	text = ORACLE(&a, "readelf", "--dyn-syms", "--wide", "/lib/x86_64-linux-gnu/libc.so.6");
	while (str_next(&text, '\n', &line)) {
		const char *at = strrchr(str_dup(&a, line), ' ');
		struct str name, version;

		if (!at || !strstr(str_dup(&a, line), " FUNC "))
			continue;
		str_cut(str_of(at + 1), '@', &name, &version);
		if (name.n < 7 || !str_starts(name, STR("__")) || !str_ends(name, STR("_chk")))
			continue;
		name = (struct str){ name.p + 2, name.n - 6 };
		checked++;
		cr_expect(is_no_function(name) || fortify_has(name), STR_FMT, STR_ARG(name));
	}
	cr_expect_gt(checked, 50, "%zu", checked);
	cr_expect_not(fortify_has(STR("getpid")) || fortify_has(STR("mem")) ||
		      fortify_has(STR("memcpyx")));
	cr_expect_not(fortify_has(STR("")));
}
