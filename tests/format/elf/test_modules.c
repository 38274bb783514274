/* SPDX-License-Identifier: Apache-2.0 */
/* Modules against the loader: programs that call dlopen() are compiled and run in a chroot, and
 * both file systems that the rules are used with must load the same files for the module, or fail
 * over the same library. */

#include <criterion/criterion.h>
#include <fcntl.h>

#include "base/io.h"
#include "base/path.h"
#include "make/closure/closure.h"
#include "make/closure/closure_folder.h"
#include "make/closure/loader.h"
#include "format/elf/process_set.h"
#include "inspect/model/inspect.h"
#include "inspect/model/model_world.h"
#include "support/fixture_elfroot.h"
#include "support/fixture_files.h"
#include "support/gen_image.h"
#include "support/fixture_oracle.h"

#define LIB "usr/lib/x86_64-linux-gnu/"
#define PROGRAM "usr/bin/program"

enum { RPATH = 'R', RUNPATH = 'N' };

/* A file that is compiled. */
struct built {
	const char *path, *soname; /* soname: NULL, none */
	const char *needed[3];	   /* by file name of other parts */
	char kind;		   /* of `search` */
	const char *search;
	bool opens; /* calls dlopen() itself */
	bool gone;  /* what needs it is linked, and then it is not there */
	bool noted; /* its .note.dlopen requires module.so */
};

#define PARTS_MAX 6

/* parts[0] is the program; a later part that opens does so for it. The module is the last one. */
struct module_scene {
	const char *name;
	struct built parts[PARTS_MAX];
	enum { BY_PATH, BY_NAME, BY_NSS } way; /* by its name, as a note tells; by the C library */
};

#define LIBRARY(where, name, ...) { .path = (where), .soname = (name), __VA_ARGS__ }
#define PROG(...) { .path = PROGRAM, __VA_ARGS__ }
#define OPENER_AT(where, ...) \
	LIBRARY(where "/libopen.so", "libopen.so", .opens = true, .noted = true, __VA_ARGS__)
#define Q(folder) LIBRARY(folder "/libq.so", "libq.so", .kind = 0)
#define MODULE(...) { .path = "opt/m/module.so", __VA_ARGS__ }
#define PLAIN MODULE(.needed = { "libq.so" })
#define BY_RPATH(where) .kind = RPATH, .search = (where)
#define BY_RUNPATH(where) .kind = RUNPATH, .search = (where)

static const struct module_scene scenes[] = {
	{ "a library in a default folder", { PROG(.opens = true), Q("usr/lib"), PLAIN }, BY_PATH },
	{ "RPATH of the program",
	  { PROG(.opens = true, BY_RPATH("/opt/q")), Q("opt/q"), PLAIN },
	  BY_PATH },
	{ "RPATH of the program by $ORIGIN",
	  { PROG(.opens = true, BY_RPATH("$ORIGIN/../../opt/q")), Q("opt/q"), PLAIN },
	  BY_PATH },
	{ "RUNPATH of the program helps no module",
	  { PROG(.opens = true, BY_RUNPATH("/opt/q")), Q("opt/q"), PLAIN },
	  BY_PATH },
	{ "what the program has loaded is there",
	  { PROG(.opens = true, .needed = { "libq.so" }, BY_RUNPATH("/opt/q")), Q("opt/q"), PLAIN },
	  BY_PATH },
	{ "by its SONAME, whatever its file is called",
	  { PROG(.opens = true, .needed = { "libalias.so" }, BY_RPATH("/opt/q")),
	    LIBRARY("opt/q/libalias.so", "libalias.so", .needed = { "libq.so" }), Q("opt/q"),
	    PLAIN },
	  BY_PATH },
	{ "what a library of the program has loaded is there",
	  { PROG(.opens = true, .needed = { "liba.so" }, BY_RUNPATH("/opt/q")), Q("opt/q"),
	    LIBRARY("opt/q/liba.so", "liba.so", .needed = { "libq.so" }, BY_RUNPATH("/opt/q")),
	    PLAIN },
	  BY_PATH },
	{ "RUNPATH of the module",
	  { PROG(.opens = true), Q("opt/m/lib"),
	    MODULE(.needed = { "libq.so" }, BY_RUNPATH("$ORIGIN/lib")) },
	  BY_PATH },
	{ "RUNPATH of the module hides the program's RPATH",
	  { PROG(.opens = true, BY_RPATH("/opt/q")), Q("opt/q"),
	    MODULE(.needed = { "libq.so" }, BY_RUNPATH("/opt/none")) },
	  BY_PATH },
	{ "... but not from a library of the module",
	  { PROG(.opens = true, BY_RPATH("/opt/q")), Q("opt/q"),
	    LIBRARY("opt/a/liba.so", "liba.so", .needed = { "libq.so" }),
	    MODULE(.needed = { "liba.so" }, BY_RUNPATH("/opt/a")) },
	  BY_PATH },
	{ "RPATH of the module helps its libraries",
	  { PROG(.opens = true), Q("opt/q"),
	    LIBRARY("opt/a/liba.so", "liba.so", .needed = { "libq.so" }),
	    MODULE(.needed = { "liba.so" }, BY_RPATH("/opt/a:/opt/q")) },
	  BY_PATH },
	{ "RPATH of a library that opens the module does not help",
	  { PROG(.needed = { "libopen.so" }, BY_RUNPATH("/opt/o")), Q("opt/q"),
	    LIBRARY("opt/o/libopen.so", "libopen.so", .opens = true, BY_RPATH("/opt/q")), PLAIN },
	  BY_PATH },
	{ "RUNPATH of a library that opens the module does not help",
	  { PROG(.needed = { "libopen.so" }, BY_RUNPATH("/opt/o")), Q("opt/q"),
	    LIBRARY("opt/o/libopen.so", "libopen.so", .opens = true, BY_RUNPATH("/opt/q")), PLAIN },
	  BY_PATH },
	{ "RPATH of a library that opens nothing helps no module",
	  { PROG(.opens = true, .needed = { "liba.so" }, BY_RUNPATH("/opt/o")), Q("opt/q"),
	    LIBRARY("opt/o/liba.so", "liba.so", BY_RPATH("/opt/q")), PLAIN },
	  BY_PATH },
	{ "nothing has it",
	  { PROG(.opens = true), LIBRARY("opt/q/libq.so", "libq.so", .gone = true), PLAIN },
	  BY_PATH },
	{ "a library of a library is gone",
	  { PROG(.opens = true), LIBRARY("opt/q/libq.so", "libq.so", .gone = true),
	    LIBRARY("usr/lib/liba.so", "liba.so", .needed = { "libq.so" }),
	    MODULE(.needed = { "liba.so" }) },
	  BY_PATH },
	{ "by name, through RUNPATH of the library that opens it",
	  { PROG(.needed = { "libopen.so" }, BY_RUNPATH("/opt/o")),
	    OPENER_AT("opt/o", BY_RUNPATH("/opt/m")), MODULE(.kind = 0) },
	  BY_NAME },
	{ "by name, through RPATH of the program",
	  { PROG(.needed = { "libopen.so" }, BY_RPATH("/opt/o:/opt/m")),
	    OPENER_AT("opt/o", .kind = 0), MODULE(.kind = 0) },
	  BY_NAME },
	{ "by name, not through RPATH of the program where who opens it has RUNPATH",
	  { PROG(.needed = { "libopen.so" }, BY_RPATH("/opt/o:/opt/m")),
	    OPENER_AT("opt/o", BY_RUNPATH("/opt/none")), MODULE(.kind = 0) },
	  BY_NAME },
	{ "by name, through RPATH of who opens it, which helps no library of the module",
	  { PROG(.needed = { "libopen.so" }, BY_RUNPATH("/opt/o")),
	    OPENER_AT("opt/o", BY_RPATH("/opt/m:/opt/q")), Q("opt/q"), PLAIN },
	  BY_NAME },
	{ "by name, and the program's RPATH helps a library of the module",
	  { PROG(.opens = true, .noted = true, BY_RPATH("/opt/m:/opt/q")), Q("opt/q"), PLAIN },
	  BY_NAME },
	{ "a module of NSS, and RPATH of a program that opens nothing",
	  { PROG(BY_RPATH("/opt/q")), Q("opt/q"),
	    LIBRARY(LIB "libnss_scene.so.2", "libnss_scene.so.2", .needed = { "libq.so" }) },
	  BY_NSS },
	{ "a module of NSS, and RUNPATH of the program",
	  { PROG(BY_RUNPATH("/opt/q")), Q("opt/q"),
	    LIBRARY(LIB "libnss_scene.so.2", "libnss_scene.so.2", .needed = { "libq.so" }) },
	  BY_NSS },
};

/* Tells what is new in the process once the module was opened, or what dlopen() says. NSS tells
 * nothing. */
#define SHOW                                                                                                 \
	"#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <link.h>\n#include <pwd.h>\n#include <stdio.h>\n" \
	"static int n;\n"                                                                                    \
	"static int count(struct dl_phdr_info *i, size_t s, void *x) { n++; return 0; }\n"                   \
	"static int at;\n"                                                                                   \
	"static int show(struct dl_phdr_info *i, size_t s, void *x)\n"                                       \
	"{ if (at++ >= n) printf(\"%s\\n\", i->dlpi_name); return 0; }\n"

#define OPEN_HERE \
	"static void *open_it(const char *p) { void *h = dlopen(p, RTLD_LAZY); if (!h) puts(dlerror()); return h; }\n"
#define OPEN_THERE "void *open_it(const char *p);\n"
#define OPEN_NSS \
	"static void *open_it(const char *p) { getpwnam(\"nobody-has-this-name\"); return \"\"; }\n"
#define SHOW_MAIN                                                                                \
	"int main(int c, char **v) { dl_iterate_phdr(count, 0); if (!open_it(v[1])) return 1;\n" \
	"dl_iterate_phdr(show, 0); return 0; }\n"
#define OPENER                                     \
	"#include <dlfcn.h>\n#include <stdio.h>\n" \
	"void *open_it(const char *p) { void *h = dlopen(p, RTLD_LAZY); if (!h) puts(dlerror()); return h; }\n"

/* An ELF note: sizes of owner and description, type, and both, padded. */
#define NOTED                                                                                               \
	"__asm__(\".pushsection .note.dlopen,\\\"a\\\",@note\\n.balign 4\\n.long 4, 2f - 1f, 0x407c0c0a\\n" \
	".asciz \\\"FDO\\\"\\n1: .asciz \\\"[{\\\\\\\"priority\\\\\\\":\\\\\\\"required\\\\\\\","           \
	"\\\\\\\"soname\\\\\\\":[\\\\\\\"module.so\\\\\\\"]}]\\\"\\n2: .balign 4\\n.popsection\");\n"

struct module_making {
	struct arena *a;
	const char *dir, *root;
	const struct module_scene *scene;
};

static const char *making_path(const struct module_making *m, const char *name)
{
	return arena_printf(m->a, "%s/%s", m->dir, name);
}

static const char *modules_source(const struct module_making *m, const struct built *part)
{
	if (part != m->scene->parts)
		return part->opens ? OPENER : "int x;\n";
	return m->scene->way == BY_NSS ? SHOW OPEN_NSS SHOW_MAIN
	       : part->opens	       ? SHOW OPEN_HERE SHOW_MAIN
				       : SHOW OPEN_THERE SHOW_MAIN;
}

static void compile_part(const struct module_making *m, const struct built *part)
{
	const char *argv[24] = { "gcc",
				 "-w",
				 "-fPIC",
				 "-o",
				 making_path(m, path_base(part->path)),
				 making_path(m, "source.c"),
				 "-Wl,--no-as-needed",
				 "-Wl,--allow-shlib-undefined",
				 "-Wl,-rpath-link",
				 m->dir };
	size_t n = 10;

	files_put(making_path(m, "source.c"),
		  arena_printf(m->a, "%s%s", modules_source(m, part), part->noted ? NOTED : ""));
	if (part != m->scene->parts)
		argv[n++] = "-shared";
	if (part != m->scene->parts && !part->opens)
		argv[n++] = "-nostdlib";
	if (part->soname)
		argv[n++] = arena_printf(m->a, "-Wl,-soname,%s", part->soname);
	if (part->search) {
		argv[n++] = part->kind == RPATH ? "-Wl,--disable-new-dtags"
						: "-Wl,--enable-new-dtags";
		argv[n++] = arena_printf(m->a, "-Wl,-rpath,%s", part->search);
	}
	for (size_t i = 0; i < 3 && part->needed[i]; i++)
		argv[n++] = making_path(m, part->needed[i]);
	oracle_ask(m->a, argv);
}

/* Libraries first, as far as others need them: the program last. */
static size_t make_parts(const struct module_making *m)
{
	size_t n = 0;

	while (n < PARTS_MAX && m->scene->parts[n].path)
		n++;
	for (int needy = 0; needy < 2; needy++) {
		for (size_t i = 1; i < n; i++)
			if ((m->scene->parts[i].needed[0] != NULL) == needy)
				compile_part(m, &m->scene->parts[i]);
	}
	compile_part(m, &m->scene->parts[0]);
	for (size_t i = 0; i < n; i++) {
		if (!m->scene->parts[i].gone)
			elfroot_copy(m->root, m->scene->parts[i].path,
				     making_path(m, path_base(m->scene->parts[i].path)));
	}
	elfroot_copy(m->root, LIB "libc.so.6", "/" LIB "libc.so.6");
	elfroot_copy(m->root, ELFROOT_LOADER + 1, ELFROOT_LOADER);
	elfroot_write(m->root, "etc/nsswitch.conf", STR("passwd: scene\n"));
	return n;
}

/* What is new in the process of the module. */
struct module_asking {
	struct process_visit visit;
	struct arena *a;
	const char *module;
	bool named, seen;
	struct strings lines;
	const char *missing; /* the library that the module fails over */
	size_t processes;
};

static bool ask_module(struct process_visit *v, struct process *p, struct error *e)
{
	struct module_asking *k = (struct module_asking *)v;

	(void)e;
	if (strcmp(p->objects.v[p->first]->file->path, k->named ? PROGRAM : k->module) != 0)
		return true;
	k->processes++;
	for (size_t i = p->first; i < p->objects.n; i++) {
		k->seen |= strcmp(p->objects.v[i]->file->path, k->module) == 0;
		if (k->seen)
			*list_push(k->a, &k->lines) = arena_strdup(k->a,
								   p->objects.v[i]->file->path);
	}
	for (size_t i = 0; i < p->edges.n; i++) {
		if (!p->edges.v[i].found)
			k->missing = arena_strdup(k->a, p->edges.v[i].needed);
	}
	strings_sort(&k->lines);
	return true;
}

static void ask_tree(const struct module_making *m, struct module_asking *k)
{
	AUTO_FOLDER f = FOLDER_INIT;
	struct process_set set = { NULL, 0, 0 };
	struct closure_folder from = closure_folder_of(&f);
	struct error e = { 0 };
	struct tree t;
	struct closure c;
	struct world *w;

	tree_init(&t, m->a);
	cr_assert(folder_open(&f, m->a, m->root, &e) && folder_walk(&f, &t, "", &e), "%s", e.cause);
	w = closure_world(m->a, &t, &from.base, &e);
	cr_assert(w && closure_run_in(m->a, w, NULL, &c, &e), "%s", e.cause);
	for (size_t i = 0; i < w->objects.v.n; i++)
		*list_push(m->a, &set) = &w->objects.v.v[i]->file;
	cr_assert(process_set_each(&set, &w->base, &k->visit, &e), "%s", e.cause);
}

static void put_copy(const struct module_making *m, struct imagegen *g, const char *path)
{
	struct str bytes;
	struct error e = { 0 };

	cr_assert(io_read_file(m->a, AT_FDCWD, arena_printf(m->a, "%s/%s", m->root, path),
			       64u << 20, &bytes, &e),
		  "%s", e.cause);
	imagegen_file(g, path, 0755, bytes);
}

static void ask_image(const struct module_making *m, struct module_asking *k)
{
	AUTO_IMAGEGEN g;
	AUTO_INSPECTION in = INSPECTION_INIT;
	struct model_world w;
	struct error e = { 0 };

	imagegen_begin(&g, m->a);
	g.codec = IMAGEGEN_PLAIN;
	for (size_t i = 0; i < PARTS_MAX && m->scene->parts[i].path; i++) {
		if (!m->scene->parts[i].gone)
			put_copy(m, &g, m->scene->parts[i].path);
	}
	put_copy(m, &g, LIB "libc.so.6");
	put_copy(m, &g, ELFROOT_LOADER + 1);
	imagegen_write(&g);
	cr_assert(inspect_image(m->a, &(struct inspect_request){ .image = g.path }, &in, &e), "%s",
		  e.cause);
	cr_assert(model_world_open(m->a, &in.model, &w, &e) && model_world_each(&w, &k->visit, &e),
		  "%s", e.cause);
}

static void ask_loader(const struct module_making *m, struct module_asking *k)
{
	static const char gone[] = ": cannot open shared object file";
	int status;
	struct str text = elfroot_run(m->a, m->root,
				      (const char *const[]){
					      ELFROOT_LOADER, "/" PROGRAM,
					      k->named ? path_base(k->module)
						       : arena_printf(m->a, "/%s", k->module),
					      NULL },
				      &status),
		   line;
	const char *error = strstr(str_dup(m->a, text), gone);

	k->processes = 1;
	if (error) {
		k->missing = arena_strndup(m->a, str_dup(m->a, text),
					   strcspn(str_dup(m->a, text), ":"));
		return;
	}
	cr_assert_eq(status, 0, "%s: " STR_FMT, m->scene->name, STR_ARG(text));
	while (str_next(&text, '\n', &line)) {
		if (line.n)
			*list_push(m->a, &k->lines) = path_follow(m->a, "x", str_dup(m->a, line));
	}
	strings_sort(&k->lines);
}

static const char *answer_of(const struct module_making *m, const struct module_asking *k)
{
	struct buf b = { .a = m->a };

	/* the C library does not tell what a module of NSS lacks */
	if (k->missing)
		return m->scene->way == BY_NSS ? ""
					       : arena_printf(m->a, "%s is missing", k->missing);
	for (size_t i = 0; i < k->lines.n; i++)
		buf_printf(&b, "%s\n", k->lines.v[i]);
	return buf_cstr(&b);
}

static void compare_scene(const struct module_scene *scene)
{
	AUTO_ARENA a = { 0 };
	struct module_making m = { &a, files_temporary(&a), files_temporary(&a), scene };
	const char *module = scene->parts[make_parts(&m) - 1].path;
	struct module_asking tree = {
		.visit = { ask_module }, .a = &a, .module = module, .named = scene->way == BY_NAME
	};
	struct module_asking image = tree, loader = tree;

	ask_tree(&m, &tree);
	ask_image(&m, &image);
	ask_loader(&m, &loader);
	cr_expect(tree.processes == 1 && image.processes == 1,
		  "%s: judged in %zu and %zu processes", scene->name, tree.processes,
		  image.processes);
	cr_expect_str_eq(answer_of(&m, &tree), answer_of(&m, &loader),
			 "%s\nthe tree: %s\nthe loader: %s", scene->name, answer_of(&m, &tree),
			 answer_of(&m, &loader));
	cr_expect_str_eq(answer_of(&m, &image), answer_of(&m, &loader),
			 "%s\nthe image: %s\nthe loader: %s", scene->name, answer_of(&m, &image),
			 answer_of(&m, &loader));
	files_remove(m.dir);
	files_remove(m.root);
}

Test(modules, are_loaded_as_dlopen_loads_them, .timeout = 120)
{
	oracle_need("gcc");
	elfroot_need();
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++)
		compare_scene(&scenes[i]);
}
