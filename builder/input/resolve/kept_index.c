/* SPDX-License-Identifier: Apache-2.0 */
/* The search in a kept index. Tables are mapped, records are read one by one: what nobody asks for
 * takes neither time nor memory. */

#include "input/resolve/kept_index.h"

#include <endian.h>
#include <unistd.h>

struct kept_proof {
	bool damaged;
	bool page[]; /* proven */
};

static uint32_t kept_number(const unsigned char bytes[static 4])
{
	uint32_t n;

	memcpy(&n, bytes, sizeof(n));
	return le32toh(n);
}

static uint64_t kept_page_count(uint64_t bytes)
{
	return (bytes + KEPT_PAGE - 1) / KEPT_PAGE;
}

static bool kept_spoil(const struct kept_index *k)
{
	k->proof->damaged = true;
	return false;
}

/* Whether bytes are those of a page. */
static bool kept_is_page(const struct kept_index *k, uint64_t page, const char *bytes)
{
	uint64_t left = k->pages_at - page * KEPT_PAGE;
	struct digest found = digest_of(
		(struct str){ bytes, left < KEPT_PAGE ? (size_t)left : KEPT_PAGE });
	const char *wanted = k->map.bytes.p + k->pages_at + page * sizeof(found.b);

	return memcmp(found.b, wanted, sizeof(found.b)) == 0 || kept_spoil(k);
}

/* Proves some mapped bytes, which lie before the pages. */
static bool kept_prove(const struct kept_index *k, uint64_t at, uint64_t n)
{
	for (uint64_t page = at / KEPT_PAGE; page * KEPT_PAGE < at + n; page++) {
		if (!k->proof->page[page] &&
		    !kept_is_page(k, page, k->map.bytes.p + page * KEPT_PAGE))
			return false;
		k->proof->page[page] = true;
	}
	return true;
}

/* A part of the texts, or nothing. */
static struct str kept_text(const struct kept_index *k, const unsigned char at[static 4],
			    const unsigned char n[static 4])
{
	uint64_t from = kept_number(at), size = kept_number(n);

	if (from > k->texts_n || size > k->texts_n - from ||
	    !kept_prove(k, k->records_n + from, size))
		return (struct str){ "", 0 };
	return (struct str){ k->map.bytes.p + k->records_n + from, size };
}

/* What the end says; false if the file cannot be so. */
static bool kept_read_end(struct kept_index *k, uint64_t size)
{
	struct kept_end end;
	uint64_t tables;

	if (size < sizeof(end))
		return false;
	memcpy(&end, k->map.bytes.p + size - sizeof(end), sizeof(end));
	if (memcmp(end.mark, KEPT_MARK, sizeof(end.mark)) != 0)
		return false;
	k->records_n = kept_number(end.records_n);
	k->texts_n = kept_number(end.texts_n);
	k->names_n = kept_number(end.names_n);
	k->offers_n = kept_number(end.offers_n);
	tables = (k->names_n + k->offers_n) * sizeof(*k->names);
	k->pages_at = k->records_n + k->texts_n + tables;
	return k->pages_at + kept_page_count(k->pages_at) * sizeof(struct digest) + sizeof(end) ==
	       size;
}

bool kept_open(struct arena *a, struct kept_index *k, int fd, uint64_t size,
	       const struct digest *root)
{
	struct error ignored = { 0 };
	struct digest found;

	*k = (struct kept_index){ .fd = fd };
	if (!io_map(fd, 0, size, "the index", &k->map, &ignored) || !kept_read_end(k, size))
		return false;
	found = kept_root(k);
	if (root && !digest_eq(&found, root))
		return false;
	k->names = (const struct kept_entry *)(k->map.bytes.p + k->records_n + k->texts_n);
	k->offers = k->names + k->names_n;
	k->proof = arena_alloc(a, sizeof(*k->proof) + kept_page_count(k->pages_at));
	return true;
}

struct digest kept_root(const struct kept_index *k)
{
	return digest_of(str_from(k->map.bytes, k->pages_at));
}

bool kept_is_damaged(const struct kept_index *k)
{
	return k->proof->damaged;
}

void kept_close(struct kept_index *k)
{
	io_unmap(&k->map);
	fd_closep(&k->fd);
}

struct str kept_key(const struct kept_index *k, const struct kept_entry *entry)
{
	uint64_t at = (uint64_t)((const char *)entry - k->map.bytes.p);

	if (!kept_prove(k, at, sizeof(*entry)))
		return (struct str){ "", 0 };
	return kept_text(k, entry->key_at, entry->key_n);
}

struct str kept_offerer(const struct kept_index *k, const struct kept_entry *entry)
{
	return kept_text(k, entry->value_at, entry->value_n);
}

/* The first entry whose key is not before `name`. */
static size_t kept_bound(const struct kept_index *k, const struct kept_entry *v, size_t n,
			 struct str name)
{
	size_t from = 0, to = n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (str_cmp(kept_key(k, &v[middle]), name) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static const struct kept_entry *kept_search(const struct kept_index *k, const struct kept_entry *v,
					    size_t total, struct str name, size_t *n)
{
	size_t first = kept_bound(k, v, total, name);

	for (*n = 0; first + *n < total && str_eq(kept_key(k, &v[first + *n]), name);)
		++*n;
	return v + first;
}

const struct kept_entry *kept_find(const struct kept_index *k, struct str name, size_t *n)
{
	return kept_search(k, k->names, k->names_n, name, n);
}

const struct kept_entry *kept_find_offers(const struct kept_index *k, struct str name, size_t *n)
{
	return kept_search(k, k->offers, k->offers_n, name, n);
}

const struct kept_entry *kept_find_prefix(const struct kept_index *k, struct str prefix, size_t *n)
{
	size_t first = kept_bound(k, k->names, k->names_n, prefix);

	for (*n = 0;
	     first + *n < k->names_n && str_starts(kept_key(k, &k->names[first + *n]), prefix);)
		++*n;
	return k->names + first;
}

/* Reads the pages that hold these bytes of records, and proves them as they were read. */
static bool kept_read_pages(struct arena *a, const struct kept_index *k, uint64_t first,
			    uint64_t last, char **out, struct error *e)
{
	uint64_t from = first * KEPT_PAGE, to = (last + 1) * KEPT_PAGE;

	if (to > k->pages_at)
		to = k->pages_at;
	*out = arena_text(a, to - from);
	if (!fd_pread(k->fd, *out, to - from, from, "the index", e))
		return kept_spoil(k);
	for (uint64_t page = first; page <= last; page++) {
		if (!kept_is_page(k, page, *out + (page - first) * KEPT_PAGE))
			return err_set(e, ERR_INPUT, "what is kept of it is damaged");
	}
	return true;
}

bool kept_record(struct arena *a, const struct kept_index *k, const struct kept_entry *entry,
		 struct str *out, struct error *e)
{
	uint64_t at = kept_number(entry->value_at), n = kept_number(entry->value_n);
	AUTO_ARENA scratch = { 0 };
	char *bytes;

	if (n == 0 || at > k->records_n || n > k->records_n - at)
		return err_set(e, ERR_INPUT, "a record that is not in the index");
	if (!kept_read_pages(&scratch, k, at / KEPT_PAGE, (at + n - 1) / KEPT_PAGE, &bytes, e))
		return false;
	*out = str_copy(a, (struct str){ bytes + at % KEPT_PAGE, n });
	return true;
}
