/* SPDX-License-Identifier: Apache-2.0 */
/* Of several programs of Go that which others say, or which is the nearest; and the folder that
 * holds all that a module needs. Layouts are those of projects that people have. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_own_project.h"

#define MAIN "package main\n"
#define TARGET(path) "\", \"" path "\"]"

/* gh, lego, incus, etcd ... each has several. */
Test(go_choice, the_program_that_others_compile)
{
	static const struct {
		const char *name, *files[18], *says;
	} cases[] = {
		{ "what is published",
		  { "go.mod", "module x/cli/v2\n", "cmd/a/a.go", MAIN, "cmd/gh/main.go", MAIN,
		    ".goreleaser.yml",
		    "version: 2\nbuilds:\n  - id: one\n    main: ./cmd/gh\n  - main: ./cmd/a\n" },
		  TARGET("./cmd/gh") },
		{ "what is published, by its file",
		  { "go.mod", "module x/cli\n", "cmd/a/a.go", MAIN, "cmd/gh/main.go", MAIN,
		    ".goreleaser.yaml",
		    "builds: [ { dir: cmd, main: gh/main.go, binary: \"{{.ProjectName}}\" } ]\n" },
		  TARGET("./cmd/gh") },
		{ "a file of others by that name",
		  { "go.mod", "module x/cli\n", "cmd/a/a.go", MAIN, "cmd/b/main.go", MAIN,
		    ".goreleaser.yaml", "builds: &x [\n", ".goreleaser.yml", "- builds\n" },
		  TARGET("./cmd/a") },
		{ "what a container has",
		  { "go.mod", "module x/shop\n", "cmd/admin/a.go", MAIN, "cmd/serve/main.go", MAIN,
		    "Dockerfile",
		    "FROM golang\nRUN --mount=type=cache,target=/root CGO_ENABLED=0 go build \\\n"
		    "  -trimpath -o cmd/admin \\\n  \"./cmd/serve\" && ls\n" },
		  TARGET("./cmd/serve") },
		{ "no tool of a container",
		  { "go.mod", "module x/shop\n", "cmd/admin/a.go", MAIN, "tools/gen/main.go", MAIN,
		    "cmd/serve/main.go", MAIN, "Containerfile",
		    "RUN go install ./tools/gen\nRUN go build ./cmd/serve/\n" },
		  TARGET("./cmd/serve") },
		{ "what make compiles",
		  { "go.mod", "module x/shop\n", "cmd/admin/a.go", MAIN, "cmd/serve/main.go", MAIN,
		    "Makefile", "all:\n\t$(GO) build -o bin/serve ./cmd/serve\n" },
		  TARGET("./cmd/serve") },
		{ "make compiles all of them",
		  { "go.mod", "module x/shop\n", "cmd/admin/a.go", MAIN, "cmd/shop/main.go", MAIN,
		    "Makefile", "all:\n\tgo install ./cmd/admin\n\tgo install ./cmd/shop\n" },
		  TARGET("./cmd/shop") },
		{ "no tool",
		  { "go.mod", "module x/cli\n", "cmd/gen-docs/g.go", MAIN, "cmd/gh/main.go", MAIN,
		    "script/build.go", MAIN },
		  TARGET("./cmd/gh") },
		{ "not even of the module's name",
		  { "go.mod", "module x/shop\n", "examples/shop/a.go", MAIN, "web/m.go", MAIN },
		  TARGET("./web") },
		{ "the name of the folder",
		  { "go.mod", "module x\n", "cmd/a/a.go", MAIN, "cmd/folder/a.go", MAIN },
		  TARGET("./cmd/folder") },
		{ "tools alone",
		  { "go.mod", "module x\n", "tools/b/a.go", MAIN, "tools/c/a.go", MAIN },
		  TARGET("./tools/b") },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_go, cases[i].files);

		cr_expect(strstr(text, cases[i].says), "%s: %s", cases[i].name, text);
	}
}

Test(go_choice, who_says_it_is_told)
{
	AUTO_ARENA a = { 0 };
	static const char *const files[] = {
		"go.mod", "module x\n", "cmd/a/a.go", MAIN,	    "cmd/b/b.go",
		MAIN,	  "cmd/c/c.go", MAIN,	      "Dockerfile", "RUN go build ./cmd/b\n",
		NULL
	};
	const char *chosen = own_project_chosen(&a, project_read_go, files, "program");
	const char *left = own_project_left(&a, project_read_go, files);

	cr_expect(strstr(chosen, "app/cmd/b: ") && strstr(chosen, "app/Dockerfile compiles it"),
		  "%s", chosen);
	cr_expect(strstr(left, "app/cmd/a, ") && strstr(left, "app/cmd/c are programs, too: the "),
		  "%s", left);
}

/* The folder that is named is "app"; what it needs stands beside it. */
Test(go_choice, the_folder_that_holds_all)
{
	static const struct {
		const char *name, *files[18], *says;
	} cases[] = {
		{ "a module of a workspace",
		  { "../go.work", "go 1.22\nuse (\n\t./app\n\t./lib\n)\n", "go.mod",
		    "module x/app\n", "cmd/b/b.go", MAIN, "../lib/go.mod", "module x/lib\n",
		    "../lib/main.go", MAIN },
		  "\"${destdir}/usr/bin/b\", \"./app/cmd/b\"]" },
		{ "the lock file of a workspace",
		  { "../go.work", "use ./app\n", "go.mod", "module x/app\n", "m.go", MAIN,
		    "../go.work.sum", "", "go.sum", "" },
		  "\"dependencies\": { \"lock\": \"go.work\" }" },
		{ "a workspace of others",
		  { "../go.work", "use ./lib\n", "go.mod", "module x/app\n", "m.go", MAIN },
		  "\"-ldflags=-s -w\", \"-o\", \"${destdir}/usr/bin/app\", \".\"]" },
		{ "a module beside it",
		  { "go.mod", "module x/shop\n\nreplace x/lib v1.0.0 => \"../lib\" // mine\n",
		    "m.go", MAIN, "../lib/go.mod", "module x/lib\n" },
		  "\"go\", \"build\", \"-C\", \"app\", \"-ldflags=-s -w\", \"-o\", "
		  "\"${destdir}/usr/bin/shop\", \".\"]" },
		{ "a module beside it, and packages of others",
		  { "go.mod", "module x/shop\nreplace x/lib => ../lib\n", "cmd/shop/m.go", MAIN,
		    "go.sum", "" },
		  "\"dependencies\": { \"lock\": \"app/go.sum\" },\n\"steps\": [\n{ \"name\": "
		  "\"build\", \"run\": [\"go\", \"build\", \"-C\", \"app\", \"-ldflags=-s -w\", "
		  "\"-o\", \"${destdir}/usr/bin/shop\", \"./cmd/shop\"]" },
		{ "a module beside it, and vendor/",
		  { "go.mod", "module x/shop\nreplace x/lib => ../lib\n", "m.go", MAIN,
		    "vendor/modules.txt", "" },
		  "\"ignore\": [\"!app/vendor/\"]" },
		{ "no module beside it",
		  { "go.mod", "module x/shop\nreplace x/lib => x/fork v1.0.0\n", "m.go", MAIN },
		  "\"go\", \"build\", \"-ldflags=-s -w\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_go, cases[i].files);

		cr_expect(strstr(text, cases[i].says), "%s: %s", cases[i].name, text);
	}
}

/* The go command refuses a module for a newer one. */
Test(go_choice, a_newer_go_is_refused)
{
	static const struct {
		const char *files[6], *says;
	} cases[] = {
		{ { "go.mod", "module x\n\ngo 1.25.0\n", "m.go", MAIN },
		  "app/go.mod:3: Go 1.25.0 is asked for, and the toolchain go is Debian 13's Go "
		  "1.24: go mod edit -go=1.24 says so, " },
		{ { "go.mod", "module x\ngo 1.26\n", "m.go", MAIN }, "app/go.mod:2: Go 1.26 is" },
		{ { "go.work", "go 1.30rc1\nuse .\n", "go.mod", "module x\n" },
		  "app/go.work:1: Go 1.30rc1 is asked for" },
		{ { "go.mod", "module x\ngo 1.24.9\ntoolchain go1.26.0\n", "m.go", MAIN },
		  "\"go\", \"build\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_go, cases[i].files);

		cr_expect(strstr(text, cases[i].says), "%zu: %s", i, text);
	}
}

/* images.json of the repository may name another. */
Test(go_choice, a_newer_toolchain_is_not_judged)
{
	AUTO_ARENA a = { 0 };
	static const char *const files[] = { "go.mod", "module x\n\ngo 1.26.0\n", "m.go", MAIN,
					     NULL };
	const char *dir = files_temporary(&a);

	files_put(arena_printf(&a, "%s/images.json", dir),
		  "{ \"toolchains\": { \"go\": { \"file\": \"go.json\" } } }\n");
	files_put(arena_printf(&a, "%s/go.json", dir),
		  "{ \"name\": \"go\", \"packages\": [\"golang-1.26-go\"] }\n");
	cr_assert_eq(chdir(dir), 0);
	cr_expect(strstr(own_project_texts(&a, project_read_go, files), "\"go\", \"build\""));
	files_put("go.json", "{ \"name\": \"go\", \"packages\": [\"golang-1.24-go\"] }\n");
	cr_expect(strstr(own_project_texts(&a, project_read_go, files), "Go 1.26.0 is asked for"));
	files_remove(dir);
}

/* A command is read once, also where its words look like others. */
Test(go_choice, a_command_of_many_words_ends)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	const char *files[] = { "go.mod", "module x\n", "cmd/a/a.go", MAIN, "cmd/b/b.go",
				MAIN,	  "Dockerfile", NULL,	      NULL };

	buf_puts(&text, "RUN ");
	for (size_t i = 0; i < 50000; i++)
		buf_puts(&text, "go build ");
	buf_puts(&text, "&& go build ./cmd/b\n");
	files[7] = buf_cstr(&text);
	cr_expect(strstr(own_project_texts(&a, project_read_go, files), TARGET("./cmd/b")));
}

/* "version dev" is what such programs say without it: fzf, mockery, fscrypt, gdu ... */
Test(go_choice, a_version_that_the_linker_sets_is_told)
{
	static const struct {
		const char *files[9], *says;
	} cases[] = {
		{ { "go.mod", "module x\n", "m.go", MAIN, "Makefile",
		    "F := -X main.commit=1 -X '$(P)/build.Version=1' \\\n"
		    " -ldflags \"-s -X 'x/config.SemVersion=v$(V)'\"\n" },
		  "/app/Makefile:2 tells the program its version when it is linked, and the recipe "
		  "does not: \"-ldflags=-s -w -X x/config.SemVersion=1.2.3\" in its step does" },
		{ { "go.mod", "module x\n", "m.go", MAIN, ".goreleaser.yml",
		    "builds:\n  - ldflags: -X main.version={{.Version}}\n", "Makefile",
		    "-X main.other_version=1\n" },
		  "-X main.version=1.2.3\" in its step does" },
	};
	static const char *const without[] = { "go.mod",   "module x\n",      "m.go", MAIN,
					       "Makefile", "-X main.version", NULL };
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *text = own_project_left(&a, project_read_go, cases[i].files);

		cr_expect(strstr(text, cases[i].says), "%zu: %s", i, text);
	}
	cr_expect_not(strstr(own_project_left(&a, project_read_go, without), "linked"));
}
