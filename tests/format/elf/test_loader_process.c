/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the loader against the loader: the host's own is run in a chroot over files made for
 * the purpose - search paths in every combination, and the cases that are easy to get wrong - and
 * both file systems that the rules are used with are asked about the same files: the tree of the
 * build, the layers of an image (of the combinations a third, for time). */

#include <criterion/criterion.h>
#include <elf.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "format/machine/machine.h"
#include "support/fixture_elfroot.h"
#include "support/fixture_files.h"
#include "support/fixture_loaderroot.h"
#include "support/fixture_oracle.h"

/* The matrix: how the program finds liba.so (its search path), how liba.so says where libq.so is,
 * and where libq.so stands. */

static const char *const values[] = {
	"/opt/app/lib",
	"$ORIGIN/../lib",
	"${ORIGIN}/../lib",
	"/opt/none:/opt/app/lib/",
	":/opt/app/lib:",
	"lib:./lib:/opt/app/lib",
	"/../../opt/app/../app/lib//",
	"/opt/$PLATFORM:/opt/${PLATFORM}x:/opt/app/lib",
	"/opt/$LIB:/opt/app/lib",
	"$ORIGINAL:/opt/$UNKNOWN:/opt/app/lib",
	"/opt/link/lib",
	"/opt/$ORIGIN:/opt/app/lib",
};

static const char *const places[][3] = {
	{ "opt/app/lib/libq.so" },
	{ "opt/q/libq.so" },
	{ "opt/q/libq.so", "usr/lib/libq.so" },
	{ "usr/lib/x86_64-linux-gnu/libq.so", "usr/lib/libq.so" },
	{ "lib/x86_64-linux-gnu/libq.so", "usr/lib/x86_64-linux-gnu/libq.so",
	  "opt/app/lib/libq.so" },
	{ "lib/libq.so", "usr/lib/libq.so" },
	{ "opt/lib/x86_64-linux-gnu/libq.so" },
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
			const char *const *place, uint64_t df_1, bool both)
{
	AUTO_ARENA a = { 0 };
	struct loaderroot_thing things[LOADERROOT_THINGS] = {
		{ .path = LOADERROOT_PROGRAM, .elf = { .program = true, .needed = { "liba.so" } } },
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
	loaderroot_compare_here(root,
				arena_printf(&a, "program %d %s, library %d, %s, flags %llx",
					     program, value, library,
					     place[0] ? place[0] : "nowhere",
					     (unsigned long long)df_1),
				things, 0, false, both);
}

Test(loader, search_paths_in_every_combination, .timeout = 300)
{
	AUTO_ARENA a = { 0 };
	const char *root = loaderroot_make(&a);

	for (enum kind program = RPATH; program < KINDS; program++) {
		for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
			for (enum kind library = NONE; library < BOTH; library++) {
				size_t p = (v + library * 3 + program) % 8;

				compare_one(root, program, values[v], library, places[p], 0,
					    library == (v + program) % 3);
				compare_one(root, program, values[v], library, places[(p + 3) % 8],
					    0, TREE_ALONE);
			}
		}
	}
	files_remove(root);
}

Test(loader, places_in_every_combination, .timeout = 300)
{
	AUTO_ARENA a = { 0 };
	const char *root = loaderroot_make(&a);

	for (enum kind program = RPATH; program < BOTH; program++) {
		for (size_t p = 0; p < 8; p++) {
			for (enum kind library = NONE; library < KINDS; library++) {
				compare_one(root, program, values[0], library, places[p], 0,
					    BOTH_SYSTEMS);
				compare_one(root, program, values[0], library, places[p],
					    DF_1_NODEFLIB, TREE_ALONE);
			}
		}
	}
	files_remove(root);
}

#define ELF(where, ...)                                 \
	{                                               \
		.path = (where), .elf = { __VA_ARGS__ } \
	}
#define PROG(...) ELF(LOADERROOT_PROGRAM, .program = true, __VA_ARGS__)
#define LINK(where, to) { .path = (where), .link = (to) }
#define TEXT(where, what) { .path = (where), .text = (what) }
#define PLAIN(folder) ELF(folder "/libq.so", .soname = "libq.so")
#define V2(folder) PLAIN(folder "/glibc-hwcaps/x86-64-v2")
#define V3(folder) PLAIN(folder "/glibc-hwcaps/x86-64-v3")
#define V4(folder) PLAIN(folder "/glibc-hwcaps/x86-64-v4")
#define CONF TEXT("etc/ld.so.conf", "/opt/a\n/usr/lib/below\n")

static const struct process_scene {
	const char *name;
	struct loaderroot_thing things[LOADERROOT_THINGS];
	size_t hwcaps; /* what the processor has: 1: x86-64-v2, 2: v3 */
	bool cache;    /* ldconfig is run */
} scenes[] = {
	{ "a file of another class is passed over",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a:/opt/b"),
	    ELF("opt/a/libq.so", .is32 = true, .soname = "libq.so"),
	    ELF("opt/b/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "a file of another machine is passed over",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/libq.so", .machine = EM_AARCH64, .soname = "libq.so"),
	    ELF("usr/lib/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "a file of another byte order is passed over",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/libq.so", .big_endian = true, .soname = "libq.so"),
	    ELF("usr/lib/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "a text file ends the search",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"),
	    TEXT("opt/a/libq.so",
		 "/* GNU ld script: long enough for a header to be looked for in it */\n"
		 "INPUT ( /usr/lib/libq.so.1 )\n"),
	    ELF("usr/lib/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "a program is not a library",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/libq.so", .program = true, .df_1 = DF_1_PIE),
	    ELF("usr/lib/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "a folder of that name ends the search",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"), TEXT("opt/a/libq.so/x", "x"),
	    ELF("usr/lib/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "a path through a file is passed over",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"), TEXT("opt/a", "x"),
	    ELF("usr/lib/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "loaded already by SONAME",
	  { PROG(.needed = { "libfile.so", "libq.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/libfile.so", .soname = "libq.so"),
	    ELF("opt/a/libq.so", .soname = "libother.so") },
	  0,
	  false },
	{ "loaded already by the program, for a library that would not find it",
	  { PROG(.needed = { "liba.so", "libq.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/liba.so", .soname = "liba.so", .needed = { "libq.so" }),
	    ELF("opt/a/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "RUNPATH of the program does not help its libraries",
	  { PROG(.needed = { "liba.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/liba.so", .soname = "liba.so", .needed = { "libq.so" }),
	    ELF("opt/a/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "RPATH goes down the chain, and through one that has RUNPATH",
	  { PROG(.needed = { "liba.so" }, .rpath = "/opt/a"),
	    ELF("opt/a/liba.so", .soname = "liba.so", .needed = { "libb.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/libb.so", .soname = "libb.so", .needed = { "libq.so" }),
	    ELF("opt/a/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "RPATH of a library helps those below it",
	  { PROG(.needed = { "liba.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/liba.so", .soname = "liba.so", .needed = { "libb.so" }, .rpath = "/opt/b"),
	    ELF("opt/b/libb.so", .soname = "libb.so", .needed = { "libq.so" }),
	    ELF("opt/b/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "$ORIGIN of a library is the folder of the link it was found by",
	  { PROG(.needed = { "liba.so" }, .runpath = "/opt/a"),
	    LINK("opt/a/liba.so", "../real/liba.so"),
	    ELF("opt/real/liba.so", .soname = "liba.so", .needed = { "libq.so" },
		.runpath = "$ORIGIN/sub"),
	    ELF("opt/a/sub/libq.so", .soname = "libq.so"),
	    ELF("opt/real/sub/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "one file under two names is loaded once",
	  { PROG(.needed = { "liba.so", "libb.so", "libc.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/liba.so", .needed = { "libb.so" }), LINK("opt/a/libb.so", "liba.so"),
	    LINK("opt/a/libc.so", "/opt/a/libb.so") },
	  0,
	  false },
	{ "a needed name with a slash is a path",
	  { PROG(.needed = { "/opt/a/libq.so" }), ELF("opt/a/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "a needed name with $ORIGIN",
	  { PROG(.needed = { "$ORIGIN/../libq.so" }), ELF("opt/app/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "filters are needed, auxiliaries are not",
	  { PROG(.needed = { "liba.so" }, .rpath = "/opt/a"),
	    ELF("opt/a/liba.so", .soname = "liba.so", .filter = "libf.so", .auxiliary = "libx.so"),
	    ELF("opt/a/libf.so", .soname = "libf.so") },
	  0,
	  false },
	{ "an auxiliary that is there is loaded",
	  { PROG(.needed = { "liba.so" }, .rpath = "/opt/a"),
	    ELF("opt/a/liba.so", .soname = "liba.so", .auxiliary = "libx.so"),
	    ELF("opt/a/libx.so", .soname = "libx.so") },
	  0,
	  false },
	{ "a link loop is not a file",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"), LINK("opt/a/libq.so", "libr.so"),
	    LINK("opt/a/libr.so", "libq.so"), ELF("lib/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "a link out of the root stays inside",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"),
	    LINK("opt/a/libq.so", "../../../../../opt/b/libq.so"),
	    ELF("opt/b/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "libraries that need each other",
	  { PROG(.needed = { "liba.so" }, .rpath = "/opt/a"),
	    ELF("opt/a/liba.so", .soname = "liba.so", .needed = { "libb.so" }),
	    ELF("opt/a/libb.so", .soname = "libb.so", .needed = { "liba.so" }) },
	  0,
	  false },
	{ "SONAME with a slash",
	  { PROG(.needed = { "liba.so", "/opt/a/liba.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/liba.so", .soname = "/opt/a/liba.so") },
	  0,
	  false },
	{ "a malformed library ends the search",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"),
	    TEXT("opt/a/libq.so",
		 "\177ELF and then nothing of the kind, but long enough for a header"),
	    ELF("usr/lib/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "no library at all", { PROG(.runpath = "/opt/a") }, 0, false },
	{ "$ORIGIN behind a link in a default folder",
	  { PROG(.needed = { "liba.so" }), LINK("usr/lib/liba.so", "sub/liba.so"),
	    ELF("usr/lib/sub/liba.so", .soname = "liba.so", .needed = { "libq.so" },
		.runpath = "$ORIGIN"),
	    ELF("usr/lib/sub/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "$ORIGIN and $LIB in one element",
	  { PROG(.needed = { "libq.so" }, .runpath = "$ORIGIN/../../../opt/$LIB"),
	    ELF("opt/lib/x86_64-linux-gnu/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "a file for another system ends the search",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"),
	    TEXT("opt/a/libq.so", "\177ELF\2\1\1\11"),
	    ELF("usr/lib/libq.so", .soname = "libq.so") },
	  0,
	  false },
	{ "the best of glibc-hwcaps that the processor has",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"), V2("opt/a"), V3("opt/a"),
	    V4("opt/a"), PLAIN("opt/a") },
	  2,
	  false },
	{ "glibc-hwcaps of a lesser processor",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"), V2("opt/a"), V3("opt/a"),
	    PLAIN("opt/a") },
	  1,
	  false },
	{ "the oldest processor has no glibc-hwcaps",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"), V2("opt/a"), V3("opt/a") },
	  0,
	  false },
	{ "a folder comes before the next one's glibc-hwcaps",
	  { PROG(.needed = { "libq.so" }, .rpath = "/opt/a:/opt/b"), PLAIN("opt/a"), V3("opt/b") },
	  2,
	  false },
	{ "glibc-hwcaps of a default folder",
	  { PROG(.needed = { "libq.so" }), V3("usr/lib"), PLAIN("usr/lib") },
	  2,
	  false },
	{ "$ORIGIN of a library in glibc-hwcaps",
	  { PROG(.needed = { "libq.so" }, .runpath = "/opt/a"),
	    ELF("opt/a/glibc-hwcaps/x86-64-v2/libq.so", .soname = "libq.so",
		.needed = { "libz.so" }, .runpath = "$ORIGIN"),
	    ELF("opt/a/libz.so", .soname = "libz.so") },
	  1,
	  false },
	{ "the cache",
	  { CONF, PROG(.needed = { "libq.so" }), PLAIN("opt/a"), PLAIN("usr/lib") },
	  0,
	  true },
	{ "the cache comes after RUNPATH",
	  { CONF, PROG(.needed = { "libq.so" }, .runpath = "/opt/b"), PLAIN("opt/a"),
	    PLAIN("opt/b") },
	  0,
	  true },
	{ "without a cache ld.so.conf says nothing",
	  { CONF, PROG(.needed = { "libq.so" }), PLAIN("opt/a") },
	  0,
	  false },
	{ "the cache has glibc-hwcaps",
	  { CONF, PROG(.needed = { "libq.so" }), V2("opt/a"), V3("opt/a"), PLAIN("opt/a") },
	  2,
	  true },
	{ "the cache has glibc-hwcaps for a lesser processor",
	  { CONF, PROG(.needed = { "libq.so" }), V2("opt/a"), V3("opt/a"), PLAIN("opt/a") },
	  1,
	  true },
	{ "the cache has glibc-hwcaps only, which the oldest processor lacks",
	  { CONF, PROG(.needed = { "libq.so" }), V2("opt/a"), V3("opt/a") },
	  0,
	  true },
	{ "no default folders, but the cache",
	  { CONF, PROG(.needed = { "liba.so" }, .runpath = "/opt/b"),
	    ELF("opt/b/liba.so", .soname = "liba.so", .needed = { "libq.so" },
		.df_1 = DF_1_NODEFLIB),
	    PLAIN("opt/a") },
	  0,
	  true },
	{ "no default folders, nor what is below them in the cache",
	  { CONF, PROG(.needed = { "liba.so" }, .runpath = "/opt/b"),
	    ELF("opt/b/liba.so", .soname = "liba.so", .needed = { "libq.so" },
		.df_1 = DF_1_NODEFLIB),
	    PLAIN("usr/lib/below") },
	  0,
	  true },
	{ "what the cache has for another machine",
	  { CONF, PROG(.needed = { "libq.so" }),
	    ELF("opt/a/libq.so", .is32 = true, .soname = "libq.so"), PLAIN("usr/lib") },
	  0,
	  true },
	{ "a broken cache is none",
	  { PROG(.needed = { "libq.so" }),
	    TEXT("etc/ld.so.cache", "glibc-ld.so.cache1.1 and nothing else"), PLAIN("usr/lib") },
	  0,
	  false },
	{ "a preloaded library is there before the program's own",
	  { TEXT("etc/ld.so.preload", "# all:\n/opt/a/libp.so:libgone.so\tlibn.so # end\n"),
	    PROG(.needed = { "libq.so" }, .runpath = "/opt/b"),
	    ELF("opt/a/libp.so", .soname = "libq.so", .needed = { "libr.so" },
		.runpath = "$ORIGIN"),
	    ELF("opt/a/libr.so", .soname = "libr.so"), PLAIN("opt/b"),
	    ELF("opt/b/libn.so", .soname = "libn.so") },
	  0,
	  false },
};

/* How many folders of glibc-hwcaps the processor has that runs this test. */
static size_t hwcaps_here(struct arena *a)
{
	struct str help = ORACLE(a, ELFROOT_LOADER, "--help");

	return strstr(help.p, "x86-64-v3 (supported, searched)")   ? 2
	       : strstr(help.p, "x86-64-v2 (supported, searched)") ? 1
								   : 0;
}

Test(loader, cases_that_are_easy_to_get_wrong, .timeout = 300)
{
	AUTO_ARENA a = { 0 };
	size_t here;

	elfroot_need();
	oracle_need("ldconfig");
	here = hwcaps_here(&a);
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
		const char *root;

		if (scenes[i].hwcaps > here)
			continue;
		root = loaderroot_make(&a);
		loaderroot_compare_here(root, scenes[i].name, scenes[i].things, scenes[i].hwcaps,
					scenes[i].cache, BOTH_SYSTEMS);
		files_remove(root);
	}
}

/* Loaders of other machines, run by qemu-user, as Debian's libc6-ARCH-cross have them. */

static const struct {
	const char *debian, *qemu;
	uint32_t flags;
} others[] = {
	{ "arm64", "aarch64", 0 },
	{ "armhf", "arm", EF_ARM_EABI_VER5 },
	{ "armel", "arm", EF_ARM_EABI_VER5 },
	{ "i386", "i386", 0 },
	{ "ppc64el", "ppc64le", 0 },
	{ "s390x", "s390x", 0 },
	{ "riscv64", "riscv64", 0 },
	{ "loong64", "loongarch64", 0 },
};

static const struct machine *row_of(const char *debian)
{
	for (size_t i = 0; i < machine_rows_n; i++) {
		if (strcmp(machine_rows[i].debian, debian) == 0)
			return &machine_rows[i];
	}
	cr_assert_fail("%s", debian);
	return NULL;
}

#define OF(m, extra, ...)                \
	{ .is32 = !(m)->is64,            \
	  .big_endian = (m)->big_endian, \
	  .machine = (m)->elf,           \
	  .flags = (m)->value | (extra), \
	  __VA_ARGS__ }

static void compare_machine(struct arena *a, const char *const *with, const char *root,
			    const struct machine *m, uint32_t extra)
{
	const char *defaults = arena_printf(a, "usr/lib/%s/libq.so", m->triplet);
	const struct elfgen program = OF(m, extra, .program = true, .interp = m->loader,
					 .needed = { "libq.so" },
					 .runpath = "/opt/$LIB:/opt/$PLATFORM:/opt/a");
	const struct elfgen library = OF(m, extra, .soname = "libq.so");
	const struct loaderroot_thing scenes_of_it[][4] = {
		{ { LOADERROOT_PROGRAM, program, NULL, NULL }, { defaults, library, NULL, NULL } },
		{ { LOADERROOT_PROGRAM, program, NULL, NULL },
		  { "lib/libq.so", library, NULL, NULL } },
		{ { LOADERROOT_PROGRAM, program, NULL, NULL },
		  { arena_printf(a, "opt/lib/%s/libq.so", m->triplet), library, NULL, NULL } },
		{ { LOADERROOT_PROGRAM, program, NULL, NULL },
		  { arena_printf(a, "opt/%s/libq.so", m->platform ? m->platform : "none"), library,
		    NULL, NULL } },
		{ { LOADERROOT_PROGRAM, program, NULL, NULL },
		  ELF("opt/a/libq.so", .soname = "libq.so"),
		  { defaults, library, NULL, NULL } },
		{ { LOADERROOT_PROGRAM, program, NULL, NULL },
		  { "opt/a/libq.so", library, NULL, NULL },
		  { defaults, library, NULL, NULL } },
		{ { LOADERROOT_PROGRAM, program, NULL, NULL },
		  { "opt/a/libq.so", library, NULL, NULL },
		  { defaults, library, NULL, NULL } },
		{ { LOADERROOT_PROGRAM, program, NULL, NULL },
		  { "opt/a/libq.so", library, NULL, NULL } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(scenes_of_it); i++) {
		struct loaderroot_thing things[LOADERROOT_THINGS] = { { NULL } };

		memcpy(things, scenes_of_it[i], sizeof(scenes_of_it[i]));
		if (i == 5 && m->mask)
			things[1].elf.flags = m->elf == EM_ARM ? extra | EF_ARM_ABI_FLOAT_HARD
							       : m->mask;
		if (i == 6 && m->mask)
			things[1].elf.flags = m->elf == EM_ARM ? extra | EF_ARM_ABI_FLOAT_SOFT : 1;
		if (i == 7)
			things[1].elf.flags = extra;
		loaderroot_compare(with, root, arena_printf(a, "%s, scene %zu", m->debian, i),
				   things, 0, false, BOTH_SYSTEMS);
	}
}

/* Below $IMGBUILD_TEST_CROSS, where the packages are unpacked but not installed. */
Test(loader, of_other_machines, .timeout = 300)
{
	const char *below = getenv("IMGBUILD_TEST_CROSS");
	size_t compared = 0;

	elfroot_need();
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		AUTO_ARENA a = { 0 };
		const struct machine *m = row_of(others[i].debian);
		const char *qemu = arena_printf(&a, "/usr/bin/qemu-%s-static", others[i].qemu),
			   *root;
		const char *gnu = m->elf == EM_386 ? "i686-linux-gnu" : m->triplet;
		const char *loader = arena_printf(&a, "%s/usr/%s/lib/%s", below ? below : "", gnu,
						  path_base(m->loader));

		if (access(qemu, X_OK) != 0 || access(loader, R_OK) != 0)
			continue;
		root = files_temporary(&a);
		cr_assert(chmod(root, 0755) == 0);
		elfroot_copy(root, "qemu", qemu);
		elfroot_copy(root, m->loader + 1, loader);
		compare_machine(&a, (const char *const[]){ "/qemu", m->loader }, root, m,
				others[i].flags);
		files_remove(root);
		compared++;
	}
	if (!compared)
		cr_skip_test(
			"no loader of another machine is installed (libc6-arm64-cross, qemu-user-static)");
}
