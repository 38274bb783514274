/* SPDX-License-Identifier: Apache-2.0 */
/* What files of Go import, and what a program is made of. The values are those of go list 1.24
 * (Imports, -deps, CgoFiles) for modules with these files. */

#include <criterion/criterion.h>

#include "explain/code/go_imports.h"
#include "support/fixture_own_project.h"

Test(go_imports, imports_as_go_list)
{
	static const struct {
		const char *text, *imports;
	} cases[] = {
		{ "package a\n\nimport \"fmt\"\nimport (\n\tx \"os\" // one\n\t. \"strings\"\n"
		  "\t_ \"embed\"\n\n\t/* two\n\timport \"no\" */ \"io\"; \"bufio\"\n)\nimport ()\n"
		  "import `sort`\n\nvar v = `\nimport \"net\"\n`\n",
		  "bufio embed fmt io os sort strings" },
		{ "package b; import \"os\"; import m \"math\"\nfunc f() {}\nimport \"io\"\n",
		  "math os" },
		{ "package c // import \"example.org/c\"\n\n// import \"net\"\n/* import \"net\" */\n"
		  "import/**/\"fmt\"\nimport(\"os\")\n",
		  "fmt os" },
		{ "package d\n\nvar imports = 1\n", "" },
		{ "package e\nimport (\"C\"\n\"fmt\")\n", "C fmt" },
		{ "package f\nimport(\n)\nimport gr\xc3\xb6\xc3\x9f"
		  "e \"os\"\n",
		  "os" },
		{ "package broken\nimport (\n\t\"os\n", "" },
		{ "package broken\nimport (", "" },
		{ "package broken /*", "" },
		{ "package", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct go_imports imports = { .rest = str_of(cases[i].text) };
		struct strings found = { NULL, 0, 0 };
		struct str path;

		while (go_imports_next(&imports, &path))
			*list_push(&a, &found) = str_dup(&a, path);
		strings_unique(&found);
		cr_expect_str_eq(strings_join(&a, &found, " "), cases[i].imports, "%zu", i);
	}
}

#define GO_STATIC "\"base\": \"static\","
#define GO_WITH_C "\"base\": \"base-nossl\","

/* Only what the program imports counts: the smallest base is that without C. */
Test(go_imports, c_counts_if_the_program_has_it)
{
	static const struct {
		const char *name, *files[18], *says;
	} cases[] = {
		{ "another program, as a library for C",
		  { "go.mod", "module x\n", "main.go", "package main\nimport _ \"x/in\"\n",
		    "in/in.go", "package in\n", "lib/l.go", "package main\nimport \"C\"\n" },
		  GO_STATIC },
		{ "a package of a package",
		  { "go.mod", "module x/y\n", "main.go", "package main\nimport _ \"x/y/in\"\n",
		    "in/in.go", "package in\nimport _ \"x/y/in/more\"\n", "in/more/m.go",
		    "package more\nimport \"C\"\n" },
		  GO_WITH_C },
		{ "a module that a folder stands for",
		  { "go.mod",
		    "module x\nrequire y.test/z v1.0.0\nreplace y.test/z v1.0.0 => ./third/z\n",
		    "main.go", "package main\nimport _ \"y.test/z/sub\"\n", "third/z/go.mod",
		    "module y.test/z\n", "third/z/sub/s.go", "package sub\nimport \"C\"\n" },
		  GO_WITH_C },
		{ "a module of the workspace",
		  { "go.work", "use (\n./app\n./lib\n)\n", "app/go.mod", "module x/app\n",
		    "app/m.go", "package main\nimport _ \"x/lib\"\n", "lib/go.mod",
		    "module x/lib\n", "lib/l.go", "package lib\nimport \"C\"\n" },
		  GO_WITH_C },
		{ "a package of others, in vendor/",
		  { "go.mod", "module x\nrequire y.test/z v1.0.0\n", "main.go",
		    "package main\nimport _ \"y.test/z\"\n", "vendor/modules.txt", "",
		    "vendor/y.test/z/z.go", "package z\nimport \"C\"\n" },
		  GO_WITH_C },
		{ "a package that can do without C",
		  { "go.mod", "module x\n", "main.go", "package main\nimport _ \"x/in\"\n",
		    "in/c.go", "package in\n// #cgo LDFLAGS: -lz\nimport \"C\"\n", "in/go.go",
		    "//go:build !cgo\n\npackage in\n" },
		  GO_STATIC },
		{ "a package that says only when it runs that it needs C",
		  { "go.mod", "module x\nrequire github.com/mattn/go-sqlite3 v1.14.0\n", "go.sum",
		    "", "main.go", "package main\nimport _ \"github.com/mattn/go-sqlite3\"\n" },
		  "\"build-depends\": [\"gcc\", \"libc6-dev\"]," },
		{ "one that needs such a package",
		  { "go.mod", "module x\n", "go.sum", "", "main.go",
		    "package main\nimport _ \"x/db\"\n", "db/db.go",
		    "package db\nimport \"gorm.io/driver/sqlite\"\n" },
		  GO_WITH_C },
		{ "sources in C++",
		  { "go.mod", "module x\n", "main.go", "package main\nimport \"C\"\n", "more.cc",
		    "" },
		  "\"build-depends\": [\"g++\", \"libc6-dev\"]," },
		{ "no way out of the folder",
		  { "go.mod", "module x\n", "main.go", "package main\nimport _ \"x/../../c\"\n",
		    "../c/c.go", "package c\nimport \"C\"\n" },
		  GO_STATIC },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_go, cases[i].files);

		cr_expect(strstr(text, cases[i].says), "%s: %s", cases[i].name, text);
	}
}

Test(go_imports, libraries_of_packages_of_others)
{
	AUTO_ARENA a = { 0 };
	static const char *const files[] = {
		"go.mod",
		"module x\n",
		"go.sum",
		"",
		"main.go",
		"package main\nimport _ \"github.com/google/gopacket/pcap\"\nimport _ \"x/in\"\n",
		"in/in.go",
		"package in\n/*\n#cgo pkg-config: zlib\n*/\nimport \"C\"\n",
		"other/o.go",
		"package other\n// #cgo LDFLAGS: -lother\nimport \"C\"\n",
		NULL
	};

	cr_expect_str_eq(own_project_libraries(&a, project_read_go, files),
			 "linked pcap app\nmodule zlib app/in/in.go:3\n");
}

/* Files that count only with C, once something else needs it. */
Test(go_imports, libraries_of_files_for_c)
{
	AUTO_ARENA a = { 0 };
	static const char *const files[] = {
		"go.mod",
		"module x\nrequire github.com/mattn/go-sqlite3 v1.14.27\n",
		"main.go",
		"package main\nimport _ \"github.com/mattn/go-sqlite3\"\n",
		"vendor/modules.txt",
		"",
		"vendor/github.com/mattn/go-sqlite3/a.go",
		"//go:build cgo\n\npackage sqlite3\n// #cgo LDFLAGS: -lsqlite3\nimport \"C\"\n",
		"vendor/github.com/mattn/go-sqlite3/static_mock.go",
		"//go:build !cgo\n\npackage sqlite3\n",
		NULL
	};

	cr_expect_str_eq(own_project_libraries(&a, project_read_go, files),
			 "linked sqlite3 app/vendor/github.com/mattn/go-sqlite3/a.go:4\n");
}

/* Blanks are "or", commas are "and", as the documentation of cmd/cgo says it. */
Test(go_imports, libraries_of_this_system)
{
	static const struct {
		const char *constraint;
		bool counts;
	} cases[] = {
		{ "", true },
		{ "linux ", true },
		{ "linux darwin ", true },
		{ "darwin linux ", true },
		{ "!windows ", true },
		{ "!linux ", false },
		{ "darwin ", false },
		{ "linux,amd64 ", true },
		{ "linux,arm64 ", false },
		{ "darwin,!arm64 freebsd ", false },
		{ "linux,!cgo ", false },
		{ "windows !darwin,linux ", true },
		{ "static ", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *source = arena_printf(&a,
						  "package main\n\n// #cgo %sLDFLAGS: -lz\n"
						  "import \"C\"\n",
						  cases[i].constraint);
		const char *files[] = { "go.mod", "module x\n", "main.go", source, NULL };

		cr_expect_str_eq(own_project_libraries(&a, project_read_go, files),
				 cases[i].counts ? "linked z app/main.go:3\n" : "", "%s",
				 cases[i].constraint);
	}
}

/* The place of a line is not looked for before it is needed. */
Test(go_imports, many_lines_for_c_end)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	const char *files[] = { "go.mod", "module x\n", "main.go", NULL, NULL };

	buf_puts(&text, "package main\n/*\n");
	for (size_t i = 0; i < 130000; i++)
		buf_puts(&text, "#cgo x\n");
	buf_puts(&text, "#cgo LDFLAGS: -lz\n*/\nimport \"C\"\n");
	files[3] = buf_cstr(&text);
	cr_expect_str_eq(own_project_libraries(&a, project_read_go, files),
			 "linked z app/main.go:130003\n");
}
