/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the loader over files that are structures: what no compiler makes, machines that
 * this one is not, file systems that fail. What the real loader says of real files stands in
 * test_loader_process.c and test_modules.c. */

#include <criterion/criterion.h>
#include <elf.h>

#include "base/buf.h"
#include "format/elf/loader_search.h"
#include "support/fixture_paper_files.h"

/* "liba.so default; libb.so !not found" */
static const char *rules_edges(struct arena *a, const struct process *p)
{
	struct buf text = { .a = a };

	list_each(edge, &p->edges)
		buf_printf(&text, "%s%s%s %s%s", text.n ? "; " : "", edge->needed,
			   edge->blocked ? "!" : "", edge->found ? edge->how : edge->why,
			   edge->dlopen ? " (note)" : "");
	return text.n ? buf_cstr(&text) : "";
}

static const char *rules_follow(struct arena *a, struct paper_world *w, struct error *e)
{
	struct process p;

	if (process_follow(a, &w->base, &w->files[0], &p, e))
		return rules_edges(a, &p);
	return arena_strdup(a, e->cause);
}

#define NEEDS .needed = NAMES("l.so")

Test(process_rules, what_is_in_the_way_is_passed_over_or_ends_the_search)
{
	const struct {
		struct paper_file files[PAPER_FILES];
		const char *edges;
	} cases[] = {
		{ { PROGRAM(NEEDS), LIB("lib/l.so") }, "l.so default" },
		{ { PROGRAM(NEEDS), LIB("usr/lib/l.so", .os_abi = ELFOSABI_GNU) }, "l.so default" },
		{ { PROGRAM(NEEDS) }, "l.so not found" },
		{ { PROGRAM(NEEDS), { .path = "lib/l.so", .folder = true } },
		  "l.so! /lib/l.so is a folder" },
		{ { PROGRAM(NEEDS), { .path = "lib/l.so", .text = true } },
		  "l.so! /lib/l.so is not an ELF file" },
		{ { PROGRAM(NEEDS), { .path = "lib/l.so", .bad = "cut off" } },
		  "l.so! /lib/l.so is malformed: cut off" },
		{ { PROGRAM(NEEDS),
		    OTHER("lib/l.so", .is64 = true, .machine = EM_X86_64, .type = ET_EXEC) },
		  "l.so! /lib/l.so is a program, no library" },
		{ { PROGRAM(NEEDS), LIB("lib/l.so", .df_1 = DF_1_PIE) },
		  "l.so! /lib/l.so is a program, no library" },
		{ { PROGRAM(NEEDS), LIB("lib/l.so", .os_abi = ELFOSABI_FREEBSD) },
		  "l.so! /lib/l.so is for another system" },
		/* of AMD64 this is another system */
		{ { PROGRAM(NEEDS), LIB("lib/l.so", .os_abi = ELFOSABI_ARM_AEABI) },
		  "l.so! /lib/l.so is for another system" },
		{ { PROGRAM(NEEDS), OTHER("lib/l.so", .is64 = true, .machine = EM_AARCH64),
		    LIB("usr/lib/l.so") },
		  "l.so default" },
		{ { PROGRAM(NEEDS), OTHER("lib/l.so", .machine = EM_X86_64, .type = ET_DYN) },
		  "l.so /lib/l.so is for another machine" },
		{ { PROGRAM(NEEDS), LIB("lib/l.so", .big_endian = true) },
		  "l.so /lib/l.so is for another machine" },
		/* its own number, read in the other byte order: the loader gives up */
		{ { PROGRAM(NEEDS),
		    OTHER("lib/l.so", .is64 = true, .big_endian = true, .machine = 0x3e00) },
		  "l.so! /lib/l.so is for another machine" },
		/* of two that are passed over the first is told */
		{ { PROGRAM(NEEDS), OTHER("lib/l.so", .is64 = true, .machine = EM_AARCH64),
		    OTHER("usr/lib/l.so", .is64 = true, .machine = EM_RISCV) },
		  "l.so /lib/l.so is for another machine" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct paper_world w;
		struct error e = { 0 };

		paper_make(&w, cases[i].files);
		cr_expect_str_eq(rules_follow(&a, &w, &e), cases[i].edges);
	}
}

#define ARM(where, bits, ...)              \
	{                                  \
		.path = (where),           \
		.elf = {.machine = EM_ARM, \
			.type = ET_DYN,    \
			.flags = (bits),   \
			__VA_ARGS__ }      \
	}
#define HARD (EF_ARM_EABI_VER5 | EF_ARM_ABI_FLOAT_HARD)
#define SOFT (EF_ARM_EABI_VER5 | EF_ARM_ABI_FLOAT_SOFT)

/* glibc, sysdeps/arm/dl-machine.h and dl-cache.h: what is not marked is for both. */
Test(process_rules, calling_conventions_of_arm_do_not_mix)
{
	const struct {
		struct paper_file files[PAPER_FILES];
		const char *edges;
	} cases[] = {
		{ { ARM("bin/p", HARD, NEEDS), ARM("lib/l.so", HARD) }, "l.so default" },
		{ { ARM("bin/p", HARD, NEEDS), ARM("lib/l.so", SOFT), ARM("usr/lib/l.so", HARD) },
		  "l.so default" },
		{ { ARM("bin/p", HARD, NEEDS), ARM("lib/l.so", EF_ARM_EABI_VER5) },
		  "l.so default" },
		{ { ARM("bin/p", SOFT, NEEDS), ARM("lib/l.so", EF_ARM_EABI_VER5) },
		  "l.so default" },
		{ { ARM("bin/p", SOFT, NEEDS), ARM("lib/l.so", HARD) },
		  "l.so /lib/l.so is for another machine" },
		{ { ARM("bin/p", HARD, NEEDS),
		    ARM("lib/l.so", HARD, .os_abi = ELFOSABI_ARM_AEABI) },
		  "l.so default" },
		{ { ARM("bin/p", HARD, NEEDS), ARM("lib/l.so", HARD, .os_abi = ELFOSABI_FREEBSD) },
		  "l.so! /lib/l.so is for another system" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct paper_world w;
		struct error e = { 0 };

		paper_make(&w, cases[i].files);
		cr_expect_str_eq(rules_follow(&a, &w, &e), cases[i].edges, "%zu: %s", i,
				 rules_follow(&a, &w, &e));
	}
}

/* A machine that is in no table has default folders, and no cache and no tokens. */
Test(process_rules, a_machine_that_nobody_knows_has_the_folders_of_all)
{
	const struct paper_file files[PAPER_FILES] = {
		{ .path = "bin/p",
		  .elf = { .machine = EM_SPARC,
			   .type = ET_EXEC,
			   .needed = TWO("l.so", "m.so"),
			   .runpath = "/opt/$PLATFORM:/opt/$LIB:/opt/x" } },
		{ .path = "usr/lib/l.so", .elf = { .machine = EM_SPARC, .type = ET_DYN } },
		{ .path = "opt/x/m.so", .elf = { .machine = EM_SPARC, .type = ET_DYN } },
	};
	AUTO_ARENA a = { 0 };
	struct paper_world w;
	struct ldcache cache = { .big_endian = false };
	struct error e = { 0 };

	paper_make(&w, files);
	w.base.cache = &cache;
	cr_expect_str_eq(rules_follow(&a, &w, &e), "l.so default; m.so runpath");
}

Test(process_rules, names_with_a_slash_or_a_token_are_paths)
{
	static const struct {
		const char *name, *edges;
	} cases[] = {
		{ "/opt/l.so", "/opt/l.so path" },
		{ "$ORIGIN/../opt/l.so", "$ORIGIN/../opt/l.so not found" },
		{ "x/l.so", "x/l.so! depends on the working directory" },
		{ "$LIB", "$LIB! depends on the working directory" },
		{ "$ORIGIN", "$ORIGIN! /bin is a folder" },
		{ "/opt/$NOTHING", "/opt/$NOTHING not found" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *names[] = { cases[i].name };
		const struct paper_file files[PAPER_FILES] = {
			PROGRAM(.needed = { names, 1, 1 }),
			LIB("opt/l.so"),
			{ .path = "bin", .folder = true },
		};
		struct paper_world w;
		struct error e = { 0 };

		paper_make(&w, files);
		cr_expect_str_eq(rules_follow(&a, &w, &e), cases[i].edges);
	}
}

Test(process_rules, search_paths_and_caches_come_in_order)
{
	static const struct ldcache_entry entries[] = {
		{ .soname = "l.so", .path = "/usr/lib/below/l.so", .flags = 0x303 }
	};
	const struct {
		struct paper_file files[PAPER_FILES];
		bool folders; /* in place of the cache */
		const char *edges;
	} cases[] = {
		/* a path of the root, where glibc-hwcaps may stand, too */
		{ { PROGRAM(NEEDS, .runpath = "/"), LIB("l.so") }, false, "l.so runpath" },
		{ { PROGRAM(NEEDS, .runpath = "//"), LIB("l.so") }, false, "l.so runpath" },
		{ { PROGRAM(NEEDS, .rpath = "/opt/"), LIB("opt/l.so") }, false, "l.so rpath" },
		{ { PROGRAM(NEEDS, .rpath = "opt:"), LIB("opt/l.so") }, false, "l.so not found" },
		{ { PROGRAM(NEEDS), LIB("usr/lib/below/l.so") }, false, "l.so cache" },
		{ { PROGRAM(NEEDS, .df_1 = DF_1_NODEFLIB), LIB("usr/lib/below/l.so"),
		    LIB("lib/l.so") },
		  false,
		  "l.so not found" },
		{ { PROGRAM(NEEDS, .df_1 = DF_1_NODEFLIB), LIB("opt/c/l.so") },
		  true,
		  "l.so cache" },
		{ { PROGRAM(NEEDS), LIB("opt/c/l.so"), LIB("lib/l.so") }, true, "l.so cache" },
		{ { PROGRAM(NEEDS), { .path = "opt/c/l.so", .text = true }, LIB("lib/l.so") },
		  true,
		  "l.so! /opt/c/l.so is not an ELF file" },
		{ { PROGRAM(NEEDS), LIB("lib/l.so") }, true, "l.so default" },
	};
	struct ldcache cache = { .entries = { (struct ldcache_entry *)(uintptr_t)entries, 1, 1 } };
	const struct strings folders = NAMES("/opt/c");

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct paper_world w;
		struct error e = { 0 };

		paper_make(&w, cases[i].files);
		w.base.cache = cases[i].folders ? NULL : &cache;
		if (cases[i].folders)
			w.base.cache_folders = folders;
		cr_expect_str_eq(rules_follow(&a, &w, &e), cases[i].edges, "%zu: %s", i,
				 rules_follow(&a, &w, &e));
	}
}

Test(process_rules, folders_of_the_processor_come_before_their_folder)
{
	const struct paper_file files[PAPER_FILES] = {
		PROGRAM(NEEDS, .runpath = "/"),
		LIB("glibc-hwcaps/x86-64-v2/l.so"),
		LIB("l.so"),
	};
	AUTO_ARENA a = { 0 };
	struct process p;

	for (size_t level = 0; level < 2; level++) {
		struct paper_world w;
		struct error e = { 0 };

		paper_make(&w, files);
		w.base.hwcaps = level;
		cr_assert(process_follow(&a, &w.base, &w.files[0], &p, &e));
		cr_expect_eq(p.edges.v[0].found, &w.files[level ? 1 : 2]);
	}
}

Test(process_rules, the_interpreter_is_loaded_first)
{
	static const struct {
		const char *interp;
		struct paper_file second;
		const char *edges;
	} cases[] = {
		{ "/lib/ld.so", LIB("lib/ld.so"), "/lib/ld.so interpreter" },
		{ "lib/ld.so", LIB("lib/ld.so"), "lib/ld.so! depends on the working directory" },
		{ "/lib/ld.so", LIB("lib/none"), "/lib/ld.so not found" },
		{ "/lib/ld.so",
		  { .path = "lib/ld.so", .text = true },
		  "/lib/ld.so! /lib/ld.so is not an ELF file" },
		{ "/bin/p", LIB("lib/none"), "/bin/p! /bin/p is a program, no library" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const struct paper_file files[PAPER_FILES] = { PROGRAM(.interp = cases[i].interp),
							       cases[i].second };
		struct paper_world w;
		struct error e = { 0 };

		paper_make(&w, files);
		cr_expect_str_eq(rules_follow(&a, &w, &e), cases[i].edges);
	}
}

/* What is preloaded and not there is ignored; what is there is there for all. */
Test(process_rules, what_is_preloaded_is_there)
{
	const struct paper_file files[PAPER_FILES] = {
		PROGRAM(.interp = "/lib/l.so", .needed = NAMES("m.so")), LIB("lib/l.so"),
		LIB("lib/m.so", .needed = NAMES("l.so"))
	};
	AUTO_ARENA a = { 0 };
	struct paper_world w;
	struct error e = { 0 };

	paper_make(&w, files);
	w.base.preload = (struct strings)TWO("none.so", "m.so");
	cr_expect_str_eq(rules_follow(&a, &w, &e),
			 "/lib/l.so interpreter; m.so preload; m.so loaded; l.so default");
}

static const struct elf_dlopen notes[] = {
	{ .priority = ELF_DLOPEN_REQUIRED, .sonames = TWO("none.so", "l.so") },
	{ .priority = ELF_DLOPEN_RECOMMENDED, .sonames = TWO("l.so", "none.so") },
	{ .priority = ELF_DLOPEN_REQUIRED, .sonames = NAMES("none.so") },
	{ .priority = ELF_DLOPEN_SUGGESTED, .sonames = NAMES("none.so") },
	{ .priority = ELF_DLOPEN_REQUIRED },
};
#define NOTES(first, count) \
	.dlopens = { .v = { (struct elf_dlopen *)(uintptr_t)&notes[first], (count), (count) } }

Test(process_rules, notes_are_looked_for_behind_all_that_is_needed)
{
	const struct {
		struct paper_file files[PAPER_FILES];
		const char *edges;
	} cases[] = {
		/* the second name is there, and what it needs is loaded with it */
		{ { PROGRAM(NOTES(0, 1)), LIB("lib/l.so", .needed = NAMES("m.so")),
		    LIB("lib/m.so") },
		  "l.so default (note); m.so default" },
		/* recommended: found, not loaded */
		{ { PROGRAM(NOTES(1, 1)), LIB("lib/l.so", .needed = NAMES("m.so")) },
		  "l.so default (note)" },
		{ { PROGRAM(NOTES(0, 2)), LIB("lib/l.so") },
		  "l.so default (note); l.so loaded (note)" },
		{ { PROGRAM(NEEDS, NOTES(0, 1)), LIB("lib/l.so") },
		  "l.so default; l.so loaded (note)" },
		{ { PROGRAM(NOTES(0, 1)), { .path = "lib/none.so", .text = true } },
		  "none.so! /lib/none.so is not an ELF file (note)" },
		{ { PROGRAM(NOTES(2, 2)) }, "none.so not found (note); none.so not found (note)" },
		{ { PROGRAM(NOTES(4, 1)) }, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct paper_world w;
		struct error e = { 0 };

		paper_make(&w, cases[i].files);
		cr_expect_str_eq(rules_follow(&a, &w, &e), cases[i].edges, "%zu: %s", i,
				 rules_follow(&a, &w, &e));
	}
}

/* Wherever the file system fails, the process does. */
Test(process_rules, a_file_system_that_fails_is_told)
{
	static const char *const paths[] = {
		"/lib/ld.so",	"/lib/pre.so",	  "/run/glibc-hwcaps/x86-64-v2/l.so",
		"/run/l.so",	"/opt/c/l.so",	  "/cache/l.so",
		"/lib/l.so",	"/lib/filter.so", "/lib/aux.so",
		"/lib/none.so", "/path/l.so",
	};
	static const struct ldcache_entry entries[] = {
		{ .soname = "l.so", .path = "/cache/l.so", .flags = 0x303 }
	};
	const struct paper_file files[PAPER_FILES] = {
		PROGRAM(.interp = "/lib/ld.so", .needed = TWO("l.so", "/path/l.so"),
			.filters = NAMES("filter.so"), .auxiliaries = NAMES("aux.so"),
			.runpath = "/run", NOTES(2, 1)),
	};
	struct ldcache cache = { .entries = { (struct ldcache_entry *)(uintptr_t)entries, 1, 1 } };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		AUTO_ARENA a = { 0 };
		struct paper_world w;
		struct error e = { 0 };

		paper_make(&w, files);
		w.base.cache = &cache;
		w.base.cache_folders = (struct strings)NAMES("/opt/c");
		w.base.preload = (struct strings)NAMES("pre.so");
		w.base.hwcaps = 1;
		w.fails = paths[i];
		cr_expect_str_eq(rules_follow(&a, &w, &e), arena_printf(&a, "read %s", paths[i]));
		cr_expect_eq(e.kind, ERR_SYSTEM);
	}
}

Test(process_rules, an_rpath_of_who_needs_it_and_of_the_program_that_fails_is_told)
{
	const struct paper_file files[PAPER_FILES] = {
		PROGRAM(.needed = NAMES("a.so"), .rpath = "/own"),
		LIB("own/a.so", .rpath = "/a", .needed = NAMES("b.so")),
	};
	static const char *const paths[] = { "/a/b.so", "/own/b.so" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		AUTO_ARENA a = { 0 };
		struct paper_world w;
		struct error e = { 0 };

		paper_make(&w, files);
		w.fails = paths[i];
		cr_expect_str_eq(rules_follow(&a, &w, &e), arena_printf(&a, "read %s", paths[i]));
	}
}

/* ---- tokens and lists ---- */

/* glibc, elf/dl-load.c: is_dst. */
Test(process_rules, tokens_are_words)
{
	static const struct {
		const char *text, *expanded;
	} cases[] = {
		{ "$ORIGIN", "/o" },
		{ "${ORIGIN}", "/o" },
		{ "$ORIGIN/x", "/o/x" },
		{ "$ORIGINA", "$ORIGINA" },
		{ "$ORIGINZ", "$ORIGINZ" },
		{ "$ORIGINa", "$ORIGINa" },
		{ "$ORIGINz", "$ORIGINz" },
		{ "$ORIGIN0", "$ORIGIN0" },
		{ "$ORIGIN9", "$ORIGIN9" },
		{ "$ORIGIN_", "$ORIGIN_" },
		{ "$ORIGIN-", "/o-" },
		{ "$ORIGIN@", "/o@" },
		{ "$ORIGIN[", "/o[" },
		{ "$ORIGIN`", "/o`" },
		{ "$ORIGIN{", "/o{" },
		{ "$ORIGIN:", "/o:" },
		{ "$ORIGIN$ORIGIN", "/o/o" },
		{ "${ORIGIN", "${ORIGIN" },
		{ "${ORIGIN/x}", "${ORIGIN/x}" },
		{ "${ORIGINX}", "${ORIGINX}" },
		{ "$", "$" },
		{ "${", "${" },
		{ "${}", "${}" },
		{ "$$LIB", "$lib/x86_64-linux-gnu" },
		{ "${LIB}x", "lib/x86_64-linux-gnux" },
		{ "${PLATFORX}", "${PLATFORX}" },
	};
	static const struct elf amd64 = { .is64 = true, .machine = EM_X86_64 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };

		cr_expect_str_eq(search_expand(&a, &amd64, str_of(cases[i].text), "/o"),
				 cases[i].expanded);
	}
}

Test(process_rules, a_path_that_cannot_be_opened_is_none)
{
	static const struct elf amd64 = { .is64 = true, .machine = EM_X86_64 };
	AUTO_ARENA a = { 0 };
	char *origin = arena_alloc(&a, 2002);
	struct strings folders = { NULL, 0, 0 };

	memset(origin, 'o', 2001);
	origin[0] = '/';
	cr_expect(search_expand(&a, &amd64, STR("$ORIGIN$ORIGIN"), origin));
	cr_expect_null(search_expand(&a, &amd64, STR("$ORIGIN$ORIGIN$ORIGIN"), origin));
	search_path_folders(&a, &amd64, "$ORIGIN$ORIGIN$ORIGIN:/a:/a/:b::/a", origin, &folders);
	cr_expect_str_eq(strings_join(&a, &folders, " "), "/a");
	search_path_folders(&a, &amd64, "/a:/c", origin, &folders);
	cr_expect_str_eq(strings_join(&a, &folders, " "), "/a /c");
	cr_expect_str_eq(search_folder_of(&a, "/a"), "/");
	cr_expect_str_eq(search_folder_of(&a, "/a/b"), "/a");
	cr_expect_str_eq(search_folder_of(&a, "a"), "/");
}
