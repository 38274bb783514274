/* SPDX-License-Identifier: Apache-2.0 */
/* First lines of scripts, as packages of Debian have them. */

#include <criterion/criterion.h>

#include "explain/init/shebang.h"

static const struct shebang_case {
	const char *text, *program, *arguments; /* program NULL: no script */
	bool env;
} shebangs[] = {
	{ "#!/usr/bin/perl\nuse strict;\n", "/usr/bin/perl", "", false },
	{ "#! /usr/bin/perl -w\n", "/usr/bin/perl", "-w", false },
	{ "#!/usr/bin/env lua5.4\n", "lua5.4", "", true },
	{ "#!/usr/bin/env  python3", "python3", "", true },
	{ "#!/bin/env -S node --trace-warnings x\n", "node", "--trace-warnings x", true },
	{ "#!/usr/bin/env /usr/bin/python3 -I\n", "/usr/bin/python3", "-I", true },
	{ "#!/usr/bin/env\n", "", "", true },
	{ "#!/usr/bin/env -S\n", "", "", true },
	{ "#!\n", "", "", false },
	{ "\177ELF", NULL, NULL, false },
	{ "", NULL, NULL, false },
};

Test(shebang, the_program_is_that_which_runs_the_script)
{
	for (size_t i = 0; i < ARRAY_SIZE(shebangs); i++) {
		const struct shebang_case *x = &shebangs[i];
		struct shebang s;

		cr_assert_eq(shebang_read(str_of(x->text), &s), x->program != NULL, "%s", x->text);
		if (!x->program)
			continue;
		cr_expect(str_eq(s.program, str_of(x->program)) &&
				  str_eq(s.arguments, str_of(x->arguments)) && s.env == x->env,
			  "%s: \"" STR_FMT "\" \"" STR_FMT "\"", x->text, STR_ARG(s.program),
			  STR_ARG(s.arguments));
	}
}
