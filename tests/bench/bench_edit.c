/* SPDX-License-Identifier: Apache-2.0 */
/* The edit loop: one source file of a project of Go, Rust and C++ changes, and the next image is
 * built with --incremental; beside it the compiler's own incremental build of a copy, with the same
 * toolchain, and what hashing and compressing the new program takes. Prints medians of one run, in
 * seconds of the clock and of processors; the latter hold on a busy machine, too:
 * edit [ROUNDS [PROJECT]], in the root of the repository. */

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/parallel.h"
#include "format/archive/gzip.h"
#include "make/layer/layers.h"
#include "support/fixture_bench.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define GOAL 1.5 /* times hashing and compressing, besides the compiler's own time */
#define PARTS 12 /* source files besides the one that is edited */
#define FUNCTIONS 40
#define ROUNDS_MAX 99

struct edit_project {
	const char *name;
	const char *recipe;  /* of the source */
	const char *mark;    /* what only the root of its toolchain has */
	const char *env[12]; /* of its own build: names and values */
	const char *command[8];
	const char *program; /* that comes of it, below /build */
	const char *edited;
	void (*write)(struct arena *a, const char *code);
	const char *(*text)(struct arena *a, unsigned number); /* of the edited file */
};

struct edit_bench {
	struct arena a;
	const struct edit_project *p;
	const char *dir, *imgbuild, *root; /* of the project; the program; of the toolchain */
	unsigned
		number; /* of the last edit: no run before had it, whose results are in the store */
	size_t rounds;
	struct edit_costs {
		double wall[ROUNDS_MAX], cpu[ROUNDS_MAX];
	} own, layer, image, audited;
};

static void edit_put(struct arena *a, const char *code, const char *name, const struct buf *text)
{
	files_put(arena_printf(a, "%s/%s", code, name), buf_cstr(text));
}

static void edit_write_go(struct arena *a, const char *code)
{
	files_put(arena_printf(a, "%s/go.mod", code), "module edit.test/app\n\ngo 1.22\n");
	for (unsigned i = 0; i < PARTS; i++) {
		struct buf out = { .a = a };

		buf_printf(&out, "package p%u\n\nimport (\n\t\"encoding/json\"\n\t\"strings\"\n)\n",
			   i);
		for (unsigned f = 0; f < FUNCTIONS; f++)
			buf_printf(&out,
				   "\nfunc F%u(s string) string {\n\tb, _ := json.Marshal("
				   "map[string]int{s: %u})\n\treturn strings.ToUpper(string(b))\n"
				   "}\n",
				   f, f);
		edit_put(a, code, arena_printf(a, "p%u/p.go", i), &out);
	}
}

static const char *edit_text_go(struct arena *a, unsigned number)
{
	struct buf out = { .a = a };

	buf_puts(&out, "package main\n\nimport (\n\t\"fmt\"\n\t\"net/http\"\n\n");
	for (unsigned i = 0; i < PARTS; i++)
		buf_printf(&out, "\t\"edit.test/app/p%u\"\n", i);
	buf_printf(&out, ")\n\nfunc main() {\n\ts := \"%u\"\n", number);
	for (unsigned i = 0; i < PARTS * FUNCTIONS; i++)
		buf_printf(&out, "\ts = p%u.F%u(s[:1])\n", i / FUNCTIONS, i % FUNCTIONS);
	buf_puts(&out, "\tfmt.Println(s, http.ListenAndServe(s, nil))\n}\n");
	return buf_cstr(&out);
}

static void edit_write_rust(struct arena *a, const char *code)
{
	files_put(arena_printf(a, "%s/Cargo.toml", code),
		  "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
	files_put(arena_printf(a, "%s/Cargo.lock", code),
		  "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n");
	for (unsigned i = 0; i < PARTS; i++) {
		struct buf out = { .a = a };

		buf_puts(&out, "use std::collections::BTreeMap;\n");
		for (unsigned f = 0; f < FUNCTIONS; f++)
			buf_printf(&out,
				   "\npub fn f%u(s: &str) -> String {\n    let mut m = "
				   "BTreeMap::new();\n    m.insert(s.to_string(), vec![%u; %u]);\n"
				   "    format!(\"{:?}\", m)\n}\n",
				   f, f, f + 1);
		edit_put(a, code, arena_printf(a, "src/p%u.rs", i), &out);
	}
}

static const char *edit_text_rust(struct arena *a, unsigned number)
{
	struct buf out = { .a = a };

	for (unsigned i = 0; i < PARTS; i++)
		buf_printf(&out, "mod p%u;\n", i);
	buf_printf(&out, "\nfn main() {\n    let mut s = String::from(\"%u\");\n", number);
	for (unsigned i = 0; i < PARTS * FUNCTIONS; i++)
		buf_printf(&out, "    s = p%u::f%u(&s[..1]);\n", i / FUNCTIONS, i % FUNCTIONS);
	buf_puts(&out, "    println!(\"{}\", s);\n}\n");
	return buf_cstr(&out);
}

static void edit_write_cxx(struct arena *a, const char *code)
{
	files_put(arena_printf(a, "%s/Makefile", code),
		  "OBJ := $(patsubst %.cc,%.o,$(sort $(wildcard *.cc)))\n"
		  "CXXFLAGS := -O2\n\napp: $(OBJ)\n\t$(CXX) -s -o $@ $(OBJ)\n\n"
		  "$(OBJ): %.o: %.cc\n\t$(CXX) $(CXXFLAGS) -c -o $@ $<\n");
	for (unsigned i = 0; i < PARTS; i++) {
		struct buf out = { .a = a };

		buf_puts(&out, "#include <map>\n#include <sstream>\n#include <string>\n");
		for (unsigned f = 0; f < FUNCTIONS; f++)
			buf_printf(&out,
				   "\nstd::string p%u_f%u(const std::string &s)\n{\n"
				   "\tstd::map<std::string, int> m{ { s, %u } };\n"
				   "\tstd::ostringstream o;\n\n"
				   "\tfor (auto &x : m)\n\t\to << x.first << x.second;\n"
				   "\treturn o.str();\n}\n",
				   i, f, f);
		edit_put(a, code, arena_printf(a, "p%u.cc", i), &out);
	}
}

static const char *edit_text_cxx(struct arena *a, unsigned number)
{
	struct buf out = { .a = a };

	buf_puts(&out, "#include <iostream>\n#include <string>\n\n");
	for (unsigned i = 0; i < PARTS * FUNCTIONS; i++)
		buf_printf(&out, "std::string p%u_f%u(const std::string &);\n", i / FUNCTIONS,
			   i % FUNCTIONS);
	buf_printf(&out, "\nint main()\n{\n\tstd::string s = \"%u\";\n\n", number);
	for (unsigned i = 0; i < PARTS * FUNCTIONS; i++)
		buf_printf(&out, "\ts = p%u_f%u(s.substr(0, 1));\n", i / FUNCTIONS, i % FUNCTIONS);
	buf_puts(&out, "\tstd::cout << s << \"\\n\";\n}\n");
	return buf_cstr(&out);
}

#define INSTALL "{ \"name\": \"install\", \"run\": [\"install\", \"-D\", "

static const struct edit_project edit_projects[] = {
	{ "Go",
	  "\"toolchain\": \"go\", \"steps\": [ { \"name\": \"build\", \"run\": [\"go\", \"build\", "
	  "\"-ldflags=-s -w\", \"-o\", \"${destdir}/usr/bin/app\", \".\"] } ]",
	  "usr/lib/go-1.24/bin/go",
	  { "GOROOT", "/usr/lib/go-1.24", "GOCACHE", "/build/cache", "GOPATH", "/build/go",
	    "GOFLAGS", "-trimpath -buildvcs=false", "CGO_ENABLED", "0" },
	  { "go", "build", "-ldflags=-s -w", "-o", "/build/app", "." },
	  "app",
	  "main.go",
	  edit_write_go,
	  edit_text_go },
	{ "Rust",
	  "\"toolchain\": \"rust\", \"steps\": [ { \"name\": \"build\", \"run\": [\"cargo\", "
	  "\"build\", \"--release\", \"--offline\", \"--locked\"] }, " INSTALL
	  "\"${cargo-release}/app\", \"${destdir}/usr/bin/app\"] } ]",
	  "usr/bin/cargo",
	  { "CARGO_HOME", "/build/cargo", "CARGO_INCREMENTAL", "1" },
	  { "cargo", "build", "--quiet", "--release", "--offline", "--locked" },
	  "code/target/release/app",
	  "src/main.rs",
	  edit_write_rust,
	  edit_text_rust },
	{ "C++",
	  "\"toolchain\": \"cxx\", \"steps\": [ { \"name\": \"build\", \"run\": [\"make\", \"-j\", "
	  "\"${jobs}\"] }, " INSTALL "\"app\", \"${destdir}/usr/bin/app\"] } ]",
	  "usr/bin/g++",
	  { "CXX", "g++" },
	  { "make", "-j2" },
	  "code/app",
	  "main.cc",
	  edit_write_cxx,
	  edit_text_cxx },
};

/* The root that imgbuild laid out for the toolchain. */
static const char *edit_find_root(struct edit_bench *b)
{
	const char *store = getenv("IMGBUILD_CACHE_DIR"), *home = getenv("HOME"), *root;
	glob_t found;

	store = store && store[0] ? store : arena_printf(&b->a, "%s/.cache/imgbuild", home);
	if (glob(arena_printf(&b->a, "%s/roots/*/%s", store, b->p->mark), 0, NULL, &found) != 0)
		bench_die(arena_printf(&b->a, "no toolchain of %s in %s", b->p->name, store));
	root = arena_strndup(&b->a, found.gl_pathv[0],
			     strlen(found.gl_pathv[0]) - strlen(b->p->mark) - 1);
	globfree(&found);
	return root;
}

/* Both copies of the file, otherwise than ever before. */
static void edit_change(struct edit_bench *b)
{
	const char *text = b->p->text(&b->a, ++b->number);

	files_put(arena_printf(&b->a, "%s/code/%s", b->dir, b->p->edited), text);
	files_put(arena_printf(&b->a, "%s/own/code/%s", b->dir, b->p->edited), text);
}

static struct bench_usage edit_run_own(struct edit_bench *b)
{
	const char *const box[] = { "bwrap",   "--ro-bind",	b->root,       "/",
				    "--dev",   "/dev",		"--proc",      "/proc",
				    "--tmpfs", "/tmp",		"--bind",      "own",
				    "/build",  "--chdir",	"/build/code", "--setenv",
				    "PATH",    "/usr/bin:/bin", "--setenv",    "HOME",
				    "/build" };
	struct bench_usage use = { 0 };
	struct strings argv = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(box); i++)
		*list_push(&b->a, &argv) = box[i];
	for (size_t i = 0; i < ARRAY_SIZE(b->p->env) && b->p->env[i]; i += 2) {
		*list_push(&b->a, &argv) = "--setenv";
		*list_push(&b->a, &argv) = b->p->env[i];
		*list_push(&b->a, &argv) = b->p->env[i + 1];
	}
	for (size_t i = 0; i < ARRAY_SIZE(b->p->command) && b->p->command[i]; i++)
		*list_push(&b->a, &argv) = b->p->command[i];
	*list_push(&b->a, &argv) = NULL;
	bench_run(b->dir, argv.v, &use);
	return use;
}

static struct bench_usage edit_run_image(struct edit_bench *b, const char *option)
{
	struct bench_usage use = { 0 };

	bench_run(b->dir,
		  (const char *const[]){ b->imgbuild, "--progress=quiet", "--incremental",
					 "recipe.json", option, NULL },
		  &use);
	return use;
}

static bool edit_sink_write(struct sink *s, struct str chunk, struct error *e)
{
	(void)s;
	(void)e;
	return chunk.n > 0;
}

static bool edit_sink_finish(struct sink *s, struct error *e)
{
	(void)s;
	(void)e;
	return true;
}

static double edit_processor(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The digest of the bytes, and that of what they are compressed to. */
static struct bench_usage edit_run_layer(struct edit_bench *b)
{
	AUTO_ARENA a = { 0 };
	const char *path = arena_printf(&a, "%s/own/%s", b->dir, b->p->program);
	const struct compressor with = compressor_host(COMPRESS_GZIP);
	struct sink nowhere = { edit_sink_write, edit_sink_finish };
	struct digest_sink packed;
	AUTO_GZIP g = { .live = false };
	struct digest plain;
	struct error e = { 0 };
	struct str text;
	double start = bench_now(), cpu = edit_processor();

	digest_sink_init(&packed, &nowhere);
	if (!io_read_file(&a, AT_FDCWD, path, SIZE_MAX, &text, &e) ||
	    !gzip_sink_init(&a, &g, &with.gzip, &packed.base, parallel_cpus(), &e))
		bench_give_up(&e);
	plain = digest_of(text);
	if (!g.base.write(&g.base, text, &e) || !g.base.finish(&g.base, &e) ||
	    digest_eq(&plain, &packed.digest))
		bench_give_up(&e);
	return (struct bench_usage){ .wall = (bench_now() - start) / 1e3,
				     .cpu = edit_processor() - cpu };
}

static void edit_open(struct edit_bench *b)
{
	const char *code;

	b->dir = files_temporary(&b->a);
	code = arena_printf(&b->a, "%s/code", b->dir);
	b->p->write(&b->a, code);
	files_put(arena_printf(&b->a, "%s/images.json", b->dir), "{}\n");
	files_put(arena_printf(&b->a, "%s/app.json", b->dir),
		  arena_printf(&b->a,
			       "{ \"name\": \"app\", \"folder\": \"code\", %s,\n"
			       "  \"keep\": [\"/usr/bin/app\"] }\n",
			       b->p->recipe));
	files_put(
		arena_printf(&b->a, "%s/recipe.json", b->dir),
		"{ \"name\": \"edit\", \"base\": \"cc\",\n"
		"  \"components\": [ { \"name\": \"app\", \"providers\": [ { \"source\": "
		"\"app.json\" } ] } ],\n"
		"  \"config\": { \"entrypoint\": [\"/usr/bin/app\"], \"user\": \"65532:65532\" },\n"
		"  \"audit\": { \"policy\": \"report-only\" } }\n");
	ORACLE(&b->a, "mkdir", arena_printf(&b->a, "%s/own", b->dir));
	ORACLE(&b->a, "cp", "--recursive", code, arena_printf(&b->a, "%s/own/code", b->dir));
}

static int edit_compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double edit_median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), edit_compare);
	return v[n / 2];
}

static void edit_report_one(const struct edit_project *p, const char *what, double own,
			    double layer, double image, double audited)
{
	double may = own + GOAL * layer;

	printf("edit %-5s %-10s own build %6.3f s, hash and compress %5.3f s: %6.3f s allowed\n",
	       p->name, what, own, layer, may);
	printf("%21s image     %6.3f s, %4.2f of what is allowed: %s; with audit %6.3f s, %4.2f\n",
	       "", image, image / may, image <= may ? "met" : "missed", audited, audited / may);
}

static void edit_report(struct edit_bench *b)
{
	size_t n = b->rounds;

	edit_report_one(b->p, "clock", edit_median(b->own.wall, n), edit_median(b->layer.wall, n),
			edit_median(b->image.wall, n), edit_median(b->audited.wall, n));
	edit_report_one(b->p, "processors", edit_median(b->own.cpu, n),
			edit_median(b->layer.cpu, n), edit_median(b->image.cpu, n),
			edit_median(b->audited.cpu, n));
	fflush(stdout);
}

static void edit_note(struct edit_costs *c, size_t i, struct bench_usage use)
{
	c->wall[i] = use.wall;
	c->cpu[i] = use.cpu;
}

/* What each takes anew is changed before each. */
static void edit_measure(struct edit_bench *b)
{
	edit_change(b);
	edit_run_image(b, "--no-audit");
	b->root = edit_find_root(b);
	edit_run_own(b);
	for (size_t i = 0; i < b->rounds; i++) {
		edit_change(b);
		edit_note(&b->own, i, edit_run_own(b));
		edit_note(&b->layer, i, edit_run_layer(b));
		edit_note(&b->image, i, edit_run_image(b, "--no-audit"));
		edit_change(b);
		edit_note(&b->audited, i, edit_run_image(b, NULL));
	}
}

int main(int argc, char **argv)
{
	size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 7;
	char program[4096];

	if (!realpath("imgbuild", program))
		bench_die("./imgbuild");
	for (size_t i = 0; i < ARRAY_SIZE(edit_projects); i++) {
		struct edit_bench b = { .p = &edit_projects[i],
					.imgbuild = program,
					.number = (unsigned)time(NULL),
					.rounds = rounds && rounds < ROUNDS_MAX ? rounds : 7 };

		if (argc > 2 && strcmp(argv[2], b.p->name) != 0)
			continue;
		edit_open(&b);
		edit_measure(&b);
		edit_report(&b);
		files_remove(b.dir);
		arena_free(&b.a);
	}
	return 0;
}
