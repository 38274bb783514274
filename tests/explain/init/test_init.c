/* SPDX-License-Identifier: Apache-2.0 */
/* What imgbuild init refuses before it asks any archive, as a user sees it. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

struct init_case {
	const char *words; /* behind "imgbuild init" */
	const char *file;  /* that stands in the folder, or NULL */
	int status;
	const char *says;
};

static const struct init_case cases[] = {
	{ "jq", "images.json", 3,
	  "images.json is there already, and imgbuild init overwrites nothing: this folder is a repository" },
	{ "jq", "recipes/jq.json", 3, "recipes/jq.json is there already" },
	{ "jq", "recipes/jq.lock.json", 3, "recipes/jq.lock.json is there already" },
	{ "jq", "out/jq", 3,
	  "out/jq is there already, and imgbuild init overwrites nothing: move it away, choose another name with --name" },
	{ "jq", "rootfs/jq", 3, "rootfs/jq is there already" },
	{ "--ci gitlab jq", ".gitlab-ci.yml", 3, ".gitlab-ci.yml is there already" },
	{ "--ci github jq", ".github/workflows/image.yml", 3,
	  ".github/workflows/image.yml is there already" },
	{ "--ci jenkins jq", NULL, 2, "--ci is github or gitlab" },
	{ "--name a/b jq", NULL, 2, "--name a/b: an image's name here is lower-case letters" },
	{ "No_Package", NULL, 2, "\"No_Package\" is not the name of a Debian package" },
	{ "--program ./app jq", "app", 2, "--program or packages, not both" },
	{ "--program ./nothing", NULL, 3,
	  "./nothing is not a file: --program names a compiled program" },
	{ "--program /bin/true", NULL, 3, "/bin/true is outside of this folder: copy it here" },
	{ "--program ./app", "app", 3, "./app is not a compiled program: it is not an ELF file" },
	{ "jq", "recipes", 3,
	  "recipes/jq.json cannot be written, for a part of this path is a file: move it away" },
	{ "jq", "rootfs", 3, "rootfs/jq cannot be written, for a part of this path is a file" },
	{ "jq", "locks", 3,
	  "locks/tools.lock.json cannot be written, for a part of this path is a file" },
};

static void check_refusal(struct arena *a, const char *program, const struct init_case *c)
{
	const char *dir = files_temporary(a), *before, *after;
	const char *list = arena_printf(a, "cd %s && find . | sort", dir);
	struct oracle_run r;

	if (c->file)
		files_put(arena_printf(a, "%s/%s", dir, c->file), "mine\n");
	before = str_dup(a, ORACLE(a, "sh", "-c", list));
	r = oracle_run(
		a,
		(const char *const[]){
			"sh", "-c",
			arena_printf(
				a,
				"cd %s && %s --progress=quiet --cache-dir %s/../init-store-of-tests init %s",
				dir, program, dir, c->words),
			NULL });
	cr_expect_eq(r.status, c->status, "%s: %d %s", c->words, r.status, r.err.p);
	cr_expect(strstr(r.err.p, c->says), "%s: %s", c->words, r.err.p);
	after = str_dup(a, ORACLE(a, "sh", "-c", list));
	cr_expect_str_eq(after, before, "%s", c->words);
	if (c->file)
		cr_expect_str_eq(files_get(a, arena_printf(a, "%s/%s", dir, c->file)), "mine\n");
	files_remove(dir);
}

Test(init, what_is_there_is_never_overwritten_and_words_are_checked)
{
	AUTO_ARENA a = { 0 };
	char here[4096];

	cr_assert(getcwd(here, sizeof(here)));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_refusal(&a, arena_printf(&a, "%s/imgbuild", here), &cases[i]);
}

/* What is no program is told by its first bytes, which gcc and a shell made. */
Test(init, files_that_are_no_programs_are_told_apart)
{
	static const struct {
		const char *make, *says;
	} files[] = {
		{ ": > f", "f is empty" },
		{ "printf '#!/bin/sh\n' > f",
		  "f is a script, and --program is for compiled programs" },
		{ "echo 'int x;' | gcc -xc -shared -fPIC -o f -",
		  "f is a shared library, not a program" },
		{ "echo 'int x;' | gcc -xc -c -o f -",
		  "f is an object file or the like: link a program of it" },
	};
	AUTO_ARENA a = { 0 };
	char here[4096];

	oracle_need("gcc");
	cr_assert(getcwd(here, sizeof(here)));
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const char *dir = files_temporary(&a);
		struct oracle_run r;

		ORACLE(&a, "sh", "-c", arena_printf(&a, "cd %s && %s", dir, files[i].make));
		r = oracle_run(
			&a, (const char *const[]){
				    "sh", "-c",
				    arena_printf(&a,
						 "cd %s && %s/imgbuild --cache-dir %s/store init "
						 "--program f",
						 dir, here, dir),
				    NULL });
		cr_expect_eq(r.status, 3, "%s: %s", files[i].make, r.err.p);
		cr_expect(strstr(r.err.p, files[i].says), "%s: %s", files[i].make, r.err.p);
		files_remove(dir);
	}
}
