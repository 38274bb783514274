/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_CONTENT_SUMS_H
#define INSPECT_LAYERS_CONTENT_SUMS_H

/* Digests of what passes by: SHA-256 to identify contents and, beside it, MD5 to compare with
 * dpkg's md5sums and, for who asks, SHA-1 for SPDX documents; and a source that hashes what is
 * pulled through it. */

#include "base/content_digest.h"

/* Makes the library ready, so that a child without rights (base/jail.h) needs no files to do so. */
void sums_prepare(void);

struct sums {
	struct hash sha;
	void *md5;
	void *sha1; /* NULL: nobody asked */
};

void sums_begin(struct sums *s, bool with_sha1);
void sums_add(struct sums *s, struct str bytes);
/* `sha1` is written only if sums_begin() was told so. */
void sums_end(struct sums *s, struct digest *sha, unsigned char md5[static 16], struct sha1 *sha1);
void sums_drop(struct sums *s);
#define AUTO_SUMS __attribute__((cleanup(sums_drop))) struct sums

struct hash_source {
	struct source base;
	struct source *from;
	struct content_hash hash;
	uint64_t size;
};

void hash_source_init(struct hash_source *s, struct source *from, bool sha512);
void hash_source_drop(struct hash_source *s);
#define AUTO_HASH_SOURCE __attribute__((cleanup(hash_source_drop))) struct hash_source

#endif
