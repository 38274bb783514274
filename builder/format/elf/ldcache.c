/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes glibc's library cache. Knows bytes and their order, not where libraries are.
 *
 *	header (48 bytes)	magic and version, number of entries, size of the strings,
 *				byte order, offset of the extensions
 *	entries (24 bytes each)	flags, offset of the name, offset of the path, 0, hwcap
 *	strings			NUL-terminated; one that ends another shares its bytes
 *	extensions		at a multiple of 4: magic, count, { tag, flags, offset, size }
 *
 * Offsets count from the start of the file. */

#include "format/elf/ldcache.h"

#include <stdlib.h>
#include <sys/param.h>

#include "format/elf/elf_machine.h"
#include "format/elf/elf_bytes.h"

#define MAGIC "glibc-ld.so.cache1.1"
#define MAGIC_SIZE 20
#define HEADER 48
#define ENTRY 24
#define LITTLE 2 /* cache_file_new_flags_endian_little */
#define BIG 3
#define EXTENSION_MAGIC 0xeaa42174U
#define EXTENSION_HEADER 24   /* magic, count and one section */
#define EXTENSION_GENERATOR 0 /* its tags */
#define EXTENSION_HWCAPS 1
#define HWCAP_EXTENSION \
	((uint64_t)1 << 62) /* DL_CACHE_HWCAP_EXTENSION: the lower half is a number of a name */
#define HWCAPS_NAME_MAX 255
#define PATH_BYTES_MAX 4096

uint32_t ldcache_flags(const struct elf *elf)
{
	const struct machine *m = machine_of_elf(elf);

	if (!m)
		return 0;
	return (elf->flags & m->mask) == m->value ? m->cache : m->unmarked;
}

static bool ldcache_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The value of a run of digits, wrapped to 32 bits as the loader's int is. */
static int32_t ldcache_take_number(const char **s)
{
	uint32_t v = 0;

	for (; ldcache_is_digit(**s); (*s)++)
		v = v * 10 + (uint32_t)(**s - '0');
	return (int32_t)v;
}

int ldcache_compare(const char *a, const char *b)
{
	while (*a) {
		if (ldcache_is_digit(*a) && ldcache_is_digit(*b)) {
			int32_t x = ldcache_take_number(&a), y = ldcache_take_number(&b);

			if (x != y)
				return (int32_t)((uint32_t)x - (uint32_t)y) < 0 ? -1 : 1;
		} else if (ldcache_is_digit(*a)) {
			return 1;
		} else if (ldcache_is_digit(*b)) {
			return -1;
		} else if (*a != *b) {
			return *a < *b ? -1 : 1;
		} else {
			a++;
			b++;
		}
	}
	return -(*b != '\0');
}

/* An entry on its way into the file. */
struct ldcache_item {
	const struct ldcache_entry *entry;
	size_t order;
	uint32_t name_at, path_at;
};

/* Greater names first, then greater flags, then greater hwcaps. */
static int compare_ldcache_items(const void *a, const void *b)
{
	const struct ldcache_item *x = a, *y = b;
	int names = ldcache_compare(y->entry->soname, x->entry->soname);

	if (names)
		return names;
	if (x->entry->flags != y->entry->flags)
		return x->entry->flags < y->entry->flags ? 1 : -1;
	if (x->entry->hwcap != y->entry->hwcap)
		return x->entry->hwcap < y->entry->hwcap ? 1 : -1;
	return (x->order > y->order) - (x->order < y->order);
}

/* A string of the file and where the offset it gets is wanted. */
struct ldcache_text {
	struct str s;
	uint32_t *at;
};

/* From the greatest last byte down, then by the byte before, ...; of two that agree the longer one
 * first, so that the shorter one can share its bytes. */
static int by_end(const void *a, const void *b)
{
	struct str x = ((const struct ldcache_text *)a)->s, y = ((const struct ldcache_text *)b)->s;
	size_t n = MIN(x.n, y.n);

	for (size_t i = 1; i <= n; i++) {
		unsigned char l = (unsigned char)x.p[x.n - i], r = (unsigned char)y.p[y.n - i];

		if (l != r)
			return l < r ? 1 : -1;
	}
	return (x.n < y.n) - (x.n > y.n);
}

/* Lays the strings out from `base` on, sharing tails as ldconfig does. */
static void write_strings(struct arena *a, struct ldcache_item *items, size_t n, uint32_t base,
			  struct buf *out)
{
	struct ldcache_text *texts = arena_array(a, n * 2, sizeof(*texts));
	struct str last = { "", 0 };
	uint32_t last_at = 0, end = base;

	for (size_t i = 0; i < n; i++) {
		texts[2 * i] = (struct ldcache_text){ str_of(items[i].entry->soname),
						      &items[i].name_at };
		texts[2 * i + 1] = (struct ldcache_text){ str_of(items[i].entry->path),
							  &items[i].path_at };
	}
	qsort(texts, n * 2, sizeof(*texts), by_end);
	for (size_t i = 0; i < n * 2; i++) {
		struct str s = texts[i].s;

		if (i > 0 && str_ends(last, s)) {
			last_at += (uint32_t)(last.n - s.n);
		} else {
			last_at = end;
			buf_add(out, s);
			buf_putc(out, '\0');
			end += (uint32_t)s.n + 1;
		}
		last = s;
		*texts[i].at = last_at;
	}
}

static void ldcache_put(struct buf *out, bool big_endian, uint64_t v, unsigned width)
{
	for (unsigned i = 0; i < width; i++) {
		unsigned shift = 8 * (big_endian ? width - 1 - i : i);

		buf_putc(out, (char)(v >> shift & 0xff));
	}
}

static void write_extension(const struct ldcache *c, struct buf *out)
{
	size_t at = out->n + EXTENSION_HEADER;

	ldcache_put(out, c->big_endian, EXTENSION_MAGIC, 4);
	ldcache_put(out, c->big_endian, 1, 4);
	ldcache_put(out, c->big_endian, 0, 4); /* cache_extension_tag_generator */
	ldcache_put(out, c->big_endian, 0, 4);
	ldcache_put(out, c->big_endian, at, 4);
	ldcache_put(out, c->big_endian, strlen(c->generator), 4);
	buf_puts(out, c->generator);
}

/* Sorts the entries of the cache themselves, too, so that what was written can be searched. */
static struct ldcache_item *sort_entries(struct arena *a, struct ldcache *c)
{
	size_t n = c->entries.n;
	struct ldcache_item *items = arena_array(a, n, sizeof(*items));
	struct ldcache_entry *copy = arena_array(a, n, sizeof(*copy));

	for (size_t i = 0; i < n; i++) {
		copy[i] = c->entries.v[i];
		items[i] = (struct ldcache_item){ &copy[i], i, 0, 0 };
	}
	qsort(items, n, sizeof(*items), compare_ldcache_items);
	for (size_t i = 0; i < n; i++)
		c->entries.v[i] = *items[i].entry;
	return items;
}

void ldcache_write(struct arena *a, struct ldcache *c, struct buf *out)
{
	size_t n = c->entries.n, start = out->n;
	struct ldcache_item *items = sort_entries(a, c);
	struct buf strings = { .a = a };
	size_t strings_end, pad;

	write_strings(a, items, n, (uint32_t)(HEADER + n * ENTRY), &strings);
	strings_end = HEADER + n * ENTRY + strings.n;
	pad = c->generator ? -strings_end & 3 : 0;
	buf_add(out, STR(MAGIC));
	ldcache_put(out, c->big_endian, n, 4);
	ldcache_put(out, c->big_endian, strings.n, 4);
	ldcache_put(out, c->big_endian, c->big_endian ? BIG : LITTLE, 1);
	ldcache_put(out, c->big_endian, 0, 3);
	ldcache_put(out, c->big_endian, c->generator ? strings_end + pad : 0, 4);
	while (out->n < start + HEADER)
		buf_putc(out, '\0');
	for (size_t i = 0; i < n; i++) {
		ldcache_put(out, c->big_endian, items[i].entry->flags, 4);
		ldcache_put(out, c->big_endian, items[i].name_at, 4);
		ldcache_put(out, c->big_endian, items[i].path_at, 4);
		ldcache_put(out, c->big_endian, 0, 4);
		ldcache_put(out, c->big_endian, items[i].entry->hwcap, 8);
	}
	buf_add(out, buf_str(&strings));
	if (!c->generator)
		return;
	while (pad--)
		buf_putc(out, '\0');
	write_extension(c, out);
}

/* Names of folders below glibc-hwcaps: an offset each. Entries say the number of theirs. */
static bool ldcache_read_hwcaps(struct arena *a, const struct elf_file *f, struct str offsets,
				struct ldcache *out)
{
	size_t n = offsets.n / 4;
	const char **names = arena_array(a, n, sizeof(*names));
	struct str name;

	for (size_t i = 0; i < n; i++) {
		if (!elf_string(f->bytes, elf_u32(f, offsets, i * 4), HWCAPS_NAME_MAX, &name))
			return false;
		names[i] = str_dup(a, name);
	}
	for (size_t i = 0; i < out->entries.n; i++) {
		struct ldcache_entry *entry = &out->entries.v[i];
		uint32_t number = (uint32_t)entry->hwcap;

		if ((entry->hwcap & HWCAP_EXTENSION) && number < n)
			entry->hwcaps = names[number];
	}
	return true;
}

static bool ldcache_read_extensions(struct arena *a, const struct elf_file *f, struct ldcache *out)
{
	uint32_t at = elf_u32(f, f->bytes, 32), count;
	struct str head, sections, data;
	bool hwcaps = false;

	if (at == 0)
		return true;
	if (!elf_slice(f->bytes, at, 8, &head) || elf_u32(f, head, 0) != EXTENSION_MAGIC)
		return false;
	count = elf_u32(f, head, 4);
	if (!elf_table(f->bytes, (uint64_t)at + 8, count, 16, &sections))
		return false;
	for (size_t i = 0; i < count; i++) {
		uint32_t tag = elf_u32(f, sections, i * 16);

		if (!elf_slice(f->bytes, elf_u32(f, sections, i * 16 + 8),
			       elf_u32(f, sections, i * 16 + 12), &data))
			return false;
		if (tag == EXTENSION_GENERATOR && !out->generator && data.n <= PATH_BYTES_MAX)
			out->generator = str_dup(a, data);
		if (tag == EXTENSION_HWCAPS && !hwcaps && data.n <= PATH_BYTES_MAX) {
			hwcaps = true; /* of several the first: a file has one */
			if (!ldcache_read_hwcaps(a, f, data, out))
				return false;
		}
	}
	return true;
}

bool ldcache_read(struct arena *a, struct str bytes, struct ldcache *out, struct error *e)
{
	struct elf_file f = { .bytes = bytes };
	struct elf_names names = elf_names_of(a, bytes, bytes);
	struct str entries;
	uint32_t count;

	*out = (struct ldcache){ 0 };
	if (bytes.n < HEADER || !str_starts(bytes, STR(MAGIC)))
		return err_set(e, ERR_INPUT, "not a library cache of glibc (" MAGIC ")");
	f.big_endian = out->big_endian = bytes.p[28] == BIG;
	count = elf_u32(&f, bytes, 20);
	if (!elf_table(bytes, HEADER, count, ENTRY, &entries))
		return err_set(e, ERR_INPUT, "the library cache is cut off");
	for (size_t i = 0; i < count; i++) {
		const char *name, *path;

		if (!elf_names_take(&names, elf_u32(&f, entries, i * ENTRY + 4), PATH_BYTES_MAX,
				    &name) ||
		    !elf_names_take(&names, elf_u32(&f, entries, i * ENTRY + 8), PATH_BYTES_MAX,
				    &path))
			return err_set(e, ERR_INPUT, "entry %zu of the library cache is malformed",
				       i);
		*list_push(a, &out->entries) = (struct ldcache_entry){
			.soname = name,
			.path = path,
			.flags = elf_u32(&f, entries, i * ENTRY),
			.hwcap = elf_u64(&f, entries, i * ENTRY + 16),
		};
	}
	return ldcache_read_extensions(a, &f, out) ||
	       err_set(e, ERR_INPUT, "the extensions of the library cache are malformed");
}

/* How good an entry is for the processor: 0 is the best; MACHINE_HWCAPS: for any; more: it is not
 * for this one. */
static size_t ldcache_rank(const struct ldcache_entry *entry, const struct machine *m,
			   size_t hwcaps)
{
	if (entry->hwcap == 0)
		return MACHINE_HWCAPS;
	for (size_t i = 0; entry->hwcaps && i < MACHINE_HWCAPS; i++) {
		if (machine_has_hwcaps(m, i, hwcaps) && strcmp(m->hwcaps[i], entry->hwcaps) == 0)
			return i;
	}
	return MACHINE_HWCAPS + 1;
}

const struct ldcache_entry *ldcache_find(const struct ldcache *cache, const char *soname,
					 const struct machine *m, size_t hwcaps)
{
	const struct ldcache_entry *best = NULL;
	size_t best_rank = MACHINE_HWCAPS + 1;
	size_t low = 0, high = cache->entries.n;

	/* the first entry whose name is not greater: the file is in descending order */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ldcache_compare(cache->entries.v[middle].soname, soname) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < cache->entries.n; low++) {
		const struct ldcache_entry *entry = &cache->entries.v[low];

		size_t rank = ldcache_rank(entry, m, hwcaps);

		if (ldcache_compare(entry->soname, soname) != 0)
			break;
		if (rank < best_rank &&
		    (entry->flags == m->cache || (m->unmarked && entry->flags == m->unmarked))) {
			best = entry;
			best_rank = rank;
		}
	}
	return best;
}
