/* SPDX-License-Identifier: Apache-2.0 */
/* What counts of a folder of Go. The values are those of go list 1.24 (CGO_ENABLED=0) for a module
 * with one file in each folder. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "explain/code/go_package.h"
#include "support/fixture_files.h"
#include "support/fixture_own_project.h"

Test(go_package, names_of_files_as_go_list)
{
	static const struct {
		const char *name;
		bool counts;
	} cases[] = {
		{ "a.go", true },
		{ "linux.go", true },
		{ "windows.go", true },
		{ "a_windows.go", false },
		{ "a_linux.go", true },
		{ "a_linux_arm64.go", false },
		{ "a_linux_amd64.go", true },
		{ "a_amd64_linux.go", true },
		{ "a_arm64.go", false },
		{ "a_amd64.go", true },
		{ "linux_amd64.go", true },
		{ "windows_amd64.go", true },
		{ "a_test.go", false },
		{ "_a.go", false },
		{ ".a.go", false },
		{ "a_windows_x.go", true },
		{ "a_unix.go", true },
		{ "a_windows_amd64.go", false },
		{ "a_android.go", false },
		{ "a_linux_test.go", false },
		{ "amd64.go", true },
		{ "a.GO", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_eq(go_name_counts(cases[i].name), cases[i].counts, "%s", cases[i].name);
}

Test(go_package, constraints_as_go_list)
{
	static const struct {
		const char *text;
		bool holds;
	} cases[] = {
		{ "ignore", false },
		{ "linux", true },
		{ "!linux", false },
		{ "linux && !cgo", true },
		{ "windows || linux", true },
		{ "(windows || darwin) && amd64", false },
		{ "!(windows || darwin)", true },
		{ "unix", true },
		{ "go1.24", true },
		{ "go1.25", false },
		{ "!go1.18", false },
		{ "gc && !gccgo", true },
		{ "linux||windows&&ignore", true },
		{ "a && b || c", false },
		{ "amd64 || arm64", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_eq(go_constraint_holds(str_of(cases[i].text), false), cases[i].holds,
			     "%s", cases[i].text);
}

/* Brackets without end are no reason to run out of stack. */
Test(go_package, a_deep_constraint_ends)
{
	char text[100000];

	memset(text, '!', sizeof(text));
	go_constraint_holds((struct str){ text, sizeof(text) }, true);
	memset(text, '(', sizeof(text));
	cr_expect(!go_constraint_holds((struct str){ text, sizeof(text) }, true));
}

#define BUILD(folder) "\"${destdir}/usr/bin/" folder "\", \"./cmd/" folder "\"]"

/* The program, of a folder with more than it. */
Test(go_package, the_program_is_found)
{
	static const struct {
		const char *name, *files[18], *says;
	} cases[] = {
		{ "a library with a generator",
		  { "go.mod", "module x/tool\n", "tool.go", "package tool\n", "gen.go",
		    "// by hand\n\n//go:build ignore\n\npackage main\n", "cmd/tool/main.go",
		    "/*\npackage tool is not it\n*/\npackage main // it is\n" },
		  BUILD("tool") },
		{ "a byte order mark",
		  { "go.mod", "module x\n", "cmd/tool/main.go", "\xef\xbb\xbfpackage main\n" },
		  BUILD("tool") },
		{ "a comment that does not end where it begins",
		  { "go.mod", "module x\n", "cmd/tool/main.go",
		    "/*/ package x */\npackage main\n" },
		  BUILD("tool") },
		{ "below cmd, deeper",
		  { "go.mod", "module x\n", "cmd/team/serve/main.go", "package main\n",
		    "examples/a/a.go", "package main\n" },
		  "\"./cmd/team/serve\"]" },
		{ "elsewhere, and not in what is no part of the module",
		  { "go.mod", "module x\n", "apps/web/main.go", "package main\n", "a/testdata/m.go",
		    "package main\n", "a/vendor/m/m.go", "package main\n", "a/n/go.mod",
		    "module n\n", "a/n/main.go", "package main\n" },
		  "\"./apps/web\"]" },
		{ "modules of a workspace",
		  { "go.work", "go 1.22\n\nuse (\n\t./lib // first\n\t./app\n)\n", "app/go.mod",
		    "module x/app\nreplace (\n\tx/lib => ../lib\n)\n", "app/main.go",
		    "package main\n", "app/go.sum", "", "lib/go.mod", "module x/lib\n", "lib/l.go",
		    "package lib\n" },
		  "\"dependencies\": { \"lock\": \"app/go.sum\" },\n\"steps\": [\n{ \"name\": "
		  "\"build\", \"run\": [\"go\", \"build\", \"-ldflags=-s -w\", \"-o\", "
		  "\"${destdir}/usr/bin/app\", \"./app\"]" },
		{ "with C in a package",
		  { "go.mod", "module x\n", "main.go", "package main\nimport _ \"x/sum\"\n",
		    "sum/sum.go", "package sum\n\n// int one;\nimport \"C\"\n" },
		  "\"base\": \"base-nossl\"," },
		{ "with C that is compiled",
		  { "go.mod", "module x\n", "main.go", "package main\nimport _ \"x/sum\"\n",
		    "sum/sum.go", "package sum\n\n// int one;\nimport \"C\"\n" },
		  "\"build-depends\": [\"gcc\", \"libc6-dev\"],\n\"env\": {\n\"CGO_ENABLED\": \"1\"\n}" },
		{ "with C or without",
		  { "go.mod", "module x\n", "main.go", "package main\nimport _ \"x/sum\"\n",
		    "sum/c.go", "//go:build cgo\n\npackage sum\n\nimport \"C\"\n", "sum/go.go",
		    "//go:build !cgo\n\npackage sum\n" },
		  "\"base\": \"static\"," },
		{ "a workspace with a module beside the folder",
		  { "go.work", "go 1.22\nuse ./a\nuse ../b\n", "a/go.mod", "module a\n" },
		  "app/go.work:3: ../b is outside of " },
		{ "a workspace with a module that is not there",
		  { "go.work", "use ./a\n" },
		  "app/a/go.mod is not there, and " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_go, cases[i].files);

		cr_expect(strstr(text, cases[i].says), "%s: %s", cases[i].name, text);
	}
}

Test(go_package, sums_are_found)
{
	static const struct {
		const char *name, *files[18], *says;
	} cases[] = {
		{ "modules of a workspace, each with sums",
		  { "go.work", "use ./app\nuse \"./lib\"\n", "app/go.mod", "module x/app\n",
		    "app/main.go", "package main\n", "app/go.sum", "", "lib/go.mod",
		    "module x/lib\n", "lib/l.go", "package lib\n", "lib/go.sum", "" },
		  "\"dependencies\": { \"lock\": \"go.work\" }," },
		{ "modules that stand in folders need no sums",
		  { "go.mod",
		    "module x\nrequire (\n\tx/lib v0.1.0\n\tx/more v1.0.0 // indirect\n)\n"
		    "replace x/lib v0.1.0 => ./lib\n",
		    "main.go", "package main\n", "go.work", "use .\nreplace x/more => ./more\n" },
		  "\"${destdir}/usr/bin/x\", \".\"]" },
		{ "a module without sums",
		  { "go.mod", "module x\n\nrequire x/lib v0.1.0\n", "main.go", "package main\n" },
		  "app/go.mod:3: the module needs x/lib, and " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_go, cases[i].files);

		cr_expect(strstr(text, cases[i].says), "%s: %s", cases[i].name, text);
	}
}

Test(go_package, what_is_left_to_decide)
{
	static const struct {
		const char *files[14], *says;
	} cases[] = {
		{ { "go.mod", "module x\n", "cmd/a/a.go", "package main\n", "cmd/x/x.go",
		    "package main\n" },
		  "app/cmd/a is a program, too: the recipe has " },
		{ { "go.mod", "module x\n", "web/x.go",
		    "// x\npackage main\n\nimport \"embed\"\n\n//go:embed here all:dist\nvar d embed.FS\n",
		    ".gitignore", "dist/\n", "web/dist/x", "", "web/here/x", "" },
		  "app/web/x.go:6 embeds " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *left = own_project_left(&a, project_read_go, cases[i].files);

		cr_expect(strstr(left, cases[i].says), "%zu: %s", i, left);
	}
}

/* A file of generated data does not keep the program from being found. */
Test(go_package, large_files_are_read_to_their_first_mib)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	const char *files[] = { "go.mod", "module x\n", "main.go", NULL, NULL };

	buf_printf(&text, "package main\n\nconst data = \"");
	for (size_t i = 0; i < 2u << 20; i += 1024)
		buf_printf(&text, "%01024d", 0);
	files[3] = buf_cstr(&text);
	cr_expect(strstr(own_project_texts(&a, project_read_go, files), "\"go\", \"build\""));
}

/* The go command does not follow links to folders: with two that lead back there is no end. */
Test(go_package, links_to_folders_are_passed_by)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct init_draft d = { .a = &a, .name = "folder" };
	struct own_project p = { .a = &a, .d = &d, .folder = dir };
	struct error e = { 0 };

	files_put(arena_printf(&a, "%s/go.mod", dir), "module x\n");
	files_put(arena_printf(&a, "%s/cmd/x/x.go", dir), "package main\n");
	cr_assert_eq(symlink(".", arena_printf(&a, "%s/cmd/one", dir)), 0);
	cr_assert_eq(symlink("../cmd", arena_printf(&a, "%s/cmd/two", dir)), 0);
	cr_assert(project_read_go(&p, &e), "%s", e.cause);
	cr_expect_eq(d.open.n, 0, "%s", strings_join(&a, &d.open, "\n"));
	files_remove(dir);
}
