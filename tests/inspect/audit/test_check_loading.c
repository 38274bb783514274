/* SPDX-License-Identifier: Apache-2.0 */
/* Does it load? Our answer from headers alone, and that of glibc's loader with LD_BIND_NOW, for
 * programs that work and programs broken on purpose. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "inspect/audit/audit.h"
#include "inspect/audit/rules.h"
#include "support/fixture_elfroot.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/gen_image.h"

#define LIB "usr/lib/x86_64-linux-gnu/"

/* What a library is linked with first, and what stands in the image in its place afterwards. */
struct loading_scene {
	const char *name;
	const char *first, *then;   /* sources of libfirst.so; then NULL: as it was, "": gone */
	const char *map, *then_map; /* version scripts, or NULL */
	const char *second;	    /* source of libsecond.so, which needs libfirst.so; or NULL */
	const char *program;
	const char *rule; /* of the finding; NULL: it works */
};

#define MAIN(body) "int main(void) { " body " }\n"
#define ONE "int one(void) { return 0; }\n"

static const struct loading_scene scenes[] = {
	{ "it works", ONE, NULL, NULL, NULL, NULL, "int one(void);\n" MAIN("return one();"), NULL },
	{ "the library is gone", ONE, "", NULL, NULL, NULL,
	  "int one(void);\n" MAIN("return one();"), "elf.library-missing" },
	{ "a function is gone", ONE "int two(void) { return 0; }\n", ONE, NULL, NULL, NULL,
	  "int one(void), two(void);\n" MAIN("return one() + two();"), "elf.symbol-missing" },
	{ "a variable is gone", ONE "int value;\n", ONE, NULL, NULL, NULL,
	  "int one(void); extern int value;\n" MAIN("return one() + value;"),
	  "elf.symbol-missing" },
	{ "a weak function is gone", ONE "int two(void) { return 0; }\n", ONE, NULL, NULL, NULL,
	  "int one(void), two(void) __attribute__((weak));\n" MAIN(
		  "return one() + (two ? two() : 0);"),
	  NULL },
	{ "a version is there", ONE, NULL, "V_1 { global: one; local: *; };\n", NULL, NULL,
	  "int one(void);\n" MAIN("return one();"), NULL },
	{ "a version is gone", ONE, NULL, "V_1 { global: one; local: *; };\n",
	  "V_0 { global: one; };\n", NULL, "int one(void);\n" MAIN("return one();"),
	  "elf.version-missing" },
	{ "a version is added", ONE, NULL, "V_1 { global: one; local: *; };\n",
	  "V_1 { global: one; local: *; };\nV_2 { } V_1;\n", NULL,
	  "int one(void);\n" MAIN("return one();"), NULL },
	{ "a library of a library works", ONE, NULL, NULL, NULL,
	  "int one(void);\nint second(void) { return one(); }\n",
	  "int second(void);\n" MAIN("return second();"), NULL },
	{ "a library of a library is gone", ONE, "", NULL, NULL,
	  "int one(void);\nint second(void) { return one(); }\n",
	  "int second(void);\n" MAIN("return second();"), "elf.library-missing" },
	{ "a function that a library needs is gone", ONE, "int other;\n", NULL, NULL,
	  "int one(void);\nint second(void) { return one(); }\n",
	  "int second(void);\n" MAIN("return second();"), "elf.symbol-missing" },
	{ "the program itself has what the library needs", ONE, "int other;\n", NULL, NULL,
	  "int one(void);\nint second(void) { return one(); }\n",
	  "int second(void);\nint one(void) { return 0; }\n" MAIN("return second();"), NULL },
};

struct made_image {
	struct arena *a;
	const char *dir; /* sources and results of the compiler */
	const char *root;
};

static const char *made_path(const struct made_image *m, const char *name)
{
	return arena_printf(m->a, "%s/%s", m->dir, name);
}

static void made_compile(const struct made_image *m, const char *result, const char *source,
			 const char *map, const char *with, bool program)
{
	const char *argv[20] = { "gcc",
				 "-O0",
				 "-fPIC",
				 "-o",
				 made_path(m, result),
				 made_path(m, "source.c"),
				 "-Wl,--no-as-needed",
				 "-Wl,-z,lazy",
				 "-Wl,--allow-shlib-undefined" };
	size_t n = 9;

	files_put(made_path(m, "source.c"), source);
	argv[n++] = program ? "-rdynamic" : "-shared";
	if (!program)
		argv[n++] = arena_printf(m->a, "-Wl,-soname,%s",
					 strncmp(result, "then", 4) ? result : "libfirst.so");
	if (map) {
		files_put(made_path(m, "map"), map);
		argv[n++] = arena_printf(m->a, "-Wl,--version-script=%s", made_path(m, "map"));
	}
	if (with) {
		argv[n++] = made_path(m, with);
		argv[n++] = arena_printf(m->a, "-Wl,-rpath-link,%s", m->dir);
	}
	oracle_ask(m->a, argv);
}

/* Puts a file in both places: the root for the loader, the image for us. */
static void made_place(const struct made_image *m, struct imagegen *g, const char *path,
		       const char *from)
{
	struct str bytes;
	struct error e = { 0 };

	cr_assert(io_read_file(m->a, AT_FDCWD, from, 64u << 20, &bytes, &e), "%s", e.cause);
	elfroot_write(m->root, path, bytes);
	imagegen_file(g, path, 0755, bytes);
}

static void made_make(const struct made_image *m, struct imagegen *g, const struct loading_scene *s)
{
	bool same = !s->then && !s->then_map;

	made_compile(m, "libfirst.so", s->first, s->map, NULL, false);
	if (s->second)
		made_compile(m, "libsecond.so", s->second, NULL, "libfirst.so", false);
	made_compile(m, "program", s->program, NULL, s->second ? "libsecond.so" : "libfirst.so",
		     true);
	if (!same && !(s->then && !*s->then))
		made_compile(m, "then.so", s->then ? s->then : s->first, s->then_map, NULL, false);
	if (same || *(s->then ? s->then : " "))
		made_place(m, g, LIB "libfirst.so", made_path(m, same ? "libfirst.so" : "then.so"));
	if (s->second)
		made_place(m, g, LIB "libsecond.so", made_path(m, "libsecond.so"));
	made_place(m, g, "usr/bin/program", made_path(m, "program"));
	made_place(m, g, LIB "libc.so.6", "/" LIB "libc.so.6");
	made_place(m, g, "lib64/ld-linux-x86-64.so.2", ELFROOT_LOADER);
}

static bool made_loads(const struct made_image *m)
{
	static const char *const argv[] = { ELFROOT_LOADER, "/usr/bin/program", NULL };
	int status;

	(void)elfroot_run(m->a, m->root, argv, &status);
	return status == 0;
}

static const char *loading_finding(struct arena *a, const struct imagegen *g)
{
	static const char *const rules_of_loading[] = { "elf.library-missing",
							"elf.version-missing", "elf.symbol-missing",
							"elf.interpreter-missing" };
	struct audit_result r;
	struct error e = { 0 };

	cr_assert(audit_image(a, &(struct audit_request){ .image = g->path, .now = 1790000000 }, &r,
			      &e),
		  "%s", e.cause);
	for (size_t i = 0; i < r.findings.n; i++)
		for (size_t k = 0; k < 4; k++)
			if (strcmp(r.findings.v[i].rule->id, rules_of_loading[k]) == 0)
				return rules_of_loading[k];
	return NULL;
}

Test(check_loading, our_answer_is_that_of_the_loader_binding_at_once, .timeout = 120)
{
	oracle_need("gcc");
	elfroot_need();
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct made_image m = { &a, files_temporary(&a), files_temporary(&a) };
		const char *rule;

		imagegen_begin(&g, &a);
		made_make(&m, &g, &scenes[i]);
		imagegen_write(&g);
		rule = loading_finding(&a, &g);
		cr_expect(made_loads(&m) == (scenes[i].rule == NULL),
			  "%s: the loader says otherwise", scenes[i].name);
		cr_expect(scenes[i].rule ? rule && strcmp(rule, scenes[i].rule) == 0 : !rule,
			  "%s: %s", scenes[i].name, rule ? rule : "nothing is found");
		files_remove(m.dir);
		files_remove(m.root);
	}
}
