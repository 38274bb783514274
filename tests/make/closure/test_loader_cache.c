/* SPDX-License-Identifier: Apache-2.0 */
/* etc/ld.so.cache of a tree: what ldconfig -r writes for the same tree, and a real loader that
 * finds a library through it. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "make/closure/loader_cache.h"
#include "make/closure/closure.h"
#include "make/closure/closure_folder.h"
#include "format/elf/ldcache.h"
#include "support/gen_elf.h"
#include "support/fixture_elfroot.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

static void cache_put_elf(const char *root, const char *path, const struct elfgen *g)
{
	AUTO_ARENA a = { 0 };

	elfroot_write(root, path, elfgen_make(&a, g));
}

#define ELF(...) (&(struct elfgen){ __VA_ARGS__ })

/* A merged-/usr root with everything that ldconfig must decide about. */
static const char *make_cache_root(struct arena *a)
{
	const char *root = files_temporary(a);
	static const char triplet[] = "usr/lib/x86_64-linux-gnu";

	elfroot_need();
	cr_assert(chmod(root, 0755) == 0);
	elfroot_write(root, "etc/ld.so.conf",
		      STR("/opt/first/ # comment\ninclude /etc/ld.so.conf.d/*.conf\n"));
	elfroot_write(root, "etc/ld.so.conf.d/b.conf", STR("/opt/second\n/opt/none\n"));
	elfroot_write(root, "etc/ld.so.conf.d/a.conf",
		      STR("/usr/lib/x86_64-linux-gnu\n/lib/x86_64-linux-gnu\n"));
	elfroot_link(root, "lib", "usr/lib");
	elfroot_link(root, "lib64", "usr/lib64");
	elfroot_copy(root, "usr/lib64/ld-linux-x86-64.so.2", ELFROOT_LOADER);
	cache_put_elf(root, arena_printf(a, "%s/libz.so.1.2", triplet), ELF(.soname = "libz.so.1"));
	elfroot_link(root, arena_printf(a, "%s/libz.so.1", triplet), "libz.so.1.2");
	elfroot_link(root, arena_printf(a, "%s/libz.so", triplet), "libz.so.1.2");
	cache_put_elf(root, arena_printf(a, "%s/libnoname.so", triplet), ELF(.relro = true));
	cache_put_elf(root, arena_printf(a, "%s/libten.so.10", triplet),
		      ELF(.soname = "libten.so.10"));
	cache_put_elf(root, arena_printf(a, "%s/libten.so.9", triplet),
		      ELF(.soname = "libten.so.9"));
	cache_put_elf(root, arena_printf(a, "%s/plugin.so", triplet), ELF(.soname = "plugin.so"));
	cache_put_elf(root, arena_printf(a, "%s/libfoo.txt", triplet), ELF(.soname = "libfoo.so"));
	elfroot_write(root, arena_printf(a, "%s/libscript.so", triplet), STR("INPUT(libz.so.1)\n"));
	elfroot_link(root, arena_printf(a, "%s/libdangling.so", triplet), "nowhere");
	cache_put_elf(root, arena_printf(a, "%s/sub/libsub.so", triplet),
		      ELF(.soname = "libsub.so"));
	cache_put_elf(root, "usr/lib/libplain.so.1", ELF(.soname = "libplain.so.1"));
	cache_put_elf(root, "opt/first/libz.so.1", ELF(.soname = "libz.so.1"));
	cache_put_elf(root, "opt/first/libthirty.so.1",
		      ELF(.soname = "libthirty.so.1", .is32 = true, .needed = { "libc.so.6" }));
	cache_put_elf(root, "opt/second/libz.so.1",
		      ELF(.soname = "libz.so.1", .is32 = true, .needed = { "libc.so.6" }));
	cache_put_elf(root, "opt/second/libq.so", ELF(.soname = "libq.so"));
	cache_put_elf(root, "opt/first/libprog.so", ELF(.fixed = true));
	return root;
}

/* Builds the cache of a folder of the host. */
static struct str build_cache(struct arena *a, const char *root)
{
	AUTO_FOLDER f = FOLDER_INIT;
	struct tree t;
	struct buf out = { .a = a };
	struct error e = { 0 };

	tree_init(&t, a);
	cr_assert(folder_open(&f, a, root, &e) && folder_walk(&f, &t, "", &e), "%s", e.cause);
	/* the walk brings ELF files only */
	cr_assert(folder_reach(&f, &t, "/etc/ld.so.conf", &e));
	cr_assert(folder_reach(&f, &t, "/etc/ld.so.conf.d/a.conf", &e));
	cr_assert(folder_reach(&f, &t, "/etc/ld.so.conf.d/b.conf", &e));
	cr_assert(cache_build(a, &t, NULL, &out, &e), "%s", e.cause);
	return buf_str(&out);
}

static struct ldcache parse_cache(struct arena *a, struct str bytes)
{
	struct ldcache cache;
	struct error e = { 0 };

	cr_assert(ldcache_read(a, bytes, &cache, &e), "%s", e.cause);
	return cache;
}

static const char *cache_listing(struct arena *a, const struct ldcache *c)
{
	struct buf b = { .a = a };

	for (size_t i = 0; i < c->entries.n; i++)
		buf_printf(&b, "%s %x %s\n", c->entries.v[i].soname, c->entries.v[i].flags,
			   c->entries.v[i].path);
	return buf_cstr(&b);
}

Test(loader_cache, equals_what_ldconfig_writes_for_the_same_tree)
{
	AUTO_ARENA a = { 0 };
	const char *root = make_cache_root(&a),
		   *cache = arena_printf(&a, "%s/etc/ld.so.cache", root);
	struct str bytes, again;
	struct ldcache ours, theirs;
	struct buf copy = { .a = &a };
	struct error e = { 0 };

	oracle_need("ldconfig");
	bytes = build_cache(&a, root);
	/* links are left as they are: ours are made by packages */
	ORACLE(&a, "ldconfig", "-X", "-r", root);
	cr_assert(io_read_file(&a, AT_FDCWD, cache, 1u << 20, &again, &e), "%s", e.cause);
	ours = parse_cache(&a, bytes);
	theirs = parse_cache(&a, again);
	cr_assert(ours.entries.n >= 8, "%zu", ours.entries.n);
	cr_expect_str_eq(cache_listing(&a, &ours), cache_listing(&a, &theirs),
			 "ours:\n%s\ntheirs:\n%s", cache_listing(&a, &ours),
			 cache_listing(&a, &theirs));
	/* with their name as generator the bytes are theirs, too */
	ours.generator = theirs.generator;
	ldcache_write(&a, &ours, &copy);
	cr_expect(str_eq(buf_str(&copy), again));
	files_remove(root);
}

Test(loader_cache, a_real_loader_finds_a_library_through_it)
{
	AUTO_ARENA a = { 0 };
	const char *root = make_cache_root(&a),
		   *cache = arena_printf(&a, "%s/etc/ld.so.cache", root);
	static const char *const list[] = { ELFROOT_LOADER, "--list", "/prog", NULL };
	struct error e = { 0 };
	struct str said;
	int status;

	cache_put_elf(root, "prog",
		      ELF(.program = true, .needed = { "libq.so", "libz.so.1", "libten.so.10" }));
	said = elfroot_run(&a, root, list, &status);
	cr_expect(!strstr(said.p, "/libq.so"), "without a cache: %s", said.p);
	cr_assert(file_write_path(cache, 0644, build_cache(&a, root), &e), "%s", e.cause);
	said = elfroot_run(&a, root, list, &status);
	cr_expect(status == 0);
	cr_expect(strstr(said.p, "libq.so => /opt/second/libq.so"), "%s", said.p);
	cr_expect(strstr(said.p, "libz.so.1 => /opt/first/libz.so.1"), "%s", said.p);
	cr_expect(strstr(said.p, "libten.so.10 => /usr/lib/x86_64-linux-gnu/libten.so.10"), "%s",
		  said.p);
	files_remove(root);
}

Test(loader_cache, a_program_runs_with_a_library_from_it)
{
	AUTO_ARENA a = { 0 };
	const char *root = make_cache_root(&a), *p = arena_printf(&a, "%s/p.c", root);
	const char *l = arena_printf(&a, "%s/l.c", root), *prog = arena_printf(&a, "%s/run", root);
	const char *lib = arena_printf(&a, "%s/opt/second/libanswer.so.1", root);
	static const char *const run[] = { "/run", NULL };
	struct error e = { 0 };
	struct str said;
	int status;

	oracle_need("gcc");
	files_put(l, "int answer(void) { return 42; }\n");
	files_put(p, "int answer(void); int main(void) { return answer(); }\n");
	ORACLE(&a, "gcc", "-shared", "-fPIC", "-Wl,-soname,libanswer.so.1", "-o", lib, l);
	ORACLE(&a, "gcc", "-o", prog, p, lib);
	elfroot_copy(root, "usr/lib/x86_64-linux-gnu/libc.so.6", "/lib/x86_64-linux-gnu/libc.so.6");
	elfroot_run(&a, root, run, &status);
	cr_expect(status == 127, "without a cache: %d", status);
	cr_assert(file_write_path(arena_printf(&a, "%s/etc/ld.so.cache", root), 0644,
				  build_cache(&a, root), &e));
	said = elfroot_run(&a, root, run, &status);
	cr_expect(status == 42, "%d " STR_FMT, status, STR_ARG(said));
	files_remove(root);
}

Test(loader_cache, is_used_by_our_closure_and_the_configuration_stands_in_for_one_to_come)
{
	AUTO_ARENA a = { 0 };
	const char *root = make_cache_root(&a), *found[3] = { NULL }, *how[3] = { NULL };
	struct error e = { 0 };

	cache_put_elf(root, "prog", ELF(.program = true, .needed = { "libq.so" }));
	for (int round = 0; round < 3; round++) {
		AUTO_FOLDER f = FOLDER_INIT;
		struct closure_folder from = closure_folder_of(&f);
		struct world *w;
		struct tree t;
		struct closure c;

		tree_init(&t, &a);
		cr_assert(folder_open(&f, &a, root, &e) && folder_walk(&f, &t, "", &e));
		cr_assert(folder_reach(&f, &t, "/etc/ld.so.conf", &e) &&
			  folder_reach(&f, &t, "/etc/ld.so.conf.d/b.conf", &e));
		from.base.cache_follows = round == 1;
		w = closure_world(&a, &t, &from.base, &e);
		cr_assert(w && closure_run_in(&a, w, "/prog", &c, &e), "%s", e.cause);
		cr_assert(c.edges.n == 2);
		found[round] = c.edges.v[1].found;
		how[round] = c.edges.v[1].how;
		if (round == 1)
			cr_assert(file_write_path(arena_printf(&a, "%s/etc/ld.so.cache", root),
						  0644, build_cache(&a, root), &e));
	}
	cr_expect_null(found[0]);
	for (int round = 1; round < 3; round++) {
		cr_expect_str_eq(found[round], "opt/second/libq.so");
		cr_expect_str_eq(how[round], "cache");
	}
	files_remove(root);
}
