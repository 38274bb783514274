/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_CACHE_CACHE_RECORD_H
#define TRUST_CACHE_CACHE_RECORD_H

/* What an entry of a shared cache says: under this key, these bytes are the result. A cache can
 * give other bytes under their true digest, so only a record that a known key has signed counts:
 * hashes find damage, signatures find lies. The key is inside what is signed: a record that is good
 * under one key is not good under another.
 *
 * A signed record is a DSSE envelope with a payload type of its own, so that no signature of an
 * image or an attestation can pass for one. An unsigned one is the payload alone. */

#include "base/digest.h"
#include "trust/key/key.h"

#define CACHE_RECORD_TYPE "application/vnd.imgbuild.cache.v1+json"
#define CACHE_RECORD_MAX (256u << 10)
#define CACHE_BLOBS_MAX 16
#define CACHE_RESULT_MAX (64u << 20)

/* Bytes of a result. */
struct cache_blob {
	struct digest digest;
	uint64_t size;
};

struct cache_record {
	struct digest key;		      /* of everything that can change the result */
	const char *name;		      /* what was compiled, for people */
	struct cache_blob result;	      /* the text that the store keeps under the key */
	struct LIST(struct cache_blob) blobs; /* that it speaks of */
};

/* The record as it is kept: signed by `signer`, or (NULL) unsigned. ERR_SYSTEM. */
MUST_CHECK bool cache_record_text(struct arena *a, const struct cache_record *r,
				  const struct key *signer, struct str *out, struct error *e);

/* Reads a record that is good for `key`: signed by one of `keys`, or when there are none, signed by
 * anybody or by nobody. Nothing of it is read before its signature holds. Contents live in `a`.
 * ERR_VERIFY, ERR_INPUT saying what is wrong with it. */
MUST_CHECK bool cache_record_read(struct arena *a, struct str text, const struct keys *keys,
				  const struct digest *key, struct cache_record *out,
				  struct error *e);

/* Whether they speak of the same bytes under the same key. */
bool cache_record_eq(const struct cache_record *x, const struct cache_record *y);

#endif
