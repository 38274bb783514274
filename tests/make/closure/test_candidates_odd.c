/* SPDX-License-Identifier: Apache-2.0 */
/* Libraries among the entries of packages, where the first that has the name is not the one: texts,
 * other machines, files that are cut off, links to what is there and to what is not. */

#include <criterion/criterion.h>
#include <elf.h>
#include <stdio.h>
#include <unistd.h>

#include "make/closure/closure.h"
#include "make/closure/library_candidates.h"
#include "support/gen_elf.h"

#define LIB "usr/lib/x86_64-linux-gnu/"

static const struct owner wanting_owner = { .kind = OWNER_RECIPE, .name = "test", .layer = "app" };

enum entry_kind { IS_NONE, IS_LIBRARY, IS_TEXT, IS_CUT, IS_OTHER, IS_FOLDER };

/* An entry of a package: a link when it has a target. */
struct wanting_entry {
	const char *path;
	enum entry_kind kind;
	const char *target;
};

/* A tree with usr/bin/p, which needs a library. */
struct wanting {
	struct arena a;
	struct tree t;
	struct deb_package package;
	struct deb deb;
	struct candidates c;
	struct closure closure;
	struct error e;
};

static struct str entry_bytes(struct arena *a, enum entry_kind kind)
{
	struct str whole = elfgen_make(a, &(struct elfgen){ .soname = "libx.so",
							    .machine = kind == IS_OTHER ? EM_AARCH64
											: 0 });

	if (kind == IS_TEXT)
		return STR("/* GNU ld script */\n");
	return kind == IS_CUT ? (struct str){ whole.p, 60 } : whole;
}

static void wanting_put(struct wanting *w, const char *path, enum entry_kind kind, struct str bytes)
{
	struct node n = { .path = path,
			  .type = kind == IS_FOLDER ? NODE_DIR : NODE_FILE,
			  .mode = 0755,
			  .owner = &wanting_owner };

	if (kind != IS_FOLDER)
		n.content = (struct content){ .size = bytes.n, .bytes = bytes.p };
	cr_assert(tree_add(&w->t, &n, &w->e), "%s", w->e.cause);
}

static void wanting_open(struct wanting *w, const char *needed, const char *runpath)
{
	*w = (struct wanting){ .package = { .name = "x", .version = "1" } };
	tree_init(&w->t, &w->a);
	wanting_put(w, "usr/lib64/ld-linux-x86-64.so.2", IS_LIBRARY,
		    elfgen_make(&w->a, &(struct elfgen){ .soname = "ld-linux-x86-64.so.2" }));
	for (size_t i = 0; i < 2; i++) {
		struct node n = { .path = i ? "lib64" : "lib",
				  .type = NODE_LINK,
				  .mode = 0777,
				  .owner = &wanting_owner,
				  .target = i ? "usr/lib64" : "usr/lib" };

		cr_assert(tree_add(&w->t, &n, &w->e));
	}
	wanting_put(w, "usr/bin/p", IS_LIBRARY,
		    elfgen_make(&w->a, &(struct elfgen){ .program = true,
							 .needed = { needed },
							 .runpath = runpath }));
	w->deb.package = &w->package;
	w->deb.data.fd = fileno(tmpfile());
	w->deb.data.name = "x.deb";
}

static void wanting_pack(struct wanting *w, const struct wanting_entry *entry)
{
	struct str bytes = entry->target ? STR("") : entry_bytes(&w->a, entry->kind);
	off_t at = lseek(w->deb.data.fd, 0, SEEK_END);

	cr_assert(at >= 0 && fd_write(w->deb.data.fd, bytes, "x.deb", &w->e));
	*list_push(&w->a, &w->deb.entries) = (struct deb_entry){ .path = entry->path,
								 .type = entry->target ? NODE_LINK
										       : NODE_FILE,
								 .mode = 0644,
								 .target = entry->target,
								 .offset = (uint64_t)at,
								 .size = bytes.n };
}

/* Looks for it; what was added to the tree, in order of the paths. */
static const char *wanting_run(struct wanting *w)
{
	struct buf out = { .a = &w->a };

	candidates_init(&w->c, &w->a, (const struct deb *const[]){ &w->deb }, 1, "libraries");
	if (!closure_run(&w->a, &w->t, &w->c.base, &w->closure, &w->e))
		return arena_printf(&w->a, "%s%s", w->e.context, w->e.cause);
	for (size_t i = 0; i < w->t.n; i++) {
		if (w->t.v[i]->type != NODE_DIR && w->t.v[i]->owner->kind == OWNER_PACKAGE)
			buf_printf(&out, "%s ", w->t.v[i]->path);
	}
	buf_puts(&out, w->closure.missing ? "missing" : "found");
	return buf_cstr(&out);
}

#define NEEDS_X "libx.so", NULL

static const struct {
	const char *needed, *runpath;
	struct wanting_entry tree, entries[3];
	const char *gives;
} wantings[] = {
	/* a link to what the tree has; to a folder of it; to a text; to nothing */
	{ NEEDS_X,
	  { LIB "libx.so.1", IS_LIBRARY, NULL },
	  { { LIB "libx.so", IS_NONE, "libx.so.1" } },
	  LIB "libx.so found" },
	{ NEEDS_X,
	  { LIB "libx.so.1", IS_FOLDER, NULL },
	  { { LIB "libx.so", IS_NONE, "libx.so.1" } },
	  "missing" },
	{ NEEDS_X,
	  { LIB "libx.so.1", IS_TEXT, NULL },
	  { { LIB "libx.so", IS_NONE, "libx.so.1" } },
	  "missing" },
	{ NEEDS_X, { NULL }, { { LIB "libx.so", IS_NONE, "libx.so.1" } }, "missing" },
	/* through the root, and through a folder that merged /usr moves */
	{ NEEDS_X,
	  { NULL },
	  { { LIB "libx.so", IS_NONE, "../../../../../lib/./y/libx.so.1" },
	    { "usr/lib/y/libx.so.1", IS_LIBRARY, NULL } },
	  LIB "libx.so usr/lib/y/libx.so.1 found" },
	/* the same name in two default folders: the loader's order */
	{ NEEDS_X,
	  { NULL },
	  { { LIB "libx.so", IS_TEXT, NULL }, { "usr/lib/libx.so", IS_LIBRARY, NULL } },
	  "usr/lib/libx.so found" },
	{ NEEDS_X,
	  { NULL },
	  { { LIB "libx.so", IS_OTHER, NULL }, { "usr/lib/libx.so", IS_LIBRARY, NULL } },
	  "usr/lib/libx.so found" },
	{ NEEDS_X,
	  { NULL },
	  { { LIB "libx.so", IS_LIBRARY, NULL }, { "usr/lib/libx.so", IS_LIBRARY, NULL } },
	  LIB "libx.so found" },
	{ NEEDS_X,
	  { NULL },
	  { { LIB "libx.so", IS_CUT, NULL } },
	  "usr/bin/p > libx.so: package x: " LIB "libx.so: the ELF header is cut off" },
	/* the root as a folder; names with slashes */
	{ "libx.so", "/", { NULL }, { { "libx.so", IS_LIBRARY, NULL } }, "libx.so found" },
	{ "/opt/x/libx.so",
	  NULL,
	  { NULL },
	  { { "opt/x/libx.so", IS_LIBRARY, NULL }, { LIB "libx.so", IS_LIBRARY, NULL } },
	  "opt/x/libx.so found" },
	{ "x/libx.so",
	  NULL,
	  { NULL },
	  { { "x/libx.so", IS_LIBRARY, NULL }, { LIB "libx.so", IS_LIBRARY, NULL } },
	  "missing" },
};

Test(candidates_odd, the_first_of_the_name_is_not_always_the_one)
{
	for (size_t i = 0; i < ARRAY_SIZE(wantings); i++) {
		struct wanting w;
		const char *gives;

		wanting_open(&w, wantings[i].needed, wantings[i].runpath);
		if (wantings[i].tree.path)
			wanting_put(&w, wantings[i].tree.path, wantings[i].tree.kind,
				    entry_bytes(&w.a, wantings[i].tree.kind));
		for (size_t k = 0; k < 3 && wantings[i].entries[k].path; k++)
			wanting_pack(&w, &wantings[i].entries[k]);
		gives = wanting_run(&w);
		cr_expect_str_eq(gives, wantings[i].gives, "%zu: %s", i, gives);
		arena_free(&w.a);
	}
}

/* As Linux has it: forty links, and no more. */
Test(candidates_odd, chains_of_links_have_an_end)
{
	for (unsigned links = 40; links <= 41; links++) {
		struct wanting w;

		wanting_open(&w, "libx.so", NULL);
		for (unsigned i = 0; i < links; i++)
			wanting_pack(&w,
				     &(struct wanting_entry){
					     i ? arena_printf(&w.a, LIB "x%u", i) : LIB "libx.so",
					     IS_NONE, arena_printf(&w.a, "x%u", i + 1) });
		wanting_pack(&w, &(struct wanting_entry){ arena_printf(&w.a, LIB "x%u", links),
							  IS_LIBRARY, NULL });
		cr_expect_eq(str_ends(str_of(wanting_run(&w)), STR("found")), links == 40, "%u: %s",
			     links, w.e.cause);
		arena_free(&w.a);
	}
}

/* The tree has a file where the package has a folder. */
Test(candidates_odd, what_cannot_be_added_names_its_package)
{
	struct wanting w;
	const char *said;

	wanting_open(&w, NEEDS_X);
	wanting_put(&w, LIB "libx.so.d", IS_TEXT, STR("x"));
	wanting_pack(&w, &(struct wanting_entry){ LIB "libx.so", 0, "libx.so.d/y" });
	wanting_pack(&w, &(struct wanting_entry){ LIB "libx.so.d/y", IS_LIBRARY, NULL });
	said = wanting_run(&w);
	cr_expect(strstr(said, "package x: "), "%s", said);
	arena_free(&w.a);
}
