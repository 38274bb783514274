/* SPDX-License-Identifier: Apache-2.0 */
/* Caches of compilers: read with --incremental, never by a build that did not ask for them. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/digest.h"
#include "e2e/fixture_image.h"
#include "e2e/fixture_project.h"
#include "e2e/fixture_run.h"
#include "support/fixture_files.h"

/* Changes a word in every file below a folder, in place and of the same length: a wrong object, for
 * which the compiler's cache has no other proof than its time. */
static const char incremental_tamper[] =
	"import os, sys\n"
	"n = 0\n"
	"for d, dirs, names in os.walk(sys.argv[1]):\n"
	"    for f in names:\n"
	"        with open(d + '/' + f, 'r+b') as file:\n"
	"            old = file.read()\n"
	"            new = old.replace(sys.argv[2].encode(), sys.argv[3].encode())\n"
	"            if new != old:\n"
	"                s, n = os.fstat(file.fileno()), n + 1\n"
	"                file.seek(0)\n"
	"                file.write(new)\n"
	"                file.flush()\n"
	"                os.utime(file.fileno(), ns=(s.st_atime_ns, s.st_mtime_ns))\n"
	"print(n, end='')\n";

struct incremental_project {
	struct arena a;
	const char *dir;
};

/* A package of cargo that says a word, in a repository of its own, with a store of its own. */
static void incremental_project_open(struct incremental_project *p)
{
	*p = (struct incremental_project){ .dir = NULL };
	p->dir = files_temporary(&p->a);
	files_put(arena_printf(&p->a, "%s/code/Cargo.toml", p->dir),
		  "[package]\nname = \"says\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
	files_put(arena_printf(&p->a, "%s/code/Cargo.lock", p->dir),
		  "version = 4\n\n[[package]]\nname = \"says\"\nversion = \"0.1.0\"\n");
	files_put(arena_printf(&p->a, "%s/code/src/main.rs", p->dir),
		  "fn main() { println!(\"the-right-word\"); }\n");
	files_put(
		arena_printf(&p->a, "%s/app.json", p->dir),
		"{ \"name\": \"says-a-word\", \"folder\": \"code\", \"toolchain\": \"rust\",\n"
		"\"env\": { \"SAYS\": \"0\" },\n"
		"\"steps\": [ { \"name\": \"build\", \"run\": [\"cargo\", \"build\", \"--release\", "
		"\"--offline\"] },\n{ \"name\": \"install\", \"run\": [\"install\", \"-D\", "
		"\"target/release/says\", \"${destdir}/usr/bin/says\"] } ],\n"
		"\"keep\": [\"/usr/bin/says\"] }\n");
	files_put(
		arena_printf(&p->a, "%s/recipe.json", p->dir),
		"{ \"name\": \"says\", \"base\": \"cc\",\n\"components\": [ { \"name\": \"app\", "
		"\"providers\": [ { \"source\": \"app.json\" } ] } ],\n"
		"\"config\": { \"entrypoint\": [\"/usr/bin/says\"], \"user\": \"65532:65532\" } }\n");
}

static struct oracle_run incremental_build(struct incremental_project *p, const char *option)
{
	return IMGBUILD(&p->a, "--progress=plain", "--no-audit",
			arena_printf(&p->a, "%s/recipe.json", p->dir), "-o",
			arena_printf(&p->a, "%s/out", p->dir), option);
}

/* What the image's program has in it. */
static bool incremental_has(struct incremental_project *p, const char *option, const char *word)
{
	struct oracle_run r = incremental_build(p, option);
	const char *dir = files_temporary(&p->a), *root, *program;
	bool has;

	cr_assert_eq(r.status, 0, "%s: %s", option ? option : "", r.err.p);
	root = image_unpack(&p->a, dir, arena_printf(&p->a, "%s/out", p->dir), "says");
	program = arena_printf(&p->a, "%s/usr/bin/says", root);
	has = oracle_run(&p->a,
			 (const char *const[]){ "grep", "--quiet", "--text", word, program, NULL })
		      .status == 0;
	files_remove(dir);
	return has;
}

static const char *incremental_folder(struct incremental_project *p)
{
	const char *store = getenv("IMGBUILD_CACHE_DIR"), *home = getenv("HOME");
	char *code = realpath(arena_printf(&p->a, "%s/code", p->dir), NULL);
	struct digest place = digest_of(str_of(code));

	free(code);
	store = store && store[0] ? store : arena_printf(&p->a, "%s/.cache/imgbuild", home);
	return arena_printf(&p->a, "%s/incremental/says-a-word-%.12s.amd64", store,
			    digest_hex_dup(&p->a, &place));
}

Test(compiler_caches, a_wrong_object_in_the_cache_is_not_taken_by_locked, .timeout = 1800)
{
	struct incremental_project p;
	struct str changed;

	run_needs_time();
	unsetenv("CI");
	incremental_project_open(&p);
	/* bytes that no build before can have had */
	files_put(arena_printf(&p.a, "%s/code/README", p.dir), p.dir);
	cr_expect(incremental_has(&p, "--incremental", "the-right-word"));
	cr_expect(
		strstr(files_get(&p.a, arena_printf(&p.a, "%s/out.attest/provenance.json", p.dir)),
		       "\"incremental\":true"));
	changed = ORACLE(&p.a, "python3", "-c", incremental_tamper, incremental_folder(&p),
			 "the-right-word", "the-wrong-word");
	cr_assert_str_neq(changed.p, "0");
	/* another key, of which the compiler reads nothing: the cache decides */
	files_put(arena_printf(&p.a, "%s/code/README", p.dir), arena_printf(&p.a, "%s 2", p.dir));
	cr_expect(incremental_has(&p, "--incremental", "the-wrong-word"),
		  "the cache was not read: this test shows nothing");
	cr_expect(incremental_has(&p, "--locked", "the-right-word"));
	cr_expect(
		strstr(files_get(&p.a, arena_printf(&p.a, "%s/out.attest/provenance.json", p.dir)),
		       "\"incremental\":false"));
	/* what was compiled without caches goes first from now on */
	cr_expect(incremental_has(&p, "--incremental", "the-right-word"));
	files_put(arena_printf(&p.a, "%s/code/README", p.dir), arena_printf(&p.a, "%s 3", p.dir));
	setenv("CI", "true", 1);
	cr_expect(incremental_has(&p, "--incremental", "the-right-word"));
	unsetenv("CI");
	files_remove(incremental_folder(&p));
	files_remove(p.dir);
	arena_free(&p.a);
}

Test(compiler_caches, words_that_do_not_go_together, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct oracle_run r = IMGBUILD(&a, "--locked", "--incremental", "recipes/hello.json");

	cr_expect_eq(r.status, 2);
	cr_expect(strstr(r.err.p,
			 "build: --locked reads no cache of a compiler: leave out --incremental"),
		  "%s", r.err.p);
}

/* The digest of the image when its program says `word`. */
static const char *incremental_digest(struct incremental_project *p, const char *option,
				      const char *word)
{
	struct oracle_run r;
	const char *at;

	files_put(arena_printf(&p->a, "%s/code/src/main.rs", p->dir),
		  arena_printf(&p->a, "mod say;\nfn main() { say::say(\"%s\"); }\n", word));
	r = incremental_build(p, option);
	at = strstr(r.out.p, "sha256:");
	cr_assert(r.status == 0 && at, "%d: %s%s", r.status, r.out.p, r.err.p);
	return arena_strndup(&p->a, at, strlen("sha256:") + 64);
}

/* rustc divides a program otherwise when it keeps its parts (decision 116). */
Test(compiler_caches, a_program_of_rust_without_parts_has_the_bytes_of_a_build_without,
     .timeout = 1800)
{
	struct incremental_project p;
	const char *source, *first, *edited;

	unsetenv("CI");
	incremental_project_open(&p);
	source = arena_printf(&p.a, "%s/app.json", p.dir);
	ORACLE(&p.a, "sed", "--in-place", "s/SAYS/CARGO_INCREMENTAL/", source);
	files_put(arena_printf(&p.a, "%s/code/README", p.dir), p.dir);
	files_put(arena_printf(&p.a, "%s/code/src/say.rs", p.dir),
		  "pub fn say<T: std::fmt::Debug>(x: T) { println!(\"says {x:?}\"); }\n");
	first = incremental_digest(&p, "--incremental", "one");
	edited = incremental_digest(&p, "--incremental", "two");
	cr_expect_str_neq(first, edited);
	cr_expect_str_eq(incremental_digest(&p, NULL, "two"), edited);
	/* another key, and the program that was there first */
	files_put(arena_printf(&p.a, "%s/code/README", p.dir), arena_printf(&p.a, "%s 2", p.dir));
	cr_expect_str_eq(incremental_digest(&p, "--incremental", "one"), first);
	files_put(arena_printf(&p.a, "%s/code/README", p.dir), arena_printf(&p.a, "%s 3", p.dir));
	cr_expect_str_eq(incremental_digest(&p, NULL, "one"), first);
	files_remove(incremental_folder(&p));
	files_remove(p.dir);
	arena_free(&p.a);
}
