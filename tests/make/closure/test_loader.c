/* SPDX-License-Identifier: Apache-2.0 */
/* Our answers against those of the host's own loader, run in a chroot over files made for the
 * purpose: search paths in every combination, and the cases that are easy to get wrong. */

#include <criterion/criterion.h>
#include <sys/stat.h>
#include <unistd.h>

#include "make/closure/closure.h"
#include "make/closure/closure_folder.h"
#include "support/elfgen.h"
#include "support/elfroot.h"
#include "support/files.h"

#define PROGRAM "opt/app/bin/prog"

/* What stands at a path: a made ELF file, a link, or some text. */
struct thing {
	const char *path;
	struct elfgen elf;
	const char *link, *text;
};

#define THINGS_MAX 8

static const char *make_root(struct arena *a)
{
	const char *root = files_temporary(a);

	elfroot_need();
	cr_assert(chmod(root, 0755) == 0);
	elfroot_copy(root, ELFROOT_LOADER, ELFROOT_LOADER);
	return root;
}

static void put_things(struct arena *a, const char *root, const struct thing *things)
{
	for (size_t i = 0; i < THINGS_MAX && things[i].path; i++) {
		if (things[i].link)
			elfroot_link(root, things[i].path, things[i].link);
		else if (things[i].text)
			elfroot_write(root, things[i].path, str_of(things[i].text));
		else
			elfroot_write(root, things[i].path, elfgen_make(a, &things[i].elf));
	}
}

static void take_things(struct arena *a, const char *root, const struct thing *things)
{
	for (size_t i = 0; i < THINGS_MAX && things[i].path; i++)
		unlink(arena_printf(a, "%s/%s", root, things[i].path));
}

/* The files that are loaded and the names that are not found, sorted; but for the interpreter. The
 * loader prints each file once, under the name it met first, so names of files found are no good
 * for comparing. */
static void push_line(struct arena *a, struct strings *lines, const char *name, const char *path)
{
	if (!strstr(name, "ld-linux") && !strstr(name, "linux-vdso"))
		*list_push(a, lines) = path ? path : arena_printf(a, "%s => not found", name);
}

static struct strings ours(struct arena *a, struct tree *t, const char *root, const char *program)
{
	AUTO_FOLDER f = FOLDER_INIT;
	struct closure_folder from = closure_folder_of(&f);
	struct world *w;
	struct closure c;
	struct strings lines = { 0 };
	struct error e = { 0 };

	cr_assert(folder_open(&f, a, root, &e), "%s", e.cause);
	cr_assert(folder_reach(&f, t, program, &e));
	w = closure_world(a, t, &from.base, &e);
	cr_assert(w && closure_run_in(w, program, &c, &e), "%s", e.cause);
	for (size_t i = 0; i < c.edges.n; i++)
		push_line(a, &lines, c.edges.v[i].needed, c.edges.v[i].found);
	strings_unique(&lines);
	return lines;
}

/* The loader's answer. It prints the paths it opened; the tree tells which files they are. When it
 * gives up over a library, that one is *failed. */
static struct strings theirs(struct arena *a, const struct tree *t, const char *root,
			     const char *program, const char **failed)
{
	static const char mark[] = "error while loading shared libraries: ";
	int status;
	struct str text = elfroot_run(
		a, root, (const char *const[]){ ELFROOT_LOADER, "--list", program, NULL }, &status);
	const char *error = strstr(text.n ? text.p : "", mark);
	struct strings lines = { 0 };
	struct str line;

	*failed = error ? error + strlen(mark) : NULL;
	cr_assert(error || status == 0, "%s", text.p);
	while (str_next(&text, '\n', &line)) {
		char *s = str_dup(a, str_trim(line)), *arrow = strstr(s, " => "), *end;
		const struct node *n;

		if (!arrow && s[0] != '/')
			continue;
		end = strstr(s, " (0x");
		if (end)
			*end = '\0';
		n = tree_resolve(t, arrow ? arrow + 4 : s);
		if (arrow)
			*arrow = '\0';
		push_line(a, &lines, s, n ? n->path : NULL);
	}
	strings_unique(&lines);
	return lines;
}

static const char *joined(struct arena *a, const struct strings *l)
{
	struct buf b = { .a = a };

	for (size_t i = 0; i < l->n; i++)
		buf_printf(&b, "%s\n", l->v[i]);
	return buf_cstr(&b);
}

static void compare(const char *root, const char *name, const struct thing *things)
{
	AUTO_ARENA a = { 0 };
	struct tree t;
	struct strings x, y;
	const char *failed;

	tree_init(&t, &a);
	put_things(&a, root, things);
	x = ours(&a, &t, root, "/" PROGRAM);
	y = theirs(&a, &t, root, "/" PROGRAM, &failed);
	take_things(&a, root, things);
	if (failed) {
		const char *missing = arena_strndup(&a, failed, strcspn(failed, ":\n"));

		if (missing[0] == '/')	/* a file it stumbled over: ours says so for the name */
			missing = path_base(missing);
		cr_expect(strings_has(&x, arena_printf(&a, "%s => not found", missing)),
			  "%s: the loader fails over %s, ours:\n%s", name, failed, joined(&a, &x));
		return;
	}
	cr_expect_str_eq(joined(&a, &x), joined(&a, &y), "%s\nours:\n%stheirs:\n%s", name,
			 joined(&a, &x), joined(&a, &y));
}

/* The matrix: how the program finds liba.so (its search path), how liba.so says where libq.so is,
 * and where libq.so stands. */

static const char *const values[] = {
	"/opt/app/lib", "$ORIGIN/../lib", "${ORIGIN}/../lib", "/opt/none:/opt/app/lib/",
	":/opt/app/lib:", "lib:./lib:/opt/app/lib", "/../../opt/app/../app/lib//",
	"/opt/$PLATFORM:/opt/${PLATFORM}x:/opt/app/lib", "/opt/$LIB:/opt/app/lib",
	"$ORIGINAL:/opt/$UNKNOWN:/opt/app/lib", "/opt/link/lib", "/opt/$ORIGIN:/opt/app/lib",
};

static const char *const places[][3] = {
	{ "opt/app/lib/libq.so" },
	{ "opt/q/libq.so" },
	{ "opt/q/libq.so", "usr/lib/libq.so" },
	{ "usr/lib/x86_64-linux-gnu/libq.so", "usr/lib/libq.so" },
	{ "lib/x86_64-linux-gnu/libq.so", "usr/lib/x86_64-linux-gnu/libq.so",
	  "opt/app/lib/libq.so" },
	{ "lib/libq.so", "usr/lib/libq.so" },
	{ "opt/x86_64/libq.so", "opt/lib/x86_64-linux-gnu/libq.so" },
	{ NULL },
};

enum kind { NONE, RPATH, RUNPATH, BOTH, KINDS };

static void set_path(struct elfgen *g, enum kind kind, const char *value)
{
	if (kind == RPATH || kind == BOTH)
		g->rpath = value;
	if (kind == RUNPATH || kind == BOTH)
		g->runpath = kind == BOTH ? "/opt/app/lib" : value;
}

static void compare_one(const char *root, enum kind program, const char *value, enum kind library,
			const char *const *place, uint64_t df_1)
{
	AUTO_ARENA a = { 0 };
	struct thing things[THINGS_MAX] = {
		{ .path = PROGRAM, .elf = { .program = true, .needed = { "liba.so" } } },
		{ .path = "opt/app/lib/liba.so",
		  .elf = { .soname = "liba.so", .needed = { "libq.so" }, .df_1 = df_1 } },
		{ .path = "opt/link", .link = "app" },
	};

	set_path(&things[0].elf, program, value);
	set_path(&things[1].elf, library, "/opt/q");
	for (size_t i = 0; i < 3 && place[i]; i++) {
		things[3 + i].path = place[i];
		things[3 + i].elf.soname = "libq.so";
	}
	compare(root, arena_printf(&a, "program %d %s, library %d, %s, flags %llx", program, value,
				   library, place[0] ? place[0] : "nowhere",
				   (unsigned long long)df_1), things);
}

Test(loader, search_paths_in_every_combination, .timeout = 120)
{
	AUTO_ARENA a = { 0 };
	const char *root = make_root(&a);

	for (enum kind program = RPATH; program < KINDS; program++) {
		for (size_t v = 0; v < sizeof(values) / sizeof(*values); v++) {
			for (enum kind library = NONE; library < BOTH; library++) {
				size_t p = (v + library * 3 + program) % 8;

				compare_one(root, program, values[v], library, places[p], 0);
				compare_one(root, program, values[v], library, places[(p + 3) % 8],
					    0);
			}
		}
	}
	files_remove(root);
}

Test(loader, places_in_every_combination, .timeout = 120)
{
	AUTO_ARENA a = { 0 };
	const char *root = make_root(&a);

	for (enum kind program = RPATH; program < BOTH; program++) {
		for (size_t p = 0; p < 8; p++) {
			for (enum kind library = NONE; library < KINDS; library++) {
				compare_one(root, program, values[0], library, places[p], 0);
				compare_one(root, program, values[0], library, places[p],
					    DF_1_NODEFLIB);
			}
		}
	}
	files_remove(root);
}

#define ELF(where, ...) { .path = (where), .elf = { __VA_ARGS__ } }
#define PROG(...) ELF(PROGRAM, .program = true, __VA_ARGS__)
#define LINK(where, to) { .path = (where), .link = (to) }
#define TEXT(where, what) { .path = (where), .text = (what) }

static const struct {
	const char *name;
	struct thing things[THINGS_MAX];
} scenes[] = {
	{ "a file of another class is passed over",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a:/opt/b"),
	    ELF("opt/a/libq.so", .is32 = true, .soname = "libq.so"),
	    ELF("opt/b/libq.so", .soname = "libq.so") } },
	{ "a file of another machine is passed over",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/libq.so", .machine = EM_AARCH64, .soname = "libq.so"),
	    ELF("usr/lib/libq.so", .soname = "libq.so") } },
	{ "a file of another byte order is passed over",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/libq.so", .big_endian = true, .soname = "libq.so"),
	    ELF("usr/lib/libq.so", .soname = "libq.so") } },
	{ "a text file ends the search",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"),
	    TEXT("opt/a/libq.so",
		 "/* GNU ld script: long enough for a header to be looked for in it */\n"
		 "INPUT ( /usr/lib/libq.so.1 )\n"),
	    ELF("usr/lib/libq.so", .soname = "libq.so") } },
	{ "a program is no library",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/libq.so", .program = true, .df_1 = DF_1_PIE),
	    ELF("usr/lib/libq.so", .soname = "libq.so") } },
	{ "a folder of that name ends the search",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"), TEXT("opt/a/libq.so/x", "x"),
	    ELF("usr/lib/libq.so", .soname = "libq.so") } },
	{ "a path through a file is passed over",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"), TEXT("opt/a", "x"),
	    ELF("usr/lib/libq.so", .soname = "libq.so") } },
	{ "loaded already by SONAME",
	  { PROG(.needed = { "libfile.so", "libq.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/libfile.so", .soname = "libq.so"),
	    ELF("opt/a/libq.so", .soname = "libother.so") } },
	{ "loaded already by the program, for a library that would not find it",
	  { PROG(.needed = { "liba.so", "libq.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/liba.so", .soname = "liba.so", .needed = { "libq.so" }),
	    ELF("opt/a/libq.so", .soname = "libq.so") } },
	{ "RUNPATH of the program does not help its libraries",
	  { PROG(.needed = { "liba.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/liba.so", .soname = "liba.so", .needed = { "libq.so" }),
	    ELF("opt/a/libq.so", .soname = "libq.so") } },
	{ "RPATH goes down the chain, and through one that has RUNPATH",
	  { PROG(.needed = { "liba.so" }, .rpath = "/opt/a"),
	    ELF("opt/a/liba.so", .soname = "liba.so", .needed = { "libb.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/libb.so", .soname = "libb.so", .needed = { "libq.so" }),
	    ELF("opt/a/libq.so", .soname = "libq.so") } },
	{ "RPATH of a library helps those below it",
	  { PROG(.needed = { "liba.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/liba.so", .soname = "liba.so", .needed = { "libb.so" }, .rpath = "/opt/b"),
	    ELF("opt/b/libb.so", .soname = "libb.so", .needed = { "libq.so" }),
	    ELF("opt/b/libq.so", .soname = "libq.so") } },
	{ "$ORIGIN of a library is the folder of the link it was found by",
	  { PROG(.needed = { "liba.so" }, .runpath = "/opt/a"),
	    LINK("opt/a/liba.so", "../real/liba.so"),
	    ELF("opt/real/liba.so", .soname = "liba.so", .needed = { "libq.so" },
		.runpath = "$ORIGIN/sub"),
	    ELF("opt/a/sub/libq.so", .soname = "libq.so"),
	    ELF("opt/real/sub/libq.so", .soname = "libq.so") } },
	{ "one file under two names is loaded once",
	  { PROG(.needed = { "liba.so", "libb.so", "libc.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/liba.so", .needed = { "libb.so" }), LINK("opt/a/libb.so", "liba.so"),
	    LINK("opt/a/libc.so", "/opt/a/libb.so") } },
	{ "a needed name with a slash is a path",
	  { PROG(.needed = { "/opt/a/libq.so" }), ELF("opt/a/libq.so", .soname = "libq.so") } },
	{ "a needed name with $ORIGIN",
	  { PROG(.needed = { "$ORIGIN/../libq.so" }),
	    ELF("opt/app/libq.so", .soname = "libq.so") } },
	{ "filters are needed, auxiliaries are not",
	  { PROG(.needed = { "liba.so" }, .rpath = "/opt/a"),
	    ELF("opt/a/liba.so", .soname = "liba.so", .filter = "libf.so", .auxiliary = "libx.so"),
	    ELF("opt/a/libf.so", .soname = "libf.so") } },
	{ "an auxiliary that is there is loaded",
	  { PROG(.needed = { "liba.so" }, .rpath = "/opt/a"),
	    ELF("opt/a/liba.so", .soname = "liba.so", .auxiliary = "libx.so"),
	    ELF("opt/a/libx.so", .soname = "libx.so") } },
	{ "a link loop is no file",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"), LINK("opt/a/libq.so", "libr.so"),
	    LINK("opt/a/libr.so", "libq.so"), ELF("lib/libq.so", .soname = "libq.so") } },
	{ "a link out of the root stays inside",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"),
	    LINK("opt/a/libq.so", "../../../../../opt/b/libq.so"),
	    ELF("opt/b/libq.so", .soname = "libq.so") } },
	{ "libraries that need each other",
	  { PROG(.needed = { "liba.so" }, .rpath = "/opt/a"),
	    ELF("opt/a/liba.so", .soname = "liba.so", .needed = { "libb.so" }),
	    ELF("opt/a/libb.so", .soname = "libb.so", .needed = { "liba.so" }) } },
	{ "SONAME with a slash",
	  { PROG(.needed = { "liba.so", "/opt/a/liba.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/liba.so", .soname = "/opt/a/liba.so") } },
	{ "a malformed library ends the search",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"),
	    TEXT("opt/a/libq.so",
		 "\177ELF and then nothing of the kind, but long enough for a header"),
	    ELF("usr/lib/libq.so", .soname = "libq.so") } },
	{ "no library at all", { PROG(.runpath = "/opt/a") } },
};

Test(loader, cases_that_are_easy_to_get_wrong, .timeout = 60)
{
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++) {
		const char *root = make_root(&a);

		compare(root, scenes[i].name, scenes[i].things);
		files_remove(root);
	}
}
