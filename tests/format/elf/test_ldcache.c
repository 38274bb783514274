/* SPDX-License-Identifier: Apache-2.0 */
/* The library cache: what ldconfig writes is read, and written again, byte by byte. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "format/elf/ldcache.h"

#define HOST_CACHE "/etc/ld.so.cache"
#define amd64 (&machine_rows[MACHINE_AMD64])

static struct str host_cache(struct arena *a)
{
	struct str bytes;
	struct error e = { 0 };

	if (access(HOST_CACHE, R_OK) != 0)
		cr_skip("no " HOST_CACHE);
	cr_assert(io_read_file(a, AT_FDCWD, HOST_CACHE, 64u << 20, &bytes, &e), "%s", e.cause);
	return bytes;
}

Test(ldcache, names_compare_as_in_the_loader)
{
	static const struct {
		const char *a, *b;
		int order;
	} cases[] = {
		{ "libz.so.1", "libz.so.1", 0 },
		{ "libz.so.2", "libz.so.10", -1 },
		{ "libz.so.10", "libz.so.9", 1 },
		{ "libz.so", "libz.so.1", -1 },
		{ "libz.so.1", "libz.so", 1 },
		{ "liba.so", "libb.so", -1 },
		{ "lib1", "liba", 1 },
		{ "liba", "lib1", -1 },
		{ "libz.so.01", "libz.so.1", 0 },
		{ "", "", 0 },
		{ "", "a", -1 },
		{ "x86.so.2", "x086.so.2", 0 },
		{ "l.4294967296", "l.0", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int order = ldcache_compare(cases[i].a, cases[i].b);

		cr_expect((order > 0) - (order < 0) == cases[i].order, "%s %s", cases[i].a,
			  cases[i].b);
	}
}

/* Moves the second half to the front: the order must come from the writer. Entries of one name stay
 * together, as theirs is kept. */
static void ldcache_disorder(struct arena *a, struct ldcache *cache)
{
	struct ldcache_entry *v = cache->entries.v, *moved;
	size_t n = cache->entries.n, half = n / 2;

	while (half < n && strcmp(v[half].soname, v[half - 1].soname) == 0)
		half++;
	moved = arena_array(a, n, sizeof(*moved));
	memcpy(moved, v + half, (n - half) * sizeof(*v));
	memcpy(moved + (n - half), v, half * sizeof(*v));
	cache->entries.v = moved;
}

Test(ldcache, a_cache_of_ldconfig_is_written_again_to_the_byte)
{
	AUTO_ARENA a = { 0 };
	struct str theirs = host_cache(&a);
	struct ldcache cache;
	struct buf ours = { .a = &a };
	struct error e = { 0 };

	cr_assert(ldcache_read(&a, theirs, &cache, &e), "%s", e.cause);
	cr_assert(cache.entries.n > 10);
	cr_assert(cache.generator && strstr(cache.generator, "ldconfig"));
	for (size_t i = 0; i < cache.entries.n; i++)
		cr_assert(cache.entries.v[i].hwcap == 0, "made for a cache without hwcaps");
	ldcache_disorder(&a, &cache);
	ldcache_write(&a, &cache, &ours);
	cr_expect(ours.n == theirs.n, "%zu %zu", ours.n, theirs.n);
	cr_expect(str_eq(buf_str(&ours), theirs));
}

Test(ldcache, what_is_written_is_read)
{
	for (int big = 0; big < 2; big++) {
		AUTO_ARENA a = { 0 };
		struct ldcache cache = { .big_endian = big, .generator = big ? "imgbuild" : NULL },
			       back;
		struct buf out = { .a = &a };
		struct error e = { 0 };
		static const char *const names[] = { "libb.so.2", "libb.so.10", "liba.so",
						     "libb.so.2" };

		for (size_t i = 0; i < 4; i++)
			*list_push(&a, &cache.entries) = (struct ldcache_entry){
				names[i], arena_printf(&a, "/%zu/%s", i, names[i]), 0x0303, 0, NULL
			};
		ldcache_write(&a, &cache, &out);
		cr_assert(ldcache_read(&a, buf_str(&out), &back, &e), "%s", e.cause);
		cr_assert(back.entries.n == 4 && back.big_endian == cache.big_endian);
		cr_expect(big ? !strcmp(back.generator, "imgbuild") : !back.generator);
		cr_expect_str_eq(back.entries.v[0].path, "/1/libb.so.10");
		cr_expect_str_eq(back.entries.v[1].path, "/0/libb.so.2", "the first folder wins");
		cr_expect_str_eq(back.entries.v[2].path, "/3/libb.so.2");
		cr_expect_str_eq(back.entries.v[3].path, "/2/liba.so");
		cr_expect_str_eq(ldcache_find(&back, "libb.so.2", amd64, 0)->path, "/0/libb.so.2");
		cr_expect_null(ldcache_find(&back, "libb.so.2", machine_of_oci("386"), 0));
		cr_expect_null(ldcache_find(&back, "libb.so", amd64, 0));
		cr_expect_null(ldcache_find(&back, "zzz", amd64, 0));
	}
}

Test(ldcache, an_empty_cache_is_a_cache)
{
	AUTO_ARENA a = { 0 };
	struct ldcache cache = { 0 }, back;
	struct buf out = { .a = &a };
	struct error e = { 0 };

	ldcache_write(&a, &cache, &out);
	cr_expect(out.n == 48);
	cr_assert(ldcache_read(&a, buf_str(&out), &back, &e));
	cr_expect(back.entries.n == 0 && !ldcache_find(&back, "x", amd64, 0));
}

Test(ldcache, flags_are_those_of_ldconfig)
{
	static const struct {
		struct elf elf;
		uint32_t flags;
	} cases[] = {
		{ { .is64 = true, .machine = EM_X86_64 }, 0x0303 },
		{ { .is64 = false, .machine = EM_X86_64 }, 0x0803 },
		{ { .is64 = false, .machine = EM_386 }, 0x0003 },
		{ { .is64 = true, .machine = EM_AARCH64 }, 0x0a03 },
		{ { .machine = EM_ARM, .flags = EF_ARM_ABI_FLOAT_HARD }, 0x0903 },
		{ { .machine = EM_ARM, .flags = EF_ARM_ABI_FLOAT_SOFT }, 0x0b03 },
		{ { .is64 = true, .machine = EM_PPC64 }, 0x0503 },
		{ { .is64 = true, .machine = EM_S390, .big_endian = true }, 0x0403 },
		{ { .is64 = true, .machine = EM_RISCV, .flags = EF_RISCV_FLOAT_ABI_DOUBLE },
		  0x1003 },
		{ { .is64 = true, .machine = EM_SPARCV9 }, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect(ldcache_flags(&cases[i].elf) == cases[i].flags, "case %zu", i);
}

Test(ldcache, damage_is_refused_or_survived)
{
	AUTO_ARENA a = { 0 };
	struct ldcache cache = { .generator = "g" }, back;
	struct buf out = { .a = &a };
	struct error e = { 0 };
	struct str whole;

	*list_push(&a, &cache.entries) = (struct ldcache_entry){ "liba.so", "/a/liba.so", 0x0303, 0,
								 NULL };
	ldcache_write(&a, &cache, &out);
	whole = buf_str(&out);
	for (size_t n = 0; n < whole.n; n++) {
		AUTO_ARENA scratch = { 0 };
		struct str cut = str_copy(&scratch, (struct str){ whole.p, n });

		e = (struct error){ 0 };
		cr_expect(!ldcache_read(&scratch, cut, &back, &e) && e.kind == ERR_INPUT, "%zu", n);
	}
	for (size_t at = 0; at < whole.n; at++) {
		AUTO_ARENA scratch = { 0 };
		struct str copy = str_copy(&scratch, whole);

		((char *)(uintptr_t)copy.p)[at] ^= (char)0xff;
		e = (struct error){ 0 };
		if (!ldcache_read(&scratch, copy, &back, &e))
			cr_expect(e.kind == ERR_INPUT && e.cause[0]);
		else
			cr_expect(back.entries.n == 1 && e.kind == ERR_NONE);
	}
}
