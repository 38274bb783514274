/* SPDX-License-Identifier: Apache-2.0 */
/* Closures of trees that something is wrong with: files whose bytes cannot be had, folders that
 * cannot be reached, candidates that lie, names that no cache can hold. */

#include <criterion/criterion.h>
#include <elf.h>

#include "format/elf/ldcache.h"
#include "make/closure/closure.h"
#include "make/closure/loader_cache.h"
#include "support/gen_elf.h"

#define ELF(...) (&(struct elfgen){ __VA_ARGS__ })
#define LIB "usr/lib/x86_64-linux-gnu/"
#define LOADER "usr/lib64/ld-linux-x86-64.so.2"

static const struct owner odd_owner = { .kind = OWNER_RECIPE, .name = "test", .layer = "app" };

/* Says that it is an ELF file, and ends in its header. */
static const char cut[60] = "\177ELF\2\1\1";

/* Bytes that cannot be had. */
static const struct blob gone = { .fd = -1, .name = "gone.deb" };

struct odd {
	struct arena a;
	struct tree t;
	struct closure_candidates base;
	struct error e;
	const char *fails;    /* reaching this path is an error */
	const char *provides; /* this library is said to be there now, and is not */
	bool breaks;	      /* asking for any is an error */
	unsigned asked;
};

static void odd_add(struct odd *o, const char *path, enum node_type type, struct content content,
		    const char *target)
{
	struct node n = { .path = path,
			  .type = type,
			  .mode = 0755,
			  .owner = &odd_owner,
			  .content = content,
			  .target = target };

	cr_assert(tree_add(&o->t, &n, &o->e), "%s", o->e.cause);
}

static void odd_text(struct odd *o, const char *path, struct str text)
{
	odd_add(o, path, NODE_FILE, (struct content){ .size = text.n, .bytes = text.p }, NULL);
}

static void odd_elf(struct odd *o, const char *path, const struct elfgen *g)
{
	odd_text(o, path, elfgen_make(&o->a, g));
}

static void odd_link(struct odd *o, const char *path, const char *target)
{
	odd_add(o, path, NODE_LINK, (struct content){ .size = 0 }, target);
}

static void odd_gone(struct odd *o, const char *path)
{
	odd_add(o, path, NODE_FILE, (struct content){ .blob = &gone, .size = 100 }, NULL);
}

static void odd_open(struct odd *o)
{
	*o = (struct odd){ .a = { 0 } };
	tree_init(&o->t, &o->a);
	odd_link(o, "lib", "usr/lib");
	odd_link(o, "lib64", "usr/lib64");
	odd_elf(o, LOADER, ELF(.soname = "ld-linux-x86-64.so.2"));
}

static bool odd_reach(struct closure_candidates *base, struct tree *t, const char *path,
		      struct error *e)
{
	const struct odd *o = (const struct odd *)((char *)base - offsetof(struct odd, base));

	(void)t;
	return !o->fails || strcmp(o->fails, path) != 0 || err_set(e, ERR_SYSTEM, "reach %s", path);
}

static bool odd_provide(struct closure_candidates *base, struct tree *t,
			const struct closure_want *want, bool *found, struct error *e)
{
	struct odd *o = (struct odd *)((char *)base - offsetof(struct odd, base));

	(void)t;
	o->asked++;
	*found = o->provides && strcmp(o->provides, want->soname) == 0;
	return !o->breaks || err_set(e, ERR_SYSTEM, "ask for %s", want->soname);
}

static const char *odd_message(struct odd *o)
{
	return arena_printf(&o->a, "%s%s", o->e.context, o->e.cause);
}

Test(closure_odd, bytes_that_cannot_be_had_name_their_file)
{
	static const struct {
		const char *path, *says;
	} cases[] = {
		{ "etc/ld.so.preload", "gone.deb" },
		{ "etc/ld.so.cache", "gone.deb" },
		{ LIB "liba.so", LIB "liba.so: " },
		{ "usr/share/x", "usr/share/x: " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct odd o;
		struct closure c;

		odd_open(&o);
		odd_elf(&o, "usr/bin/p", ELF(.program = true, .needed = { "liba.so" }));
		odd_gone(&o, cases[i].path);
		cr_expect_not(closure_run(&o.a, &o.t, NULL, &c, &o.e), "%s", cases[i].path);
		cr_expect_eq(o.e.kind, ERR_SYSTEM);
		cr_expect(strstr(odd_message(&o), cases[i].says), "%s", odd_message(&o));
		arena_free(&o.a);
	}
}

Test(closure_odd, what_cannot_be_reached_is_an_error)
{
	static const char *const paths[] = {
		"/etc/ld.so.preload",
		"/etc/ld.so.cache",
		"/lib64/ld-linux-x86-64.so.2",
		"/opt/r/liba.so",
		"/lib/x86_64-linux-gnu/liba.so",
		"/usr/lib/libnone.so",
		"usr/bin/p",
	};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct odd o;
		struct world *w;
		struct closure c;
		const struct strings ahead = { &(const char *){ "usr/bin/p" }, 1, 1 };
		bool ok;

		odd_open(&o);
		o.base.reach = odd_reach;
		o.fails = paths[i];
		odd_elf(&o, "usr/bin/p",
			ELF(.program = true, .needed = { "liba.so", "libnone.so" },
			    .runpath = "/opt/r"));
		odd_elf(&o, LIB "liba.so", ELF(.soname = "liba.so"));
		w = closure_world(&o.a, &o.t, &o.base, &o.e);
		ok = w && closure_read_ahead(w, &ahead, &o.e) &&
		     closure_run_in(&o.a, w, "/usr/bin/p", &c, &o.e);
		cr_expect_not(ok, "%s", paths[i]);
		cr_expect(strstr(odd_message(&o), arena_printf(&o.a, "reach %s", paths[i])), "%s",
			  odd_message(&o));
		arena_free(&o.a);
	}
}

Test(closure_odd, one_process_begins_with_an_elf_file)
{
	static const struct {
		const char *path, *says;
	} cases[] = {
		{ "/usr/bin/none", "/usr/bin/none: no such file" },
		{ "/usr", "/usr: no such file" },
		{ "/usr/bin/script", "/usr/bin/script: not an ELF file" },
		{ "/usr/bin/cut", "/usr/bin/cut: the ELF header is cut off" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct odd o;
		struct world *w;
		struct closure c;

		odd_open(&o);
		odd_text(&o, "usr/bin/script", STR("#!/bin/sh\n"));
		odd_text(&o, "usr/bin/cut", (struct str){ cut, sizeof(cut) });
		w = closure_world(&o.a, &o.t, NULL, &o.e);
		cr_assert(w);
		cr_expect_not(closure_run_in(&o.a, w, cases[i].path, &c, &o.e));
		cr_expect_eq(o.e.kind, ERR_INPUT);
		cr_expect_str_eq(odd_message(&o), cases[i].says);
		arena_free(&o.a);
	}
}

/* A program without PT_DYNAMIC loads nothing; one whose bytes are gone is an error. */
Test(closure_odd, a_static_program_is_a_process_of_one_file)
{
	const struct elfgen g = { .program = true };
	struct str file;
	struct odd o;
	struct world *w;
	struct closure c;

	odd_open(&o);
	file = elfgen_make(&o.a, &g);
	elfgen_put(&g, file, elfgen_segment_at(&g, file, PT_DYNAMIC), PT_NULL, 4);
	elfgen_put(&g, file, elfgen_segment_at(&g, file, PT_INTERP), PT_NULL, 4);
	odd_text(&o, "usr/bin/s", file);
	odd_gone(&o, "usr/bin/gone");
	w = closure_world(&o.a, &o.t, NULL, &o.e);
	cr_assert(w && closure_run_in(&o.a, w, "/usr/bin/s", &c, &o.e), "%s", odd_message(&o));
	cr_expect(c.objects.n == 1 && c.edges.n == 0 && c.missing == 0);
	cr_expect_not(closure_run_in(&o.a, w, "/usr/bin/gone", &c, &o.e));
	cr_expect(o.e.kind == ERR_SYSTEM && strstr(odd_message(&o), "usr/bin/gone: "), "%s",
		  odd_message(&o));
	arena_free(&o.a);
	odd_open(&o);
	odd_elf(&o, "usr/bin/p", ELF(.program = true, .needed = { "liba.so" }));
	odd_gone(&o, LIB "liba.so");
	w = closure_world(&o.a, &o.t, NULL, &o.e);
	cr_expect_not(w && closure_run_in(&o.a, w, "/usr/bin/p", &c, &o.e));
	cr_expect(strstr(odd_message(&o), LIB "liba.so: "), "%s", odd_message(&o));
	arena_free(&o.a);
}

/* What is no file is passed over when files are read ahead, and what is found by no folder. */
Test(closure_odd, reading_ahead_passes_over_what_is_no_file)
{
	struct odd o;
	struct world *w;
	struct closure c;
	const struct strings ahead = {
		(const char *[]){ "usr/bin", "usr/bin/none", "usr/bin/script", "usr/bin/p" }, 4, 4
	};

	odd_open(&o);
	odd_text(&o, "usr/bin/script", STR("#!/bin/sh\n"));
	odd_text(&o, LIB "libfolder.so/x", STR("x"));
	odd_elf(&o, "opt/libhere.so", ELF(.soname = "libhere.so"));
	odd_elf(&o, "usr/bin/p",
		ELF(.program = true, .needed = { "/opt/libhere.so", "$ORIGIN/../../opt/libhere.so",
						 "libfolder.so", "libnone.so" }));
	w = closure_world(&o.a, &o.t, NULL, &o.e);
	cr_assert(w && closure_read_ahead(w, &ahead, &o.e), "%s", odd_message(&o));
	cr_assert(closure_run_in(&o.a, w, "/usr/bin/p", &c, &o.e), "%s", odd_message(&o));
	cr_expect_eq(c.missing, 2, "%zu", c.missing);
	list_each(edge, &c.edges) {
		bool here = strstr(edge->needed, "libhere.so");

		cr_expect_eq(edge->found != NULL, here || strstr(edge->needed, "ld-linux"), "%s",
			     edge->needed);
		cr_expect(!here || strcmp(edge->found, "opt/libhere.so") == 0, "%s", edge->found);
	}
	arena_free(&o.a);
}

/* A cache says where a library is: in a folder that is searched by nobody else; and of a folder,
 * which is no library. */
Test(closure_odd, a_cache_names_files_and_nothing_else)
{
	struct odd o;
	struct world *w;
	struct closure c;
	const struct strings ahead = { (const char *[]){ "usr/bin/p" }, 1, 1 };
	struct buf bytes = { .a = &o.a };
	struct str cache;

	odd_open(&o);
	odd_text(&o, "etc/ld.so.conf", STR("/opt\n"));
	odd_elf(&o, "opt/liba.so", ELF(.soname = "liba.so"));
	odd_elf(&o, "opt/libb.so", ELF(.soname = "libb.so"));
	odd_elf(&o, "usr/bin/p", ELF(.program = true, .needed = { "liba.so", "libb.so" }));
	cr_assert(cache_build(&o.a, &o.t, tree_find(&o.t, "usr/bin/p"), &bytes, &o.e), "%s",
		  odd_message(&o));
	cache = buf_str(&bytes);
	tree_init(&o.t, &o.a);
	odd_link(&o, "lib64", "usr/lib64");
	odd_elf(&o, LOADER, ELF(.soname = "ld-linux-x86-64.so.2"));
	odd_text(&o, "etc/ld.so.cache", cache);
	odd_elf(&o, "opt/liba.so", ELF(.soname = "liba.so"));
	odd_text(&o, "opt/libb.so/x", STR("x"));
	odd_elf(&o, "usr/bin/p", ELF(.program = true, .needed = { "liba.so", "libb.so" }));
	w = closure_world(&o.a, &o.t, NULL, &o.e);
	cr_assert(w && closure_read_ahead(w, &ahead, &o.e) &&
			  closure_run_in(&o.a, w, "/usr/bin/p", &c, &o.e),
		  "%s", odd_message(&o));
	cr_expect_eq(c.missing, 1, "%zu", c.missing);
	cr_expect(closure_object(&c, "opt/liba.so") != NULL);
	arena_free(&o.a);
}

/* The loader ignores a cache that it cannot read, and so do we. */
Test(closure_odd, a_cache_that_is_none_is_ignored)
{
	struct odd o;
	struct closure c;

	odd_open(&o);
	odd_text(&o, "etc/ld.so.cache", STR("glibc-ld.so.cache2.1"));
	odd_elf(&o, LIB "liba.so", ELF(.soname = "liba.so"));
	odd_elf(&o, "usr/bin/p", ELF(.program = true, .needed = { "liba.so" }));
	cr_assert(closure_run(&o.a, &o.t, NULL, &c, &o.e), "%s", odd_message(&o));
	cr_expect_eq(c.missing, 0);
	arena_free(&o.a);
}

/* Of the names that .note.dlopen gives, the first that is had is enough. */
Test(closure_odd, one_of_several_names_is_enough)
{
	struct odd o;
	struct closure c;

	odd_open(&o);
	o.base.provide = odd_provide;
	o.provides = "liba.so";
	odd_elf(&o, "usr/bin/p",
		ELF(.program = true, .note_owner = "FDO", .note_type = ELF_NOTE_DLOPEN,
		    .note_desc = "[{\"priority\":\"required\",\"soname\":[\"liba.so\","
				 "\"libb.so\"]}]"));
	cr_assert(closure_run(&o.a, &o.t, &o.base, &c, &o.e), "%s", odd_message(&o));
	cr_expect_eq(o.asked, 1, "%u", o.asked);
	cr_expect_eq(c.missing, 1); /* it is said to be there, and is not */
	o.provides = "libb.so";
	o.asked = 0;
	cr_assert(closure_run(&o.a, &o.t, &o.base, &c, &o.e), "%s", odd_message(&o));
	cr_expect_eq(o.asked, 2, "%u", o.asked);
	arena_free(&o.a);
}

Test(closure_odd, a_candidate_that_is_said_to_be_there_is_asked_for_once)
{
	struct odd o;
	struct closure c;

	odd_open(&o);
	o.base.provide = odd_provide;
	o.provides = "liba.so";
	odd_elf(&o, "usr/bin/p", ELF(.program = true, .needed = { "liba.so", "libb.so" }));
	cr_assert(closure_run(&o.a, &o.t, &o.base, &c, &o.e), "%s", odd_message(&o));
	cr_expect_eq(c.missing, 2);
	cr_expect_eq(o.asked, 3, "%u", o.asked); /* liba.so once, libb.so in both rounds */
	cr_expect(c.edges.v[1].given && !c.edges.v[2].given);
	o.breaks = true;
	cr_expect_not(closure_run(&o.a, &o.t, &o.base, &c, &o.e));
	cr_expect_str_eq(odd_message(&o), "usr/bin/p > liba.so: ask for liba.so");
	arena_free(&o.a);
}

Test(closure_odd, what_is_recommended_is_not_asked_for)
{
	struct odd o;
	struct closure c;

	odd_open(&o);
	o.base.provide = odd_provide;
	odd_elf(&o, "usr/bin/p",
		ELF(.program = true, .note_owner = "FDO", .note_type = ELF_NOTE_DLOPEN,
		    .note_desc = "[{\"priority\":\"recommended\",\"soname\":[\"libw.so\"]}]"));
	cr_assert(closure_run(&o.a, &o.t, &o.base, &c, &o.e), "%s", odd_message(&o));
	cr_expect_eq(c.missing, 0);
	cr_expect_eq(o.asked, 0);
	arena_free(&o.a);
}

Test(closure_odd, an_empty_tree_has_an_empty_closure)
{
	struct odd o = { .a = { 0 } };
	struct closure c;
	size_t n;

	tree_init(&o.t, &o.a);
	cr_assert(closure_run(&o.a, &o.t, NULL, &c, &o.e));
	cr_expect(c.elf_files == 0 && c.missing == 0 && c.edges.n == 0);
	cr_expect_null(closure_object(&c, "usr/bin/p"));
	closure_edges(&c, "usr/bin/p", &n);
	cr_expect_eq(n, 0);
	arena_free(&o.a);
}

/* More files than are mapped at once; the malformed ones among them are told all the same. */
Test(closure_odd, many_files_are_read_in_batches)
{
	struct odd o;
	struct closure c;

	odd_open(&o);
	for (int i = 0; i < 520; i++) {
		const char *path = arena_printf(&o.a, LIB "lib%03d.so", i);

		if (i % 100 == 99)
			odd_text(&o, path, (struct str){ cut, sizeof(cut) });
		else
			odd_elf(&o, path, ELF(.soname = path + strlen(LIB)));
	}
	cr_assert(closure_run(&o.a, &o.t, NULL, &c, &o.e), "%s", odd_message(&o));
	cr_expect_eq(c.objects.n, 516, "%zu", c.objects.n);
	cr_expect_eq(c.bad.n, 5, "%zu", c.bad.n);
	cr_expect_str_eq(c.bad.v[4].file, LIB "lib499.so");
	cr_expect_str_eq(closure_object(&c, LIB "lib519.so")->elf->soname, "lib519.so");
	cr_expect_null(closure_object(&c, LIB "lib499.so"));
	arena_free(&o.a);
}

/* What another tree has read is taken over where the content is the same, and only there. */
Test(closure_odd, what_was_read_of_another_tree_is_taken_over)
{
	struct odd o, p = { .a = { 0 } };
	struct world *w, *v;
	struct closure c;
	struct str same;

	odd_open(&o);
	same = elfgen_make(&o.a, ELF(.soname = "libsame.so"));
	odd_text(&o, LIB "libsame.so", same);
	odd_elf(&o, LIB "libother.so", ELF(.soname = "libold.so"));
	odd_elf(&o, LIB "libgone.so", ELF(.soname = "libgone.so"));
	odd_elf(&o, LIB "liblink.so", ELF(.soname = "liblink.so"));
	w = closure_world(&o.a, &o.t, NULL, &o.e);
	cr_assert(w && closure_run(&o.a, &o.t, NULL, &c, &o.e));
	cr_assert(closure_read_ahead(w,
				     &(struct strings){
					     (const char *[]){ LIB "libsame.so", LIB "libother.so",
							       LIB "libgone.so", LIB "liblink.so" },
					     4, 4 },
				     &o.e));
	tree_init(&p.t, &p.a);
	odd_text(&p, LIB "libsame.so", same);
	odd_elf(&p, LIB "libother.so", ELF(.soname = "libnew.so"));
	odd_link(&p, LIB "liblink.so", "libsame.so");
	odd_elf(&p, "usr/bin/p",
		ELF(.program = true, .needed = { "libsame.so", "libnew.so", "libother.so" }));
	v = closure_world(&p.a, &p.t, NULL, &p.e);
	cr_assert(v);
	closure_adopt(v, w);
	closure_adopt(v, w);
	cr_assert(closure_run_in(&p.a, v, "/usr/bin/p", &c, &p.e), "%s", odd_message(&p));
	cr_expect_str_eq(closure_object(&c, LIB "libsame.so")->elf->soname, "libsame.so");
	cr_expect_str_eq(closure_object(&c, LIB "libother.so")->elf->soname, "libnew.so");
	cr_expect_null(closure_object(&c, LIB "libgone.so"));
	arena_free(&p.a);
	arena_free(&o.a);
}

/* ---- the cache ---- */

static const char *odd_cache(struct odd *o, const char *like)
{
	struct buf bytes = { .a = &o->a }, text = { .a = &o->a };
	struct ldcache cache;

	if (!cache_build(&o->a, &o->t, like ? tree_find(&o->t, like) : NULL, &bytes, &o->e))
		return odd_message(o);
	cr_assert(ldcache_read(&o->a, buf_str(&bytes), &cache, &o->e));
	list_each(entry, &cache.entries)
		buf_printf(&text, "%s %s;", entry->soname, entry->path);
	return text.n ? buf_cstr(&text) : "";
}

#define CONF "etc/ld.so.conf"

/* One file of one folder: is it in the cache? ldconfig(8), elf/ldconfig.c: is_dso, search_dir. */
Test(closure_odd, what_ldconfig_takes_for_a_library)
{
	static const struct {
		const char *name;
		struct elfgen elf;
		const char *cached; /* its name there; NULL: not */
	} cases[] = {
		{ "libx.so", { .relro = true }, "libx.so" },
		{ "libx.so.1", { .soname = "libx.so.1" }, "libx.so.1" },
		{ "ld-x.so", { .relro = true }, "ld-x.so" },
		{ "ld.so.1", { .relro = true }, "ld.so.1" },
		{ "ld64.so.1", { .relro = true }, "ld64.so.1" },
		{ "ld64.so", { .relro = true }, NULL },
		{ "ld.so", { .relro = true }, NULL },
		{ "libx", { .relro = true }, NULL },
		{ "x.so", { .relro = true }, NULL },
		{ "libx.so", { .fixed = true }, NULL },
		{ "libx.so", { .machine = EM_SPARCV9 }, NULL },
		{ "libx.so", { .big_endian = true, .machine = EM_S390 }, NULL },
		/* nothing stands under its SONAME */
		{ "libx.so", { .soname = "liby.so" }, NULL },
		/* names that a cache cannot hold in order */
		{ "libx.so", { .soname = "a/libx.so" }, NULL },
		{ "libx.so.123456789", { .relro = true }, "libx.so.123456789" },
		{ "libx.so.1234567890", { .relro = true }, NULL },
		{ "libx.so.12345.67890", { .relro = true }, "libx.so.12345.67890" },
		{ "lib\303\251.so", { .relro = true }, NULL },
		{ "lib~.so", { .relro = true }, "lib~.so" },
		{ "lib\177.so", { .relro = true }, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct odd o = { .a = { 0 } };

		tree_init(&o.t, &o.a);
		odd_text(&o, CONF, STR("/opt\n"));
		odd_elf(&o, "bin/p", ELF(.program = true));
		odd_elf(&o, arena_printf(&o.a, "opt/%s", cases[i].name), &cases[i].elf);
		cr_expect_str_eq(odd_cache(&o, "bin/p"),
				 cases[i].cached ? arena_printf(&o.a, "%s /opt/%s;",
								cases[i].cached, cases[i].cached)
						 : "",
				 "%s: %s", cases[i].name, odd_cache(&o, "bin/p"));
		arena_free(&o.a);
	}
}

Test(closure_odd, links_for_the_linker_are_cached_under_their_own_names)
{
	struct odd o = { .a = { 0 } };

	tree_init(&o.t, &o.a);
	odd_text(&o, CONF, STR("/opt\n/opt/sub\n/alias\n/file\n/none\n"));
	odd_elf(&o, "opt/libz.so.1", ELF(.soname = "libz.so.1"));
	odd_link(&o, "opt/libz.so", "libz.so.1");
	odd_link(&o, "opt/liby.so", "libz.so.1");
	odd_link(&o, "opt/libdangling.so", "none");
	odd_link(&o, "opt/libfolder.so", "sub");
	odd_elf(&o, "opt/sub/libs.so", ELF(.soname = "libs.so"));
	odd_text(&o, "opt/libscript.so", STR("INPUT(libz.so.1)\n"));
	odd_text(&o, "opt/libcut.so", (struct str){ cut, sizeof(cut) });
	odd_link(&o, "alias", "opt");
	odd_text(&o, "file", STR("x"));
	cr_expect_str_eq(odd_cache(&o, NULL), "libz.so.1 /opt/libz.so.1;libz.so /opt/libz.so;"
					      "libs.so /opt/sub/libs.so;");
	arena_free(&o.a);
}

/* Whose byte order counts is said, or is that of the first that runs anywhere. */
Test(closure_odd, the_byte_order_is_that_of_a_file)
{
	struct odd o = { .a = { 0 } };

	tree_init(&o.t, &o.a);
	odd_text(&o, "a/text", STR("x"));
	odd_text(&o, "a/cut", (struct str){ cut, sizeof(cut) });
	odd_link(&o, "a/link", "text");
	odd_elf(&o, "a/sparc", ELF(.machine = EM_SPARCV9));
	odd_elf(&o, "b", ELF(.big_endian = true, .machine = EM_S390, .program = true));
	odd_elf(&o, "c", ELF(.program = true));
	odd_elf(&o, "usr/lib/libb.so", ELF(.big_endian = true, .machine = EM_S390));
	odd_elf(&o, "usr/lib/libl.so", ELF(.relro = true));
	cr_expect_str_eq(odd_cache(&o, NULL), "libb.so /usr/lib/libb.so;");
	cr_expect_str_eq(odd_cache(&o, "c"), "libl.so /usr/lib/libl.so;");
	arena_free(&o.a);
	/* nobody: folders that are named, in no byte order */
	tree_init(&o.t, &o.a);
	cr_expect_str_eq(odd_cache(&o, NULL), "");
	arena_free(&o.a);
}

Test(closure_odd, a_configuration_that_cannot_be_read_is_told)
{
	static const struct {
		const char *path;
		bool gone;
		uint64_t size;
		const char *says;
	} cases[] = {
		{ CONF, true, 100, "gone.deb" },
		{ CONF, true, 1u << 20, "gone.deb" },
		{ CONF, true, (1u << 20) + 1, "/etc/ld.so.conf has more than 1048576 bytes" },
		{ "opt/libx.so", true, 100, "ld.so.cache: opt/libx.so: " },
		{ "a", true, 100, "a: " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct odd o = { .a = { 0 } };

		tree_init(&o.t, &o.a);
		if (strcmp(cases[i].path, CONF) != 0)
			odd_text(&o, CONF, STR("/opt\n"));
		odd_add(&o, cases[i].path, NODE_FILE,
			(struct content){ .blob = &gone, .size = cases[i].size }, NULL);
		odd_elf(&o, "p", ELF(.program = true));
		cr_expect(strstr(odd_cache(&o, cases[i].path[0] == 'a' ? NULL : "p"),
				 cases[i].says),
			  "%zu: %s", i, odd_message(&o));
		arena_free(&o.a);
	}
}

/* A folder where a file of the configuration should be, and one where a folder should be. */
Test(closure_odd, a_configuration_of_folders_and_files_gives_what_is_there)
{
	struct odd o = { .a = { 0 } };
	struct strings out = { NULL, 0, 0 };

	tree_init(&o.t, &o.a);
	odd_text(&o, CONF,
		 STR("include conf.d/*.conf\ninclude /etc/x/*\ninclude /nowhere/*\n/last\n"));
	odd_text(&o, "etc/conf.d/a.conf/x", STR("/not/a/file\n"));
	odd_text(&o, "etc/conf.d/b.conf", STR("/b\n"));
	odd_text(&o, "etc/x", STR("/not/a/folder\n"));
	cr_assert(cache_conf_folders(&o.a, &o.t, &out, &o.e));
	cr_expect_str_eq(strings_join(&o.a, &out, " "), "/b /last");
	arena_free(&o.a);
}
