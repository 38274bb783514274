/* SPDX-License-Identifier: Apache-2.0 */
/* Caches put together by hand: names of glibc-hwcaps, who wrote it, and which of several entries a
 * processor takes (glibc's sysdeps/generic/dl-cache.h). */

#include "format/elf/ldcache.h"

#include <criterion/criterion.h>

#include "base/buf.h"

#define HEADER 48
#define ENTRY 24
#define NAMED ((uint64_t)1 << 62) /* the lower half is a number of a name */
#define GENERATOR 0
#define HWCAPS 1
#define amd64 (&machine_rows[MACHINE_AMD64])

static void put_le(struct buf *out, uint64_t v, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		buf_putc(out, (char)(v >> (8 * i)));
}

struct hand_section {
	uint32_t tag;
	struct str data;
};

/* Entries "liba.so" at /0, /1, ... with these hwcaps; then their strings, then the extensions. */
static struct str hand_cache(struct arena *a, const uint64_t *hwcaps, size_t n,
			     const struct hand_section *sections, size_t n_sections)
{
	struct buf out = { .a = a }, strings = { .a = a };
	size_t strings_at = HEADER + n * ENTRY, name_at = strings_at, at, data;

	buf_add(&strings, STR("liba.so\0"));
	buf_puts(&out, "glibc-ld.so.cache1.1");
	put_le(&out, n, 4);
	put_le(&out, 8 + 3 * n, 4);
	buf_add(&out, STR("\2\0\0\0"));
	at = (strings_at + 8 + 3 * n + 3) / 4 * 4;
	put_le(&out, n_sections ? at : 0, 4);
	put_le(&out, 0, 8);
	put_le(&out, 0, 4);
	for (size_t i = 0; i < n; i++) {
		put_le(&out, amd64->cache, 4);
		put_le(&out, name_at, 4);
		put_le(&out, strings_at + strings.n, 4);
		put_le(&out, 0, 4);
		put_le(&out, hwcaps[i], 8);
		buf_printf(&strings, "/%zu", i);
		buf_putc(&strings, '\0');
	}
	buf_add(&out, buf_str(&strings));
	while (out.n < at)
		buf_putc(&out, '\0');
	put_le(&out, 0xeaa42174u, 4);
	put_le(&out, n_sections, 4);
	data = at + 8 + n_sections * 16;
	for (size_t i = 0; i < n_sections; i++) {
		put_le(&out, sections[i].tag, 4);
		put_le(&out, 0, 4);
		put_le(&out, data, 4);
		put_le(&out, sections[i].data.n, 4);
		data += sections[i].data.n;
	}
	for (size_t i = 0; i < n_sections; i++)
		buf_add(&out, sections[i].data);
	return buf_str(&out);
}

/* Offsets of these names, which stand behind a cache of one entry and this one section. */
static struct str hand_names(struct arena *a, const struct strings *names, size_t data_at)
{
	struct buf offsets = { .a = a };
	size_t at = data_at + 4 * names->n;

	for (size_t i = 0; i < names->n; i++) {
		put_le(&offsets, at, 4);
		at += strlen(names->v[i]) + 1;
	}
	return buf_str(&offsets);
}

/* A cache whose only section names folders of glibc-hwcaps; the names stand at its end. */
static struct str hand_hwcaps(struct arena *a, const uint64_t *hwcaps, size_t n,
			      const struct strings *names)
{
	const struct hand_section empty = { HWCAPS, STR("") };
	size_t before = hand_cache(a, hwcaps, n, &empty, 1).n;
	const struct hand_section section = { HWCAPS, hand_names(a, names, before) };
	struct buf out = { .a = a };

	buf_add(&out, hand_cache(a, hwcaps, n, &section, 1));
	for (size_t i = 0; i < names->n; i++) {
		buf_puts(&out, names->v[i]);
		buf_putc(&out, '\0');
	}
	return buf_str(&out);
}

Test(ldcache, entries_say_the_number_of_their_folder)
{
	static const uint64_t hwcaps[] = { NAMED | 0, NAMED | 1, NAMED | 2,
					   1,	      0,	 NAMED | (uint64_t)5 << 32 | 1 };
	static const char *const wanted[] = { "x86-64-v2", "x86-64-v3", NULL,
					      NULL,	   NULL,	"x86-64-v3" };
	const struct strings names = { (const char *[]){ "x86-64-v2", "x86-64-v3" }, 2, 2 };
	AUTO_ARENA a = { 0 };
	struct ldcache cache;
	struct error e = { 0 };

	cr_assert(ldcache_read(&a, hand_hwcaps(&a, hwcaps, 6, &names), &cache, &e), "%s", e.cause);
	cr_assert_eq(cache.entries.n, 6u);
	for (size_t i = 0; i < 6; i++) {
		const char *got = cache.entries.v[i].hwcaps;

		cr_expect(wanted[i] ? got && strcmp(got, wanted[i]) == 0 : !got, "%zu: %s", i, got);
	}
}

/* The best folder that the processor has, then what is for any; the first of equals. */
Test(ldcache, a_processor_takes_the_best_folder_that_it_has)
{
	static const struct {
		uint64_t hwcaps[4];
		const char *paths[4]; /* of processors with no, one, two and three folders */
	} cases[] = {
		{ { 0, NAMED | 0, NAMED | 1, NAMED | 2 }, { "/0", "/1", "/2", "/3" } },
		{ { NAMED | 2, NAMED | 1, NAMED | 0, 0 }, { "/3", "/2", "/1", "/0" } },
		{ { NAMED | 1, NAMED | 1, 0, 0 }, { "/2", "/2", "/0", "/0" } },
		{ { NAMED | 0, NAMED | 0, NAMED | 0, NAMED | 0 }, { NULL, "/0", "/0", "/0" } },
		{ { NAMED | 3, 1, NAMED | 9, 0 }, { "/3", "/3", "/3", "/3" } },
	};
	const struct strings names = {
		(const char *[]){ "x86-64-v2", "x86-64-v3", "x86-64-v4", "other" }, 4, 4
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct ldcache cache;
		struct error e = { 0 };

		cr_assert(ldcache_read(&a, hand_hwcaps(&a, cases[i].hwcaps, 4, &names), &cache, &e),
			  "%s", e.cause);
		for (size_t level = 0; level < 4; level++) {
			const struct ldcache_entry *got = ldcache_find(&cache, "liba.so", amd64,
								       level);
			const char *wanted = cases[i].paths[level];

			cr_expect(wanted ? got && strcmp(got->path, wanted) == 0 : !got,
				  "%zu %zu: %s", i, level, got ? got->path : "none");
		}
	}
}

Test(ldcache, names_of_folders_have_at_most_255_bytes)
{
	static const uint64_t hwcaps[] = { NAMED | 0 };

	for (size_t n = 255; n <= 256; n++) {
		AUTO_ARENA a = { 0 };
		char *name = arena_text(&a, n);
		const struct strings names = { (const char *[]){ name }, 1, 1 };
		struct ldcache cache;
		struct error e = { 0 };

		memset(name, 'n', n);
		cr_expect_eq(ldcache_read(&a, hand_hwcaps(&a, hwcaps, 1, &names), &cache, &e),
			     n == 255, "%zu: %s", n, e.cause);
		cr_expect(n == 255 || strstr(e.cause, "extensions of the library cache"), "%s",
			  e.cause);
	}
}

Test(ldcache, of_several_extensions_the_first_counts_and_none_is_large)
{
	AUTO_ARENA a = { 0 };
	static const uint64_t none[] = { 0 };
	char *large = arena_text(&a, 4097);
	struct hand_section sections[2] = { { GENERATOR, STR("first") },
					    { GENERATOR, STR("second") } };
	struct ldcache cache;
	struct error e = { 0 };

	memset(large, 'g', 4097);
	cr_assert(ldcache_read(&a, hand_cache(&a, none, 1, sections, 2), &cache, &e));
	cr_expect_str_eq(cache.generator, "first");
	sections[0].data = (struct str){ large, 4096 };
	cr_assert(ldcache_read(&a, hand_cache(&a, none, 1, sections, 2), &cache, &e));
	cr_expect_eq(strlen(cache.generator), 4096u);
	sections[0].data = (struct str){ large, 4097 };
	cr_assert(ldcache_read(&a, hand_cache(&a, none, 1, sections, 2), &cache, &e));
	cr_expect_str_eq(cache.generator, "second");
	/* "gggg" is no offset: it is refused where it is read */
	sections[1] = (struct hand_section){ HWCAPS, { large, 4097 } };
	cr_expect(ldcache_read(&a, hand_cache(&a, none, 1, sections, 2), &cache, &e));
	sections[1].data.n = 4096;
	cr_expect_not(ldcache_read(&a, hand_cache(&a, none, 1, sections, 2), &cache, &e));
	err_clear(&e);
	/* a second list is not read */
	sections[0] = (struct hand_section){ HWCAPS, STR("") };
	cr_expect(ldcache_read(&a, hand_cache(&a, none, 1, sections, 2), &cache, &e), "%s",
		  e.cause);
	/* what is neither is not looked at */
	sections[1].tag = 7;
	cr_expect(ldcache_read(&a, hand_cache(&a, none, 1, sections, 2), &cache, &e), "%s",
		  e.cause);
}
