/* SPDX-License-Identifier: Apache-2.0 */
/* In which processes modules are judged, over files that are structures: whose name counts, which
 * of several programs is taken, what is part of what. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "base/strmap.h"
#include "support/fixture_paper_files.h"

struct set_visit {
	struct process_visit base;
	struct arena *a;
	struct buf text;   /* "FILE in PROGRAM: missing.so; " */
	const char *fails; /* an error for the process of this file */
};

static bool set_visit_process(struct process_visit *base, struct process *p, struct error *e)
{
	struct set_visit *v = (struct set_visit *)base;
	const char *file = p->objects.v[p->first]->file->path;

	buf_printf(&v->text, "%s%s", v->text.n ? "; " : "", file);
	if (p->first)
		buf_printf(&v->text, " in %s", p->objects.v[0]->file->path);
	list_each(edge, &p->edges) {
		if (!edge->found)
			buf_printf(&v->text, " -%s", edge->needed);
	}
	return !v->fails || strcmp(v->fails, file) != 0 || err_set(e, ERR_SYSTEM, "stop");
}

static bool set_run(struct paper_world *w, struct set_visit *v, struct error *e)
{
	struct process_set set = { arena_array(v->a, PAPER_FILES, sizeof(*set.v)), w->n, w->n };

	for (size_t i = 0; i < w->n; i++)
		set.v[i] = &w->files[i];
	return process_set_each(&set, &w->base, &v->base, e);
}

static const char *set_show(struct arena *a, const struct paper_file *files)
{
	struct set_visit v = { .base = { set_visit_process }, .a = a, .text = { .a = a } };
	struct paper_world w;
	struct error e = { 0 };

	paper_make(&w, files);
	cr_assert(set_run(&w, &v, &e), "%s%s", e.context, e.cause);
	return v.text.n ? buf_cstr(&v.text) : "";
}

#define AMD64 .is64 = true, .machine = EM_X86_64, .dynamic = true
#define RUN(where, ...)                                                         \
	{                                                                       \
		.path = (where), .elf = { AMD64, .type = ET_EXEC, __VA_ARGS__ } \
	}
#define MODULE(where, ...)                                                     \
	{                                                                      \
		.path = (where), .elf = { AMD64, .type = ET_DYN, __VA_ARGS__ } \
	}
#define NEEDS .needed = NAMES("l.so")
#define OPENS .opens = true

static const struct elf_dlopen recommended[] = {
	{ .priority = ELF_DLOPEN_RECOMMENDED, .sonames = NAMES("m.so") },
	{ .priority = ELF_DLOPEN_RECOMMENDED, .sonames = NAMES("m.so") },
};
#define RECOMMENDS(n) .dlopens = { .v = { (struct elf_dlopen *)(uintptr_t)recommended, (n), (n) } }

Test(process_set, a_module_is_judged_where_it_can_be_opened)
{
	const struct {
		struct paper_file files[PAPER_FILES];
		const char *judged;
	} cases[] = {
		/* what counts at all */
		{ { RUN("bin/p"), { .path = "bin/text", .text = true } }, "bin/p" },
		{ { RUN("bin/p"), { .path = "lib/bad", .bad = "cut" } }, "bin/p" },
		{ { { .path = "bin/static", .elf = { .type = ET_EXEC, .machine = EM_X86_64 } } },
		  "" },
		/* what a program loads is no module */
		{ { RUN("bin/p", NEEDS), MODULE("lib/l.so") }, "bin/p" },
		/* nobody opens anything: alone */
		{ { RUN("bin/p"), MODULE("opt/m.so", NEEDS) }, "bin/p; opt/m.so -l.so" },
		/* the one that opens */
		{ { RUN("bin/p"), RUN("bin/q", OPENS), MODULE("opt/m.so") },
		  "bin/p; bin/q; opt/m.so in bin/q" },
		/* a library of it opens */
		{ { RUN("bin/p", NEEDS), MODULE("lib/l.so", OPENS), MODULE("opt/m.so") },
		  "bin/p; opt/m.so in bin/p" },
		/* another machine's program cannot */
		{ { { .path = "bin/p",
		      .elf = { .is64 = true,
			       .machine = EM_AARCH64,
			       .type = ET_EXEC,
			       .dynamic = true,
			       OPENS } },
		    MODULE("opt/m.so") },
		  "bin/p; opt/m.so" },
		/* of two the one with which less is missing, and the first of equals */
		{ { RUN("bin/p", OPENS), RUN("bin/q", OPENS, .rpath = "/q"),
		    MODULE("opt/m.so", NEEDS), MODULE("q/l.so") },
		  "bin/p; bin/q; opt/m.so in bin/q" },
		{ { RUN("bin/p", OPENS), RUN("bin/q", OPENS), MODULE("opt/m.so", NEEDS) },
		  "bin/p; bin/q; opt/m.so in bin/p -l.so" },
		/* the C library opens its own modules, in every program */
		{ { RUN("bin/p", .needed = NAMES("libc.so.6")),
		    MODULE("lib/libc.so.6", .soname = "libc.so.6"), MODULE("lib/libnss_x.so"),
		    MODULE("lib/gconv/X.so"), MODULE("lib/other.so") },
		  "bin/p; lib/libnss_x.so in bin/p; lib/gconv/X.so in bin/p; lib/other.so" },
		/* recommended by a note: there, and twice is once */
		{ { RUN("bin/p", RECOMMENDS(2)), MODULE("lib/m.so", NEEDS) },
		  "bin/p; lib/m.so in bin/p -l.so" },
		{ { RUN("bin/p", RECOMMENDS(1)) }, "bin/p -m.so" },
		/* ... in each program that does so, whatever else opens */
		{ { RUN("bin/p", RECOMMENDS(1)), RUN("bin/q", RECOMMENDS(1)), RUN("bin/r", OPENS),
		    MODULE("lib/m.so") },
		  "bin/p; bin/q; bin/r; lib/m.so in bin/p; lib/m.so in bin/q" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };

		cr_expect_str_eq(set_show(&a, cases[i].files), cases[i].judged, "%zu: %s", i,
				 set_show(&a, cases[i].files));
	}
}

Test(process_set, folders_are_named_after_programs)
{
	static const struct {
		const char *program, *module;
		bool fits;
	} cases[] = {
		{ "bin/python3.13", "lib/python3/m.so", true },
		{ "bin/python3.13", "lib/python3.12/x/m.so", true },
		{ "bin/python", "lib/python/m.so", true },
		{ "bin/python", "lib/python-x/m.so", true },
		{ "bin/python", "lib/python_x/m.so", true },
		{ "bin/python", "lib/pythonic/m.so", false },
		{ "bin/python", "lib/pythonZ/m.so", false },
		{ "bin/python", "lib/pythona/m.so", false },
		{ "bin/python", "lib/pythonz/m.so", false },
		{ "bin/python", "lib/python{/m.so", true },
		{ "bin/python", "lib/pytho/m.so", false },
		{ "bin/python", "lib/xpython/m.so", false },
		{ "bin/python", "lib/python.so", false },
		/* one letter is no name */
		{ "bin/x11", "lib/x/m.so", false },
		{ "bin/11", "lib/11/m.so", false },
		{ "bin/xy", "lib/xy/m.so", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		/* the other one would be taken first */
		const struct paper_file files[PAPER_FILES] = { RUN("bin/a", OPENS),
							       RUN(cases[i].program, OPENS),
							       MODULE(cases[i].module) };

		cr_expect_str_eq(set_show(&a, files),
				 arena_printf(&a, "bin/a; %s; %s in %s", cases[i].program,
					      cases[i].module,
					      cases[i].fits ? cases[i].program : "bin/a"));
	}
}

Test(process_set, what_a_module_loads_is_judged_with_it)
{
	const struct {
		struct paper_file files[PAPER_FILES];
		const char *judged;
	} cases[] = {
		{ { RUN("bin/p", OPENS), MODULE("lib/a.so", .needed = NAMES("b.so")),
		    MODULE("lib/b.so") },
		  "bin/p; lib/a.so in bin/p" },
		{ { RUN("bin/p", OPENS), MODULE("lib/a.so"),
		    MODULE("lib/b.so", .needed = NAMES("a.so")) },
		  "bin/p; lib/b.so in bin/p" },
		/* of those that need each other the first */
		{ { RUN("bin/p", OPENS), MODULE("lib/a.so", .needed = NAMES("b.so")),
		    MODULE("lib/b.so", .needed = NAMES("a.so")) },
		  "bin/p; lib/a.so in bin/p" },
		{ { RUN("bin/p", OPENS), MODULE("lib/a.so", .needed = NAMES("b.so")),
		    MODULE("lib/b.so", .needed = NAMES("c.so")),
		    MODULE("lib/c.so", .needed = NAMES("a.so")) },
		  "bin/p; lib/a.so in bin/p" },
		/* ... which stands where it would stand alone */
		{ { RUN("bin/p", OPENS), MODULE("lib/a.so", .needed = NAMES("b.so")),
		    MODULE("lib/b.so", .needed = NAMES("a.so")), MODULE("lib/c.so") },
		  "bin/p; lib/a.so in bin/p; lib/c.so in bin/p" },
		{ { RUN("bin/p", OPENS), MODULE("lib/a.so"),
		    MODULE("lib/b.so", .needed = NAMES("a.so")), MODULE("lib/c.so") },
		  "bin/p; lib/b.so in bin/p; lib/c.so in bin/p" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };

		cr_expect_str_eq(set_show(&a, cases[i].files), cases[i].judged, "%zu: %s", i,
				 set_show(&a, cases[i].files));
	}
}

Test(process_set, what_fails_names_its_file)
{
	static const struct {
		const char *opening, *judging, *says;
	} cases[] = {
		{ "/lib/l.so", NULL, "/bin/p: read /lib/l.so" },
		{ "/lib/k.so", NULL, "/opt/m.so: read /lib/k.so" },
		{ NULL, "bin/p", "/bin/p: stop" },
		{ NULL, "opt/m.so", "/opt/m.so: stop" },
	};
	const struct paper_file files[PAPER_FILES] = {
		RUN("bin/p", NEEDS, OPENS),
		RUN("bin/q", OPENS, .rpath = "/q"),
		MODULE("opt/m.so", .needed = NAMES("k.so")),
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct set_visit v = { .base = { set_visit_process },
				       .a = &a,
				       .text = { .a = &a },
				       .fails = cases[i].judging };
		struct paper_world w;
		struct error e = { 0 };

		paper_make(&w, files);
		w.fails = cases[i].opening;
		cr_expect_not(set_run(&w, &v, &e));
		cr_expect_str_eq(arena_printf(&a, "%s%s", e.context, e.cause), cases[i].says);
	}
}

/* ---- bounds ---- */

#define MANY 1200

struct many_files {
	struct process_world base;
	struct arena *a;
	struct elf *elfs;
	struct process_file *files;
	struct process_file **v;
	struct strmap places;
	size_t n;
};

static bool many_open_file(struct process_world *base, const char *path, struct process_file **file,
			   bool *folder, struct error *e)
{
	struct many_files *w = (struct many_files *)base;

	(void)e;
	*folder = false;
	*file = strmap_get(&w->places, str_of(path + 1));
	return true;
}

static void many_open(struct many_files *w, struct arena *a)
{
	*w = (struct many_files){ .base = { .open = many_open_file }, .a = a };
	w->elfs = arena_array(a, MANY, sizeof(*w->elfs));
	w->files = arena_array(a, MANY, sizeof(*w->files));
	w->v = arena_array(a, MANY, sizeof(struct process_file *));
}

static void many_add(struct many_files *w, const char *path, struct elf elf)
{
	w->elfs[w->n] = elf;
	w->files[w->n] =
		(struct process_file){ .path = path, .is_elf = true, .elf = &w->elfs[w->n] };
	w->v[w->n] = &w->files[w->n];
	*strmap_slot(w->a, &w->places, str_of(path)) = w->v[w->n];
	w->n++;
}

/* The last of so many programs that open nothing finds what a module of the C library needs. It is
 * asked as long as 64 are. */
Test(process_set, so_many_programs_that_open_nothing_are_asked_for_modules_of_libc)
{
	static const char *libc[] = { "libc.so.6" }, *needed[] = { "l.so" };

	for (size_t n = 63; n <= 65; n++) {
		AUTO_ARENA a = { 0 };
		struct set_visit v = { .base = { set_visit_process },
				       .a = &a,
				       .text = { .a = &a } };
		struct many_files w;
		struct process_set set;
		const char *judged = n > 64 ? "lib/libnss_x.so in bin/p00 -l.so"
					    : arena_printf(&a, "lib/libnss_x.so in bin/p%02zu",
							   n - 1);
		struct error e = { 0 };

		many_open(&w, &a);
		for (size_t i = 0; i < n; i++)
			many_add(&w, arena_printf(&a, "bin/p%02zu", i),
				 (struct elf){ AMD64, .type = ET_EXEC, .needed = { libc, 1, 1 },
					       .rpath = i + 1 == n ? "/only" : NULL });
		many_add(&w, "lib/libc.so.6",
			 (struct elf){ AMD64, .type = ET_DYN, .soname = "libc.so.6" });
		many_add(&w, "lib/libnss_x.so",
			 (struct elf){ AMD64, .type = ET_DYN, .needed = { needed, 1, 1 } });
		many_add(&w, "only/l.so", (struct elf){ AMD64, .type = ET_DYN });
		set = (struct process_set){ w.v, w.n, w.n };
		cr_assert(process_set_each(&set, &w.base, &v.base, &e), "%s", e.cause);
		cr_expect(strstr(buf_cstr(&v.text), judged), "%zu: %s", n, buf_cstr(&v.text));
	}
}

/* Programs of 64 files each, which open modules: the last of them finds what a module needs. It is
 * asked as long as all files of those that are kept are 65,536. */
Test(process_set, so_many_files_of_programs_are_kept, .timeout = 120)
{
	const char *libraries[63], *needed[] = { "l.so" };

	for (size_t n = 1024; n <= 1025; n++) {
		AUTO_ARENA a = { 0 };
		struct set_visit v = { .base = { set_visit_process },
				       .a = &a,
				       .text = { .a = &a } };
		const char *judged = n > 1024 ? "opt/m.so in bin/p0000 -l.so"
					      : "opt/m.so in bin/p1023";
		struct many_files w;
		struct process_set set;
		struct error e = { 0 };

		many_open(&w, &a);
		for (size_t i = 0; i < 63; i++)
			libraries[i] = arena_printf(&a, "lib%02zu.so", i);
		for (size_t i = 0; i < n; i++)
			many_add(&w, arena_printf(&a, "bin/p%04zu", i),
				 (struct elf){ AMD64, .type = ET_EXEC, .opens = true,
					       .needed = { libraries, 63, 63 },
					       .rpath = i + 1 == n ? "/only" : NULL });
		for (size_t i = 0; i < 63; i++)
			many_add(&w, arena_printf(&a, "lib/%s", libraries[i]),
				 (struct elf){ AMD64, .type = ET_DYN });
		many_add(&w, "opt/m.so",
			 (struct elf){ AMD64, .type = ET_DYN, .needed = { needed, 1, 1 } });
		many_add(&w, "only/l.so", (struct elf){ AMD64, .type = ET_DYN });
		set = (struct process_set){ w.v, w.n, w.n };
		cr_assert(process_set_each(&set, &w.base, &v.base, &e), "%s", e.cause);
		cr_expect(strstr(buf_cstr(&v.text), judged), "%zu: %s", n,
			  strstr(buf_cstr(&v.text), "opt/m.so"));
	}
}
