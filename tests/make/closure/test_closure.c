/* SPDX-License-Identifier: Apache-2.0 */
/* The closure of trees in memory: rounds of asking candidates, chains in errors, plugins, symbol
 * versions. Where the loader looks is tests/format/elf/test_loader_process.c's business. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "make/closure/library_candidates.h"
#include "make/closure/symbol_versions.h"
#include "support/gen_elf.h"

#define ELF(...) (&(struct elfgen){ __VA_ARGS__ })
#define LIB "usr/lib/x86_64-linux-gnu/"
#define LOADER "usr/lib64/ld-linux-x86-64.so.2"

static const struct owner recipe_owner = { .kind = OWNER_RECIPE, .name = "test", .layer = "app" };

struct fixture {
	struct arena *a;
	struct tree t;
	struct error e;
};

static void fixture_put(struct fixture *f, const char *path, const struct elfgen *g)
{
	struct str bytes = elfgen_make(f->a, g);
	struct node n = { .path = path,
			  .type = NODE_FILE,
			  .mode = 0755,
			  .owner = &recipe_owner,
			  .content = { .size = bytes.n, .bytes = bytes.p } };

	cr_assert(tree_add(&f->t, &n, &f->e), "%s", f->e.cause);
}

static void put_link(struct fixture *f, const char *path, const char *target)
{
	struct node n = { .path = path,
			  .type = NODE_LINK,
			  .mode = 0777,
			  .owner = &recipe_owner,
			  .target = target };

	cr_assert(tree_add(&f->t, &n, &f->e), "%s", f->e.cause);
}

/* A merged-/usr tree with a loader. */
static void fixture_begin(struct fixture *f, struct arena *a, bool loader)
{
	*f = (struct fixture){ .a = a };
	tree_init(&f->t, a);
	put_link(f, "lib", "usr/lib");
	put_link(f, "lib64", "usr/lib64");
	if (loader)
		fixture_put(f, LOADER, ELF(.soname = "ld-linux-x86-64.so.2"));
}

static const struct closure_edge *edge_of(const struct closure *c, const char *file,
					  const char *needed)
{
	size_t n;
	const struct closure_edge *edges = closure_edges(c, file, &n);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(edges[i].needed, needed) == 0)
			return &edges[i];
	}
	cr_assert_fail("%s has no edge for %s", file, needed);
	return NULL;
}

/* Packages made of entries over one file of contents. */
struct made_package {
	struct deb_package package;
	struct deb deb;
};

static void package_begin(struct made_package *p, const char *name)
{
	*p = (struct made_package){ .package = { .name = name, .version = "1-1" } };
	p->deb.package = &p->package;
	p->deb.data.fd = fileno(tmpfile());
	p->deb.data.name = name;
}

static void package_put(struct fixture *f, struct made_package *p, const char *path,
			const struct elfgen *g, const char *target)
{
	struct str bytes = g ? elfgen_make(f->a, g) : (struct str){ "", 0 };
	struct deb_entry *entry = list_push(f->a, &p->deb.entries);
	off_t at = lseek(p->deb.data.fd, 0, SEEK_END);

	cr_assert(at >= 0 && fd_write(p->deb.data.fd, bytes, p->package.name, &f->e));
	*entry = (struct deb_entry){ .path = path,
				     .type = target ? NODE_LINK : NODE_FILE,
				     .mode = target ? 0777 : 0644,
				     .target = target,
				     .offset = (uint64_t)at,
				     .size = bytes.n };
}

Test(closure, the_edges_of_a_tree_are_sorted_and_say_how)
{
	AUTO_ARENA a = { 0 };
	struct fixture f;
	struct closure c;

	fixture_begin(&f, &a, true);
	fixture_put(&f, "usr/bin/z", ELF(.program = true, .needed = { "libb.so", "liba.so" }));
	fixture_put(&f, "usr/bin/a",
		    ELF(.program = true, .needed = { "liba.so" }, .runpath = "/opt/x"));
	fixture_put(&f, LIB "liba.so", ELF(.soname = "liba.so"));
	fixture_put(&f, LIB "libb.so", ELF(.soname = "libb.so", .needed = { "liba.so" }));
	fixture_put(&f, "opt/x/liba.so", ELF(.soname = "liba.so"));
	cr_assert(closure_run(&a, &f.t, NULL, &c, &f.e), "%s", f.e.cause);
	cr_expect(c.elf_files == 6 && c.objects.n == 6 && c.missing == 0 && c.bad.n == 0);
	cr_assert(c.edges.n == 6);
	cr_expect_str_eq(c.edges.v[0].file, "usr/bin/a");
	cr_expect_str_eq(c.edges.v[0].how, "interpreter");
	cr_expect_str_eq(c.edges.v[0].found, LOADER);
	cr_expect_str_eq(c.edges.v[1].found, "opt/x/liba.so");
	cr_expect_str_eq(c.edges.v[1].how, "runpath");
	cr_expect_str_eq(c.edges.v[3].needed, "libb.so", "in the order of DT_NEEDED");
	cr_expect_str_eq(edge_of(&c, "usr/bin/z", "liba.so")->how, "default");
	/* libb.so's own need was loaded by then, which is the less telling answer */
	cr_expect_str_eq(edge_of(&c, LIB "libb.so", "liba.so")->found, LIB "liba.so");
}

Test(closure, without_candidates_missing_libraries_are_edges_with_a_chain)
{
	AUTO_ARENA a = { 0 };
	struct fixture f;
	struct closure c;
	const struct closure_edge *edge;

	fixture_begin(&f, &a, false);
	fixture_put(&f, "usr/bin/p", ELF(.program = true, .needed = { "liba.so" }));
	fixture_put(&f, LIB "liba.so", ELF(.soname = "liba.so", .needed = { "libq.so" }));
	fixture_put(&f, LIB "libq.so", ELF(.soname = "libq.so", .machine = EM_AARCH64));
	cr_assert(closure_run(&a, &f.t, NULL, &c, &f.e), "%s", f.e.cause);
	cr_expect(c.missing == 2);
	edge = edge_of(&c, LIB "liba.so", "libq.so");
	cr_expect_null(edge->found);
	cr_expect_str_eq(edge->chain, "usr/bin/p > " LIB "liba.so > libq.so");
	cr_expect_str_eq(edge->why, "/lib/x86_64-linux-gnu/libq.so is for another machine");
	cr_expect_null(edge_of(&c, "usr/bin/p", "/lib64/ld-linux-x86-64.so.2")->found);
}

Test(closure, a_plugin_that_others_load_is_judged_by_them)
{
	AUTO_ARENA a = { 0 };
	struct fixture f;
	struct closure c;

	/* libz.so alone would not find libq.so; whoever loads it has an RPATH */
	fixture_begin(&f, &a, true);
	fixture_put(&f, "opt/m/plugin.so",
		    ELF(.soname = "plugin.so", .needed = { "libz.so" }, .rpath = "/opt/m"));
	fixture_put(&f, "opt/m/libz.so", ELF(.soname = "libz.so", .needed = { "libq.so" }));
	fixture_put(&f, "opt/m/libq.so", ELF(.soname = "libq.so"));
	cr_assert(closure_run(&a, &f.t, NULL, &c, &f.e), "%s", f.e.cause);
	cr_expect(c.missing == 0);
	cr_expect_str_eq(edge_of(&c, "opt/m/libz.so", "libq.so")->found, "opt/m/libq.so");
	/* a plugin that nobody has anything for is missing, all the same */
	fixture_put(&f, "opt/m/other.so", ELF(.soname = "other.so", .needed = { "libnone.so" }));
	cr_assert(closure_run(&a, &f.t, NULL, &c, &f.e), "%s", f.e.cause);
	cr_expect(c.missing == 1);
}

Test(closure, one_library_found_at_two_places_by_two_programs_has_two_edges)
{
	AUTO_ARENA a = { 0 };
	struct fixture f;
	struct closure c;
	size_t n;
	const struct closure_edge *edges;

	fixture_begin(&f, &a, true);
	fixture_put(&f, "usr/bin/a",
		    ELF(.program = true, .needed = { "libz.so" }, .rpath = "/opt/a"));
	fixture_put(&f, "usr/bin/b",
		    ELF(.program = true, .needed = { "libz.so" }, .rpath = "/opt/b"));
	fixture_put(&f, LIB "libz.so", ELF(.soname = "libz.so", .needed = { "libq.so" }));
	fixture_put(&f, "opt/a/libq.so", ELF(.soname = "libq.so"));
	fixture_put(&f, "opt/b/libq.so", ELF(.soname = "libq.so"));
	cr_assert(closure_run(&a, &f.t, NULL, &c, &f.e), "%s", f.e.cause);
	edges = closure_edges(&c, LIB "libz.so", &n);
	cr_assert(n == 2);
	cr_expect_str_eq(edges[0].found, "opt/a/libq.so");
	cr_expect_str_eq(edges[1].found, "opt/b/libq.so");
	/* and a third program that misses it is not hidden by them */
	fixture_put(&f, "usr/bin/c", ELF(.program = true, .needed = { "libz.so" }));
	cr_assert(closure_run(&a, &f.t, NULL, &c, &f.e), "%s", f.e.cause);
	cr_expect(c.missing == 1);
}

/* What something loads is missing for it; what nobody loads does no harm. */
Test(closure, malformed_files_are_listed_and_not_loaded)
{
	AUTO_ARENA a = { 0 };
	struct fixture f;
	struct closure c;
	struct candidates none;
	struct node n = {
		.path = "usr/lib/bad.so", .type = NODE_FILE, .mode = 0644, .owner = &recipe_owner
	};
	char bytes[60] = "\177ELF\2\1\1";

	fixture_begin(&f, &a, true);
	n.content = (struct content){ .size = sizeof(bytes), .bytes = bytes };
	cr_assert(tree_add(&f.t, &n, &f.e));
	n.path = "usr/lib/debug/bad.so";
	cr_assert(tree_add(&f.t, &n, &f.e));
	cr_assert(closure_run(&a, &f.t, NULL, &c, &f.e), "%s", f.e.cause);
	cr_assert(c.bad.n == 1, "debug files are not looked at");
	cr_expect_str_eq(c.bad.v[0].file, "usr/lib/bad.so");
	candidates_init(&none, &a, NULL, 0, "libraries");
	cr_assert(closure_run(&a, &f.t, &none.base, &c, &f.e), "%s", f.e.cause);
	cr_expect(c.bad.n == 1 && c.missing == 0);
	fixture_put(&f, "usr/bin/p", ELF(.program = true, .needed = { "bad.so" }));
	cr_assert(closure_run(&a, &f.t, &none.base, &c, &f.e), "%s", f.e.cause);
	cr_expect_eq(c.missing, 1);
	cr_expect(edge_of(&c, "usr/bin/p", "bad.so")->blocked);
	cr_expect_str_eq(edge_of(&c, "usr/bin/p", "bad.so")->why,
			 "/lib/bad.so is malformed: the ELF header is cut off", "%s",
			 edge_of(&c, "usr/bin/p", "bad.so")->why);
}

#define OPENS .symbols = { { .name = "dlopen" } }

/* What a program of the image has loaded, and its RPATH, count for the modules that it can open. */
Test(closure, a_module_is_judged_in_a_program_that_can_open_it)
{
	static const struct {
		const char *program;
		struct elfgen elf;
		const char *module;
		bool found;
	} cases[] = {
		{ "usr/bin/app",
		  { .program = true, .rpath = "/opt/q", OPENS },
		  "usr/lib/app-mods/m.so",
		  true },
		{ "usr/bin/app",
		  { .program = true, .rpath = "/opt/q" },
		  "usr/lib/app-mods/m.so",
		  false }, /* opens nothing */
		{ "usr/bin/app",
		  { .program = true, .runpath = "/opt/q", OPENS },
		  "usr/lib/app-mods/m.so",
		  false },
		{ "usr/bin/app",
		  { .program = true, .runpath = "/opt/q", .needed = { "libq.so" }, OPENS },
		  "usr/lib/m.so",
		  true },
		{ "usr/bin/python3.13", { .program = true, OPENS }, "usr/lib/python3/m.so", false },
		{ "usr/bin/python3.13",
		  { .program = true, OPENS },
		  "usr/lib/pythonic/m.so",
		  true }, /* by another one */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct fixture f;
		struct closure c;

		fixture_begin(&f, &a, true);
		fixture_put(&f, cases[i].program, &cases[i].elf);
		if (i >= 4)
			fixture_put(&f, "usr/bin/other",
				    ELF(.program = true, .rpath = "/opt/q", OPENS));
		fixture_put(&f, cases[i].module, ELF(.needed = { "libq.so" }));
		fixture_put(&f, "opt/q/libq.so", ELF(.soname = "libq.so"));
		cr_assert(closure_run(&a, &f.t, NULL, &c, &f.e), "%s", f.e.cause);
		cr_expect_eq(edge_of(&c, cases[i].module, "libq.so")->found != NULL, cases[i].found,
			     "case %zu", i);
		if (!cases[i].found && i)
			cr_expect(i == 1 ||
					  strncmp(edge_of(&c, cases[i].module, "libq.so")->chain,
						  cases[i].program, strlen(cases[i].program)) == 0,
				  "%s", edge_of(&c, cases[i].module, "libq.so")->chain);
	}
}

/* NSS and gconv: the C library opens them, in every program. */
Test(closure, modules_of_the_c_library_need_no_program_that_opens)
{
	static const char *const modules[] = { LIB "libnss_x.so.2", LIB "gconv/X.so",
					       LIB "other/x.so" };
	AUTO_ARENA a = { 0 };
	struct fixture f;
	struct closure c;

	fixture_begin(&f, &a, true);
	fixture_put(&f, LIB "libc.so.6", ELF(.soname = "libc.so.6"));
	fixture_put(&f, "opt/q/libq.so", ELF(.soname = "libq.so"));
	fixture_put(&f, "usr/bin/app",
		    ELF(.program = true, .rpath = "/opt/q", .needed = { "libc.so.6" }));
	for (size_t i = 0; i < 3; i++)
		fixture_put(&f, modules[i], ELF(.needed = { "libq.so" }));
	cr_assert(closure_run(&a, &f.t, NULL, &c, &f.e), "%s", f.e.cause);
	cr_expect(edge_of(&c, modules[0], "libq.so")->found &&
		  edge_of(&c, modules[1], "libq.so")->found);
	cr_expect_null(edge_of(&c, modules[2], "libq.so")->found);
}

#define NOTE(json) .note_owner = "FDO", .note_type = ELF_NOTE_DLOPEN, .note_desc = (json)

static void check_note(struct arena *a, const char *priority, bool there, size_t missing,
		       bool taken)
{
	struct fixture f;
	struct made_package p;
	struct candidates c;
	struct closure closure;
	const struct closure_edge *edge;

	fixture_begin(&f, a, true);
	fixture_put(&f, "usr/bin/p",
		    ELF(.program = true,
			NOTE(arena_printf(a,
					  "[{\"feature\":\"wishes\",\"priority\":\"%s\","
					  "\"soname\":[\"libw.so.2\",\"libw.so.1\"]}]",
					  priority))));
	package_begin(&p, "libw1");
	if (there)
		package_put(&f, &p, LIB "libw.so.1",
			    ELF(.soname = "libw.so.1", .needed = { "libv.so" }), NULL);
	package_put(&f, &p, LIB "libv.so", ELF(.soname = "libv.so"), NULL);
	candidates_init(&c, a, (const struct deb *const[]){ &p.deb }, 1, "libraries");
	cr_assert(closure_run(a, &f.t, &c.base, &closure, &f.e), "%s%s", f.e.context, f.e.cause);
	cr_expect_eq(closure.missing, missing, "%s, there %d: %zu", priority, there,
		     closure.missing);
	cr_expect_eq(tree_find(&f.t, LIB "libw.so.1") != NULL, taken, "%s", priority);
	cr_expect_eq(tree_find(&f.t, LIB "libv.so") != NULL, taken, "%s", priority);
	edge = edge_of(&closure, "usr/bin/p", taken ? "libw.so.1" : "libw.so.2");
	cr_assert(edge->dlopen != NULL);
	cr_expect_str_eq(edge->dlopen->feature, "wishes");
	cr_expect_eq(closure_edge_lacks(edge), missing == 1);
}

Test(closure, what_a_note_requires_is_taken_or_missing)
{
	AUTO_ARENA a = { 0 };

	check_note(&a, "required", true, 0, true);
	check_note(&a, "required", false, 1, false);
	check_note(&a, "recommended", true, 0, false);
	check_note(&a, "suggested", true, 0, false);
}

Test(candidates, libraries_come_in_rounds_with_links_owners_and_reasons)
{
	AUTO_ARENA a = { 0 };
	struct fixture f;
	struct made_package libc, libz, unused;
	struct candidates c;
	struct candidate_list used;
	struct closure closure;
	const struct node *n;

	fixture_begin(&f, &a, false);
	fixture_put(&f, "usr/sbin/squid",
		    ELF(.program = true, .needed = { "libz.so.1", "libc.so.6" }));
	package_begin(&libc, "libc6");
	package_put(&f, &libc, LIB "ld-linux-x86-64.so.2", ELF(.soname = "ld-linux-x86-64.so.2"),
		    NULL);
	package_put(&f, &libc, LIB "libc.so.6",
		    ELF(.soname = "libc.so.6", .needed = { "ld-linux-x86-64.so.2" }), NULL);
	package_put(&f, &libc, LIB "libm.so.6",
		    ELF(.soname = "libm.so.6", .needed = { "libc.so.6" }), NULL);
	package_put(&f, &libc, LOADER, NULL, "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2");
	package_begin(&libz, "zlib1g");
	package_put(&f, &libz, LIB "libz.so.1", NULL, "libz.so.1.3");
	package_put(&f, &libz, LIB "libz.so.1.3",
		    ELF(.soname = "libz.so.1", .needed = { "libm.so.6", "libc.so.6" }), NULL);
	package_put(&f, &libz, "usr/share/doc/zlib1g/libz.so.1", ELF(.soname = "libz.so.1"), NULL);
	package_begin(&unused, "aaa");
	package_put(&f, &unused, LIB "libz.so.1", ELF(.is32 = true, .soname = "libz.so.1"), NULL);
	package_put(&f, &unused, "usr/lib/libother.so", ELF(.soname = "libother.so"), NULL);
	candidates_init(&c, &a, (const struct deb *const[]){ &unused.deb, &libz.deb, &libc.deb }, 3,
			"libraries");
	cr_assert(closure_run(&a, &f.t, &c.base, &closure, &f.e), "%s%s", f.e.context, f.e.cause);
	cr_expect(closure.missing == 0);
	n = tree_find(&f.t, LIB "libz.so.1");
	cr_assert(n && n->type == NODE_LINK);
	cr_expect_str_eq(n->owner->name, "zlib1g");
	cr_expect_str_eq(n->owner->layer, "libraries");
	cr_expect_str_eq(n->why, "needed by usr/sbin/squid");
	cr_expect(n->owner->kind == OWNER_PACKAGE);
	n = tree_find(&f.t, LIB "libm.so.6");
	cr_assert(n != NULL);
	cr_expect_str_eq(n->why, "needed by " LIB "libz.so.1.3");
	cr_expect(tree_find(&f.t, LOADER) && tree_find(&f.t, LIB "ld-linux-x86-64.so.2"));
	cr_expect_null(tree_find(&f.t, "usr/lib/libother.so"), "nobody needs it");
	cr_expect_null(tree_find(&f.t, "usr/share/doc/zlib1g/libz.so.1"));
	candidates_used(&c, &a, &used);
	cr_assert(used.n == 2);
	cr_expect_str_eq(used.v[0]->deb->package->name, "libc6");
	cr_expect_str_eq(used.v[1]->owner->version, "1-1");
}

Test(candidates, a_library_that_nobody_has_is_an_error_with_the_chain)
{
	AUTO_ARENA a = { 0 };
	struct fixture f;
	struct made_package p;
	struct candidates c;
	struct closure closure;

	fixture_begin(&f, &a, true);
	fixture_put(&f, "usr/sbin/squid", ELF(.program = true, .needed = { "liba.so" }));
	package_begin(&p, "liba");
	package_put(&f, &p, LIB "liba.so", ELF(.soname = "liba.so", .needed = { "libecap.so.3" }),
		    NULL);
	candidates_init(&c, &a, (const struct deb *const[]){ &p.deb }, 1, "libraries");
	fixture_put(&f, "usr/sbin/other",
		    ELF(.program = true, .needed = { "libnone.so.1", "liba.so" }));
	cr_assert(closure_run(&a, &f.t, &c.base, &closure, &f.e), "%s", f.e.cause);
	cr_expect_eq(closure.missing, 2, "all that is missing, not the first");
	cr_expect_str_eq(edge_of(&closure, LIB "liba.so", "libecap.so.3")->chain,
			 "usr/sbin/other > " LIB "liba.so > libecap.so.3");
	cr_expect_str_eq(edge_of(&closure, "usr/sbin/other", "libnone.so.1")->why, "not found");
	cr_expect_not(edge_of(&closure, "usr/sbin/other", "libnone.so.1")->given);
}

/* As a JVM has it: libattach.so is opened by a program that has libjvm.so already. */
Test(closure, a_plug_in_finds_what_its_package_has_elsewhere)
{
	static const struct owner java = { .kind = OWNER_PACKAGE, .name = "java" };
	static const struct owner other = { .kind = OWNER_PACKAGE, .name = "other" };
	AUTO_ARENA a = { 0 };
	struct fixture f;
	struct closure c;

	fixture_begin(&f, &a, true);
	fixture_put(&f, "usr/lib/jvm/lib/libattach.so",
		    ELF(.soname = "libattach.so", .needed = { "libjvm.so" }));
	fixture_put(&f, "usr/lib/jvm/lib/server/libjvm.so", ELF(.soname = "libjvm.so"));
	fixture_put(&f, "usr/lib/jvm/lib/server32/libjvm.so",
		    ELF(.is32 = true, .soname = "libjvm.so"));
	fixture_put(&f, "usr/lib/other/plugin.so",
		    ELF(.soname = "plugin.so", .needed = { "libjvm.so" }));
	fixture_put(&f, "usr/bin/java", ELF(.program = true, .needed = { "libjvm.so" }));
	for (size_t i = 0; i < f.t.n; i++)
		if (f.t.v[i]->type == NODE_FILE)
			f.t.v[i]->owner = strstr(f.t.v[i]->path, "other") ? &other : &java;
	cr_assert(closure_run(&a, &f.t, NULL, &c, &f.e), "%s", f.e.cause);
	cr_expect_str_eq(edge_of(&c, "usr/lib/jvm/lib/libattach.so", "libjvm.so")->found,
			 "usr/lib/jvm/lib/server/libjvm.so");
	cr_expect_str_eq(edge_of(&c, "usr/lib/jvm/lib/libattach.so", "libjvm.so")->how, "package");
	cr_expect_null(edge_of(&c, "usr/lib/other/plugin.so", "libjvm.so")->found,
		       "of another package");
	cr_expect_null(edge_of(&c, "usr/bin/java", "libjvm.so")->found,
		       "a program has loaded nothing before");
}

/* As OpenBLAS has it: libblas.so.3 in a folder of its own needs libopenblas.so.0 beside it, and a
 * module of another package is what loads it. */
Test(closure, of_another_package_a_plug_in_has_loaded_nothing)
{
	static const struct owner numpy = { .kind = OWNER_PACKAGE, .name = "python3-numpy" };
	static const struct owner openblas = { .kind = OWNER_PACKAGE,
					       .name = "libopenblas0-pthread" };
	AUTO_ARENA a = { 0 };
	struct fixture f;
	struct closure c;

	fixture_begin(&f, &a, true);
	fixture_put(&f, "usr/lib/python3/linalg.so", ELF(.needed = { "libblas.so.3" }));
	fixture_put(&f, LIB "libblas.so.3",
		    ELF(.soname = "libblas.so.3", .needed = { "libopenblas.so.0" }));
	fixture_put(&f, LIB "openblas/libopenblas.so.0", ELF(.soname = "libopenblas.so.0"));
	for (size_t i = 0; i < f.t.n; i++)
		if (f.t.v[i]->type == NODE_FILE)
			f.t.v[i]->owner = strstr(f.t.v[i]->path, "python3") ? &numpy : &openblas;
	cr_assert(closure_run(&a, &f.t, NULL, &c, &f.e), "%s", f.e.cause);
	cr_expect_null(edge_of(&c, LIB "libblas.so.3", "libopenblas.so.0")->found);
}

Test(candidates, private_folders_are_found_through_the_search_path)
{
	AUTO_ARENA a = { 0 };
	struct fixture f;
	struct made_package p;
	struct candidates c;
	struct closure closure;

	fixture_begin(&f, &a, true);
	fixture_put(&f, "usr/bin/p",
		    ELF(.program = true, .needed = { "libx.so" },
			.runpath = "$ORIGIN/../lib/x86_64-linux-gnu/private"));
	package_begin(&p, "x");
	package_put(&f, &p, LIB "private/libx.so", ELF(.soname = "libx.so"), NULL);
	candidates_init(&c, &a, (const struct deb *const[]){ &p.deb }, 1, "libraries");
	cr_assert(closure_run(&a, &f.t, &c.base, &closure, &f.e), "%s%s", f.e.context, f.e.cause);
	cr_expect(tree_find(&f.t, LIB "private/libx.so") != NULL);
	cr_expect_str_eq(edge_of(&closure, "usr/bin/p", "libx.so")->how, "runpath");
}

Test(candidates, links_lead_from_package_to_package_and_loops_end)
{
	AUTO_ARENA a = { 0 };
	struct fixture f;
	struct made_package p, q;
	struct candidates c;
	struct closure closure;

	fixture_begin(&f, &a, true);
	fixture_put(&f, "usr/bin/p", ELF(.program = true, .needed = { "libx.so", "liby.so" }));
	package_begin(&p, "links");
	package_put(&f, &p, LIB "libx.so", NULL, ".././x86_64-linux-gnu//libreal.so");
	package_put(&f, &p, LIB "liby.so", NULL, "/lib/x86_64-linux-gnu/liby2.so");
	package_put(&f, &p, LIB "liby2.so", NULL, "liby.so");
	package_begin(&q, "real");
	package_put(&f, &q, LIB "libreal.so", ELF(.soname = "libx.so"), NULL);
	package_put(&f, &q, "usr/lib/liby.so", ELF(.soname = "liby.so"), NULL);
	candidates_init(&c, &a, (const struct deb *const[]){ &p.deb, &q.deb }, 2, "libraries");
	cr_assert(closure_run(&a, &f.t, &c.base, &closure, &f.e), "%s%s", f.e.context, f.e.cause);
	cr_expect(tree_find(&f.t, LIB "libx.so") && tree_find(&f.t, LIB "libreal.so"));
	cr_expect_null(tree_find(&f.t, LIB "liby.so"), "the loop is left alone");
	cr_expect(tree_find(&f.t, "usr/lib/liby.so") != NULL);
}

Test(versions, those_not_offered_are_missed)
{
	AUTO_ARENA a = { 0 };
	struct fixture f;
	struct closure c;
	struct version_misses m;

	fixture_begin(&f, &a, true);
	fixture_put(&f, "usr/bin/p",
		    ELF(.program = true, .needed = { "liba.so", "libb.so", "libc.so" },
			.needs = { { "liba.so", { "A_1", "A_9" }, false },
				   { "libb.so", { "B_9" }, true },
				   { "libc.so", { "C_1" }, false } }));
	fixture_put(&f, LIB "liba.so", ELF(.soname = "liba.so", .offers = { "A_1", "A_2" }));
	fixture_put(&f, LIB "libb.so", ELF(.soname = "libb.so", .offers = { "B_1" }));
	fixture_put(&f, LIB "libc.so", ELF(.soname = "libc.so"));
	cr_assert(closure_run(&a, &f.t, NULL, &c, &f.e), "%s", f.e.cause);
	versions_check(&a, &c, &m);
	cr_assert(m.v.n == 3);
	cr_expect_str_eq(m.v.v[0].version, "A_9");
	cr_expect_str_eq(m.v.v[0].file, "usr/bin/p");
	cr_expect_str_eq(m.v.v[0].library, LIB "liba.so");
	cr_expect(version_miss_is_fatal(&m.v.v[0]));
	cr_expect(m.v.v[1].weak && !version_miss_is_fatal(&m.v.v[1]));
	cr_expect(m.v.v[2].unversioned && !version_miss_is_fatal(&m.v.v[2]));
}
