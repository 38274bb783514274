/* SPDX-License-Identifier: Apache-2.0 */
/* Real compilers and their caches: what comes out is of the source as it is. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_project.h"
#include "e2e/fixture_run.h"
#include "support/fixture_files.h"

struct stale_project {
	struct arena a;
	const char *dir;
	unsigned builds;
};

static void stale_put(struct stale_project *p, const char *name, const char *text)
{
	files_put(arena_printf(&p->a, "%s/code/%s", p->dir, name), text);
}

static void stale_open(struct stale_project *p, const char *toolchain, const char *steps)
{
	*p = (struct stale_project){ .dir = NULL };
	run_needs_time();
	unsetenv("CI");
	p->dir = files_temporary(&p->a);
	files_put(arena_printf(&p->a, "%s/app.json", p->dir),
		  arena_printf(&p->a,
			       "{ \"name\": \"stale-%s\", \"folder\": \"code\", \"toolchain\": "
			       "\"%s\",\n\"steps\": [ %s ],\n\"keep\": [\"/usr/bin/app\"] }\n",
			       toolchain, toolchain, steps));
	files_put(arena_printf(&p->a, "%s/recipe.json", p->dir),
		  "{ \"name\": \"stale\", \"base\": \"cc\",\n\"components\": [ { \"name\": "
		  "\"app\", \"providers\": [ { \"source\": \"app.json\" } ] } ],\n"
		  "\"config\": { \"entrypoint\": [\"/usr/bin/app\"], \"user\": \"65532:65532\" } "
		  "}\n");
}

/* Builds, with another key each time and bytes that no build before can have had. */
static void stale_expect(struct stale_project *p, const char *option, const char *word)
{
	const char *out = arena_printf(&p->a, "%s/out", p->dir), *root, *program;
	const char *unpacked = files_temporary(&p->a);
	struct oracle_run r;

	stale_put(p, "README", arena_printf(&p->a, "%s %u", p->dir, p->builds++));
	r = IMGBUILD(&p->a, "--progress=plain", "--no-audit",
		     arena_printf(&p->a, "%s/recipe.json", p->dir), "-o", out, option);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	root = image_unpack(&p->a, unpacked, out, "stale");
	program = arena_printf(&p->a, "%s/usr/bin/app", root);
	r = oracle_run(&p->a, (const char *const[]){ "grep", "-q", "-a", word, program, NULL });
	cr_expect_eq(r.status, 0, "build %u does not say %s", p->builds, word);
	files_remove(unpacked);
}

static void stale_close(struct stale_project *p)
{
	files_remove(p->dir);
	arena_free(&p->a);
}

/* Names and sizes are the same: go keeps what it read of a folder. */
Test(stale_objects, go_sees_a_build_constraint_of_the_same_length, .timeout = 1800)
{
	struct stale_project p;

	stale_open(&p, "go",
		   "{ \"name\": \"build\", \"run\": [\"go\", \"build\", \"-o\", "
		   "\"${destdir}/usr/bin/app\", \".\"] }");
	stale_put(&p, "go.mod", "module example.com/app\n\ngo 1.24\n");
	stale_put(&p, "main.go", "package main\n\nfunc main() { println(word) }\n");
	stale_put(&p, "one.go",
		  "//go:build linux\n\npackage main\n\nconst word = \"word-of-one\"\n");
	stale_put(&p, "two.go",
		  "//go:build plan9\n\npackage main\n\nconst word = \"word-of-two\"\n");
	stale_expect(&p, "--incremental", "word-of-one");
	stale_put(&p, "one.go",
		  "//go:build plan9\n\npackage main\n\nconst word = \"word-of-one\"\n");
	stale_put(&p, "two.go",
		  "//go:build linux\n\npackage main\n\nconst word = \"word-of-two\"\n");
	stale_expect(&p, "--incremental", "word-of-two");
	stale_close(&p);
}

/* As old as what is saved between the copy of the sources and the start of rustc. */
Test(stale_objects, cargo_sees_a_file_that_is_older_than_its_object, .timeout = 1800)
{
	struct stale_project p;
	const char *file;
	struct stat st;

	stale_open(&p, "rust",
		   "{ \"name\": \"build\", \"run\": [\"cargo\", \"build\", \"--release\", "
		   "\"--offline\"] },\n{ \"name\": \"install\", \"run\": [\"install\", \"-D\", "
		   "\"target/release/says\", \"${destdir}/usr/bin/app\"] }");
	stale_put(&p, "Cargo.toml",
		  "[package]\nname = \"says\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
	stale_put(&p, "Cargo.lock",
		  "version = 4\n\n[[package]]\nname = \"says\"\nversion = \"0.1.0\"\n");
	stale_put(&p, "src/main.rs", "fn main() { println!(\"word-of-one\"); }\n");
	file = arena_printf(&p.a, "%s/code/src/main.rs", p.dir);
	cr_assert_eq(stat(file, &st), 0);
	stale_expect(&p, "--incremental", "word-of-one");
	stale_put(&p, "src/main.rs", "fn main() { println!(\"word-of-two\"); }\n");
	cr_assert_eq(utimensat(AT_FDCWD, file, (const struct timespec[]){ st.st_atim, st.st_mtim },
			       0),
		     0);
	stale_expect(&p, "--incremental", "word-of-two");
	stale_close(&p);
}

/* With a pause in which the headers become old enough for ccache to remember them. */
Test(stale_objects, ccache_sees_a_new_header_that_comes_first, .timeout = 1800)
{
	struct stale_project p;

	stale_open(&p, "cmake",
		   "{ \"name\": \"pause\", \"run\": [\"sleep\", \"2\"] },\n"
		   "{ \"name\": \"compile\", \"run\": [\"gcc\", \"-Ifirst\", \"-Isecond\", "
		   "\"-c\", \"main.c\"] },\n{ \"name\": \"link\", \"run\": [\"gcc\", \"-o\", "
		   "\"${destdir}/usr/bin/app\", \"main.o\"] }");
	setenv("IMGBUILD_LAUNCHER", "ccache", 1);
	stale_put(&p, "main.c",
		  arena_printf(&p.a,
			       "/* %s */\n#include <stdio.h>\n#include <word.h>\n"
			       "int main(void) { return puts(WORD) < 0; }\n",
			       p.dir));
	stale_put(&p, "first/other.h", "");
	stale_put(&p, "second/word.h", "#define WORD \"word-of-second\"\n");
	stale_expect(&p, NULL, "word-of-second");
	stale_expect(&p, NULL, "word-of-second");
	stale_put(&p, "first/word.h", "#define WORD \"word-of-first\"\n");
	stale_expect(&p, NULL, "word-of-first");
	unsetenv("IMGBUILD_LAUNCHER");
	stale_close(&p);
}
