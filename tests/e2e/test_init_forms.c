/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild init for projects as people have them beyond the plainest: workspaces, several programs,
 * code in C, commands that are installed, files beside the sources. Each runs in a container. */

#include <criterion/criterion.h>

#include <unistd.h>

#include "e2e/fixture_init_project.h"
#include "e2e/fixture_project.h"
#include "e2e/fixture_run.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define GO_MAIN(imports, prints)                                  \
	"package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n" imports \
	")\n\nfunc main() { fmt.Println(" prints ", os.Args[1]) }\n"

Test(init_forms, a_workspace_of_go, .timeout = 900)
{
	static const char *const files[] = {
		"go.work",
		"go 1.22\n\nuse (\n\t./app\n\t./lib\n)\n",
		"app/go.mod",
		"module example.test/shop\n\ngo 1.22\n\nrequire example.test/lib v0.0.0\n",
		"app/shop.go",
		"package shop\n\nconst Word = \"shop\"\n",
		"app/gen.go",
		"//go:build ignore\n\npackage main\n\nfunc main() { println(\"gen\") }\n",
		"app/cmd/team/serve/main.go",
		GO_MAIN("\t\"example.test/lib\"\n\t\"example.test/shop\"\n",
			"lib.Word(), shop.Word"),
		"lib/go.mod",
		"module example.test/lib\n\ngo 1.22\n",
		"lib/lib.go",
		"package lib\n\nfunc Word() string { return \"lib\" }\n",
		NULL
	};

	init_project_run("--go .", "shop", files, "lib shop you\n");
}

Test(init_forms, c_in_go, .timeout = 900)
{
	static const char *const files[] = {
		"go.mod",
		"module example.test/twice\n\ngo 1.22\n",
		"sum/sum.go",
		"package sum\n\n// static int twice(int x) { return 2 * x; }\nimport \"C\"\n\n"
		"func Twice(x int) int { return int(C.twice(C.int(x))) }\n",
		"main.go",
		GO_MAIN("\t\"example.test/twice/sum\"\n", "sum.Twice(21)"),
		NULL
	};

	init_project_run("--go .", "twice", files, "42 you\n");
}

Test(init_forms, a_workspace_of_cargo, .timeout = 900)
{
	static const char *const files[] = {
		"Cargo.toml",
		"[package]\nname = \"words\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n"
		"[workspace]\nmembers = [\"cli\"]\n\n[workspace.package]\nversion = \"3.1.0\"\n",
		"src/lib.rs",
		"pub fn word() -> &'static str { \"words\" }\n",
		"cli/Cargo.toml",
		"[package]\nname = \"cli\"\nversion.workspace = true\nedition = \"2021\"\n"
		"default-run = \"serve\"\n\n[dependencies]\nwords = { path = \"..\" }\n",
		"cli/src/bin/admin.rs",
		"fn main() {}\n",
		"cli/src/bin/serve.rs",
		"fn main() { println!(\"{} {} {}\", words::word(), env!(\"CARGO_PKG_VERSION\"), "
		"std::env::args().nth(1).unwrap()); }\n",
		"Cargo.lock",
		"version = 4\n\n[[package]]\nname = \"cli\"\nversion = \"3.1.0\"\n"
		"dependencies = [\n \"words\",\n]\n\n[[package]]\nname = \"words\"\n"
		"version = \"0.1.0\"\n",
		".cargo/config.toml",
		"[build]\ntarget-dir = \"/tmp/elsewhere\"\n",
		NULL
	};

	init_project_run("--rust .", "serve", files, "words 3.1.0 you\n");
}

Test(init_forms, a_command_of_python, .timeout = 900)
{
	static const char *const files[] = {
		"pyproject.toml",
		"[build-system]\nrequires = [\"setuptools>=61\"]\n"
		"build-backend = \"setuptools.build_meta\"\n\n[project]\nname = \"shop-tool\"\n"
		"version = \"1.0\"\n\n[project.scripts]\nshop-tool = \"shop.cli:main\"\n\n"
		"[tool.setuptools.package-data]\nshop = [\"*.txt\"]\n",
		"src/shop/__init__.py",
		"",
		"src/shop/word.txt",
		"word",
		"src/shop/cli.py",
		"import sys\nfrom importlib import metadata, resources\n\n\ndef main():\n"
		"    word = resources.files(\"shop\").joinpath(\"word.txt\").read_text()\n"
		"    print(word, metadata.version(\"shop-tool\"), sys.argv[1])\n",
		NULL
	};

	init_project_run("--python .", "shop-tool", files, "word 1.0 you\n");
}

/* As `uv init --package` writes it; hatchling builds it. */
Test(init_forms, a_command_of_uv, .timeout = 900)
{
	static const char *const files[] = {
		"pyproject.toml",
		"[project]\nname = \"shop-tool\"\nversion = \"0.1.0\"\ndescription = \"Add your "
		"description here\"\nreadme = \"README.md\"\nrequires-python = \">=3.12\"\n"
		"dependencies = []\n\n[project.scripts]\nshop-tool = \"shop_tool:main\"\n\n"
		"[build-system]\nrequires = [\"uv_build>=0.9.5,<0.10.0\"]\n"
		"build-backend = \"uv_build\"\n",
		"README.md",
		"",
		"uv.lock",
		"version = 1\nrequires-python = \">=3.12\"\n\n[[package]]\nname = \"shop-tool\"\n"
		"version = \"0.1.0\"\nsource = { editable = \".\" }\n",
		"src/shop_tool/py.typed",
		"",
		"src/shop_tool/word.txt",
		"word",
		"src/shop_tool/__init__.py",
		"import sys\nfrom importlib import metadata, resources\n\n\ndef main():\n"
		"    word = resources.files(\"shop_tool\").joinpath(\"word.txt\").read_text()\n"
		"    print(word, metadata.version(\"shop-tool\"), sys.argv[1])\n",
		NULL
	};

	init_project_run("--python .", "shop-tool", files, "word 0.1.0 you\n");
}

/* A workspace of npm, started with an option, a variable and in its own folder; a script of the
 * shell beside it stays out. */
Test(init_forms, a_workspace_of_node, .timeout = 900)
{
	static const char *const files[] = {
		"package.json",
		"{ \"name\": \"tree\", \"workspaces\": [\"packages/*\"] }\n",
		"package-lock.json",
		"{ \"name\": \"tree\", \"lockfileVersion\": 3, \"packages\": { \"\": { \"name\": "
		"\"tree\", \"workspaces\": [\"packages/*\"] }, \"node_modules/app\": { \"resolved\": "
		"\"packages/app\", \"link\": true }, \"packages/app\": { \"version\": \"1.0.0\" } } }\n",
		"packages/app/package.json",
		"{ \"name\": \"app\", \"version\": \"1.0.0\", \"type\": \"module\", \"scripts\": { "
		"\"start\": \"WORD=word node --enable-source-maps src/main.js\" } }\n",
		"packages/app/word.txt",
		"file",
		"packages/app/src/main.js",
		"import { readFileSync } from 'node:fs';\n"
		"console.log(readFileSync('word.txt', 'utf8'), process.env.WORD, process.argv[2]);\n",
		"scripts/deploy.sh",
		"#!/bin/bash\n",
		NULL
	};

	init_project_run("--node .", "tree", files, "file word you\n");
}

Test(init_forms, a_service_beside_sources_of_java, .timeout = 900)
{
	static const char *const files[] = {
		"speaker/src/app/Main.java",
		"package app;\n\nimport java.util.ServiceLoader;\n\npublic final class Main {\n"
		"    public static void main (final String... args) {\n"
		"        for (Word w : ServiceLoader.load(Word.class))\n"
		"            System.out.println(w.say() + \" \" + args[0]);\n    }\n}\n",
		"speaker/src/app/Word.java",
		"package app;\n\npublic interface Word { String say(); }\n",
		"speaker/src/app/Hi.java",
		"package app;\n\npublic class Hi implements Word {\n"
		"    public String say() { return \"hi\"; }\n}\n",
		"speaker/src/META-INF/services/app.Word",
		"app.Hi\n",
		NULL
	};

	init_project_run("--java speaker", "speaker", files, "hi you\n");
}

Test(init_forms, cmake_in_folders, .timeout = 900)
{
	static const char *const files[] = {
		"CMakeLists.txt",
		"CMAKE_MINIMUM_REQUIRED(VERSION 3.20)\nPROJECT(\n  calc\n  VERSION 0.4.1\n"
		"  LANGUAGES CXX)\ninclude(GNUInstallDirs)\nadd_subdirectory(src)\n"
		"add_subdirectory(app)\n",
		"src/CMakeLists.txt",
		"add_library(calc SHARED calc.cpp)\n"
		"set_target_properties(calc PROPERTIES SOVERSION 0)\n"
		"target_include_directories(calc PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})\n"
		"install(TARGETS calc LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})\n",
		"src/calc.h",
		"int add(int a, int b);\n",
		"src/calc.cpp",
		"#include \"calc.h\"\n\nint add(int a, int b) { return a + b; }\n",
		"app/CMakeLists.txt",
		"add_executable(${PROJECT_NAME}-cli main.cpp)\n"
		"target_link_libraries(${PROJECT_NAME}-cli PRIVATE calc)\n"
		"install(TARGETS ${PROJECT_NAME}-cli)\n",
		"app/main.cpp",
		"#include <iostream>\n\n#include \"calc.h\"\n\n"
		"int main(int, char **v) { std::cout << add(1, 41) << ' ' << v[1] << '\\n'; }\n",
		NULL
	};

	init_project_run("--cxx .", "calc-cli", files, "42 you\n");
}

Test(init_forms, autotools, .timeout = 900)
{
	static const char *const files[] = {
		"configure.ac",
		"AC_INIT([greeter], [1.2.0])\nAC_CONFIG_SRCDIR([src/main.c])\n"
		"AC_CONFIG_HEADERS([config.h])\nAM_INIT_AUTOMAKE([foreign subdir-objects])\n"
		"AC_PROG_CC\nAC_CONFIG_FILES([Makefile src/Makefile])\nAC_OUTPUT\n",
		"Makefile.am",
		"SUBDIRS = src\n",
		"src/Makefile.am",
		"bin_PROGRAMS = greet\ngreet_SOURCES = main.c\n",
		"src/main.c",
		"#include <config.h>\n#include <stdio.h>\n\nint main(int c, char **v)\n{\n"
		"\treturn c < 2 || printf(PACKAGE_STRING \" %s\\n\", v[1]) < 0;\n}\n",
		NULL
	};

	init_project_run("--c .", "greet", files, "greeter 1.2.0 you\n");
}

Test(init_forms, sources_and_headers_in_folders, .timeout = 900)
{
	static const char *const files[] = {
		"words/include/words.h",
		"const char *word(void);\n",
		"words/src/words.c",
		"#include \"words.h\"\n\nconst char *word(void) { return \"word\"; }\n",
		"words/src/main.c",
		"#include <stdio.h>\n\n#include \"words.h\"\n\nint main(int c, char **v)\n{\n"
		"\treturn c < 2 || printf(\"%s %s\\n\", word(), v[1]) < 0;\n}\n",
		"words/tests/test.c",
		"int main(void) { return 0; }\n",
		NULL
	};

	init_project_run("--c words", "words", files, "word you\n");
}

/* The second time images.json is there, and git leaves out what builds write. */
Test(init_forms, two_projects_of_one_repository, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct oracle_run r;
	char here[4096];

	run_needs_time();
	cr_assert(getcwd(here, sizeof(here)));
	files_put(arena_printf(&a, "%s/one/main.c", dir), "int main(void) { return 0; }\n");
	files_put(arena_printf(&a, "%s/two/main.c", dir), "int main(void) { return 0; }\n");
	r = oracle_run(&a, (const char *const[]){
				   "sh", "-c",
				   arena_printf(&a,
						"cd %s && %s/imgbuild init --c one >/dev/null && "
						"%s/imgbuild init --c two",
						dir, here, here),
				   NULL });
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect(strstr(r.out.p, "images.json is yours already: add \"two\": {"), "%s", r.out.p);
	cr_expect(!strstr(r.out.p, ".gitignore"), "%s", r.out.p);
	files_remove(dir);
}
