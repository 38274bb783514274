/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RELEASE_RELEASE_H
#define INPUT_RELEASE_RELEASE_H

/* The state of a suite: its InRelease file, verified, and the indexes it vouches for. The chain
 * is signature -> InRelease -> SHA-256 and size of an index -> bytes; nothing is parsed before
 * the link that leads to it has been checked - but for the date of InRelease, which the signature
 * may not be older than: it is compared with the one that is parsed.
 *
 * Freshness: Codename must be the suite asked for, Date not in the future and not before one seen
 * earlier (remembered in the store and in the lock), Valid-Until, where there is one, not over.
 * Debian's main suites have no Valid-Until: for them "not older than seen" is all there is. */

#include "input/release/mirrors.h"
#include "transfer/download/fetch.h"
#include "transfer/http/http.h"
#include "format/archive/decompress.h"
#include "format/debian/deb822.h"

/* With what suites are read. Everything is borrowed. */
struct release_context {
	const struct store *store;
	const struct mirrors *mirrors;
	struct http *http; /* NULL: offline, the state that the store holds is used */
	int64_t now;	   /* seconds since the epoch */
	bool allow_older;
	struct progress *progress;
};

/* A file that the Release file lists. */
struct release_entry {
	struct str path; /* below dists/SUITE/ */
	uint64_t size;
	struct digest sha256;
};

struct release {
	const struct suite *suite;
	const char *date;	 /* as written */
	const char *valid_until; /* or NULL */
	int64_t when;		 /* the same as `date` */
	struct digest inrelease;
	struct strings signers; /* pinned keys that have signed, sorted */
	struct str components;
	bool by_hash;
	bool past;	 /* a state of the past (release_past) ... */
	int64_t kept_at; /* ... that snapshot.debian.org has at this moment; 0: it was not asked */
	uint64_t speed;	 /* bytes per second that came of InRelease, the connection included; 0:
			  * none did */
	unsigned priority; /* of its packages, as apt gives it: 1, 100 or 500 */
	struct LIST(struct release_entry) entries; /* sorted by path */
};

/* Reads and verifies the InRelease file of a suite, from the first mirror that has a good one.
 * `not_before` is a date seen earlier (0: none). Contents live in `a`. ERR_VERIFY, ERR_NETWORK. */
MUST_CHECK bool release_fetch(struct arena *a, const struct release_context *c,
			      const struct suite *suite, int64_t not_before, struct release *out,
			      struct error *e);

/* Reads the InRelease file of this digest, of a state of the past that is dated `date`: from the
 * store, else
 * - unless offline - from a mirror that still has it, else from snapshot.debian.org, where it is
 * looked for in the days after its date. It is verified again; its dates are not judged: they were
 * when it was locked. ERR_NETWORK if it cannot be had, saying where it was looked for. */
MUST_CHECK bool release_past(struct arena *a, const struct release_context *c,
			     const struct suite *suite, const char *date,
			     const struct digest *inrelease, struct release *out, struct error *e);

/* Reads the InRelease file of this digest from the store and verifies it. 1, 0 if it is not there,
 * -1. */
MUST_CHECK int release_stored(struct arena *a, const struct release_context *c,
			      const struct suite *suite, const struct digest *inrelease,
			      struct release *out, struct error *e);

/* Parts of release_fetch, for those who have the bytes: splits, verifies, parses; then judges
 * dates. `name` is for messages. */
MUST_CHECK bool release_read(struct arena *a, const struct suite *suite, struct str file,
			     struct release *out, struct error *e);
MUST_CHECK bool release_judge(const struct release *r, int64_t now, int64_t not_before,
			      struct error *e);

/* Parses the text of a Release file (release_parse.c). ERR_INPUT with its line. */
MUST_CHECK bool release_parse(struct arena *a, struct str text, const char *name,
			      struct release *out, struct error *e);

const struct release_entry *release_find(const struct release *r, struct str path);

/* An index, "main/binary-amd64/Packages": as packed in the archive, and as it is unpacked. */
struct release_index {
	const struct release *release;
	const char *path;
	const struct release_entry *packed, *plain;
	enum codec codec;
};

/* Finds the index `kind` ("binary-amd64/Packages") of `component`, in its smallest form. ERR_INPUT
 * if the suite has no such component or index. */
MUST_CHECK bool release_index_find(struct arena *a, const struct release *r, const char *component,
				   const char *kind, struct release_index *out, struct error *e);

/* Takes another form of it than the smallest: one that `store` has, or else, if `quick`, gzip where
 * `speed` says that its further bytes are there before xz would be decoded. */
void release_index_choose(struct arena *a, const struct store *store, bool quick,
			  struct release_index *index);

/* Whether it lists that index: archives without source packages have no Sources. */
bool release_has_index(struct arena *a, const struct release *r, const char *component,
		       const char *kind);

/* What to fetch for it (marked optional: a mirror that is being updated has it no longer or not
 * yet; then the InRelease file is to be read again). */
void release_index_want(struct arena *a, const struct release_context *c,
			const struct release_index *index, struct want *out);

/* What is made of an index, in the child: begin() is given memory and where to write to, stanza()
 * each stanza, or bytes(), of an index without stanzas, its text as it comes; end() is called when
 * all are there and the digest is right. */
struct index_making {
	void (*begin)(void *ctx, struct arena *a, struct sink *out);
	bool (*stanza)(void *ctx, const struct deb822 *r, struct error *e);
	bool (*end)(void *ctx, struct error *e);
	void *ctx;
	bool (*bytes)(void *ctx, struct str chunk, struct error *e); /* or NULL */
};

/* Unpacks a fetched index, checks it against its signed size and digest, and writes to `out` what
 * `making` makes of it. Runs in a child process without authority; `out` is left to its owner to
 * finish, and counts for nothing on failure. ERR_VERIFY, ERR_INPUT. */
MUST_CHECK bool release_index_make(const struct release_context *c,
				   const struct release_index *index,
				   const struct index_making *making, struct sink *out,
				   struct error *e);

#endif
