/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_KEPT_INDEX_H
#define INPUT_RESOLVE_KEPT_INDEX_H

/* What is kept of one Packages or Sources file, in a form that is searched and not read: a record
 * for each stanza, and sorted tables of the names that lead there. What is in a record, those know
 * who write and read it.
 *
 *   records    one after the other
 *   texts      names, of packages and of what they provide
 *   names      entries: a name and its record, sorted by name, then by place
 *   offers     entries: a name that is provided and the name of who provides it, sorted likewise
 *   pages      the SHA-256 of each KEPT_PAGE bytes before here
 *   end        KEPT_MARK, and the sizes of the four parts before the pages
 *
 * The SHA-256 of pages and end is the root: by it every byte is proven that is used, when it is
 * used, and no other is read. Numbers are of 32 bits, little-endian. It is written by a jailed
 * child that has read what others wrote: the reader stays within the file whatever stands there. */

#include "base/digest.h"

#define KEPT_MARK "imgbuild index/2"
#define KEPT_PAGE 4096

struct kept_entry {
	unsigned char key_at[4], key_n[4];     /* in the texts */
	unsigned char value_at[4], value_n[4]; /* in the records; of offers, in the texts */
};

/* The last bytes of the file. */
struct kept_end {
	char mark[sizeof(KEPT_MARK) - 1];
	unsigned char records_n[4], texts_n[4]; /* bytes */
	unsigned char names_n[4], offers_n[4];	/* entries */
};

struct kept_proof; /* which pages are proven, and whether one was wrong */

/* One that is open. */
struct kept_index {
	int fd; /* of the file */
	struct mapping map;
	uint64_t records_n, texts_n, pages_at; /* bytes; where pages begin */
	const struct kept_entry *names, *offers;
	size_t names_n, offers_n;
	struct kept_proof *proof;
};

/* Takes `fd`, of a file of `size` bytes that nobody has proven. `root` is what it must have, or is
 * told. false: it is no such file. Memory comes from `a`. */
MUST_CHECK bool kept_open(struct arena *a, struct kept_index *k, int fd, uint64_t size,
			  const struct digest *root);
struct digest kept_root(const struct kept_index *k);
void kept_close(struct kept_index *k);

/* Whether something that was looked for was wrong: then what was found counts for nothing. */
bool kept_is_damaged(const struct kept_index *k);

/* The entries with this key: *n of them, from the first on. */
const struct kept_entry *kept_find(const struct kept_index *k, struct str name, size_t *n);
const struct kept_entry *kept_find_offers(const struct kept_index *k, struct str name, size_t *n);

/* The entries of names that begin with `prefix`, in their order. */
const struct kept_entry *kept_find_prefix(const struct kept_index *k, struct str prefix, size_t *n);

/* An entry's name, and who provides it; borrowed, and empty if they are outside the file or wrong.
 */
struct str kept_key(const struct kept_index *k, const struct kept_entry *entry);
struct str kept_offerer(const struct kept_index *k, const struct kept_entry *entry);

/* The record of a name, in `a`. ERR_INPUT if it is outside the file or wrong. */
MUST_CHECK bool kept_record(struct arena *a, const struct kept_index *k,
			    const struct kept_entry *entry, struct str *out, struct error *e);

/* One that is being written. It must not move in memory. */
struct kept_slot {
	uint32_t key_at, key_n, value_at, value_n;
};
struct kept_writer {
	struct arena *a;
	struct sink *out;
	uint64_t given; /* bytes of records */
	struct buf texts, pages;
	struct hash page; /* that is being written, ... */
	size_t page_n;	  /* ... and its bytes so far */
	struct kept_slots LIST(struct kept_slot) names, offers;
};

void kept_begin(struct kept_writer *w, struct arena *a, struct sink *out);
void kept_drop(struct kept_writer *w); /* on the failure path */
/* ERR_INPUT: it would be too large. */
MUST_CHECK bool kept_add(struct kept_writer *w, struct str name, struct str record,
			 struct error *e);
/* What was added last provides this name. */
void kept_add_offer(struct kept_writer *w, struct str name);
/* Writes what comes after the records; leaves `out` to its owner to finish. */
MUST_CHECK bool kept_end(struct kept_writer *w, struct error *e);

#endif
