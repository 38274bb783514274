/* SPDX-License-Identifier: Apache-2.0 */
/* What programs say that do not find something, as gcc 14, binutils 2.44, pkgconf 1.8, CMake 3.31,
 * make 4.4, dash and bash say it. */

#include "make/compile/step_lacks.h"

#include <criterion/criterion.h>

#include "support/fixture_workshop.h"

Test(step_lacks, what_was_not_found_is_named)
{
	static const struct {
		const char *log, *kind, *name;
	} cases[] = {
		{ "main.c:1:10: fatal error: event.h: No such file or directory\n    1 | #include\n",
		  "header", "event.h" },
		{ "a.cc:3:10: fatal error: boost/asio.hpp: No such file or directory", "header",
		  "boost/asio.hpp" },
		{ "/usr/bin/ld: cannot find -lcap: No such file or directory\ncollect2: error: ld "
		  "returned 1 exit status\n",
		  "library", "cap" },
		{ "/usr/bin/ld: cannot find -lfoo-1.0\n", "library", "foo-1.0" },
		{ "No package 'libuv' found\n", "module of pkg-config", "libuv" },
		{ "Package 'zlib', required by 'virtual:world', not found\n",
		  "module of pkg-config", "zlib" },
		{ "  Could not find a package configuration file provided by \"fmt\" with any of\n"
		  "  the following names:\n",
		  "package of CMake", "fmt" },
		{ "make[1]: bison: No such file or directory\nmake: *** [Makefile:3: a] Error 127\n",
		  "program", "bison" },
		{ "make: yacc: No such file or directory\n", "program", "yacc" },
		{ "sh: 1: flex: not found\n", "program", "flex" },
		{ "/build/src/tool/cktclsh.sh: 5: tclsh: not found\n", "program", "tclsh" },
		{ "build.sh: line 3: xsltproc: command not found\n", "program", "xsltproc" },
		{ "sh: 1: flex: not found\nx.c:1:2: fatal error: y.h: No such file or directory\n",
		  "header", "y.h" },
		{ "checking for libuv... not found\n", NULL, NULL },
		{ "x.c:1: error: unknown type name 'y'\n", NULL, NULL },
		{ "cp: cannot stat 'x': No such file or directory\n", NULL, NULL },
		{ "make: *** No rule to make target 'x'.  Stop.\n", NULL, NULL },
		{ "fatal error: \033[1m: No such file or directory\n", NULL, NULL },
		{ "", NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *kind = NULL;
		struct str name = { NULL, 0 };
		bool found = step_lacks(str_of(cases[i].log), &kind, &name);

		cr_expect_eq(found, cases[i].name != NULL, "%s: %.*s", cases[i].log, STR_ARG(name));
		if (!found || !cases[i].name)
			continue;
		cr_expect_str_eq(kind, cases[i].kind, "%s", cases[i].log);
		cr_expect(str_eq(name, str_of(cases[i].name)), "%s: %.*s", cases[i].log,
			  STR_ARG(name));
	}
}

Test(step_lacks, it_is_told_of_a_step_that_failed)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text;

	workshop_open(&w);
	*list_push(&w.depot.a, &w.source.keep) = (struct glob){ .text = "/usr/bin/x" };
	WORKSHOP_STEP(&w, "make", "fail", "7",
		      "x.c:1:10: fatal error: event.h: No such file or directory");
	cr_assert_not(workshop_compile(&w, 1, &f, &text, &kind));
	cr_expect(strstr(buf_cstr(&w.said),
			 "a step did not find the header event.h: the Debian package that has it "
			 "belongs into \"build-depends\" of thing.json\n"),
		  "%s", buf_cstr(&w.said));
	workshop_close(&w);
}
