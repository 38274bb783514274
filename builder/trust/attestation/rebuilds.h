/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_ATTESTATION_REBUILDS_H
#define TRUST_ATTESTATION_REBUILDS_H

/* Who made an image again, and with what result: the verification summaries that rebuilders signed
 * (imgbuild verify --attest), one verdict a key. */

#include "trust/attestation/attestations.h"

enum rebuild_result {
	REBUILD_NONE,	 /* this key signed no rebuild of the image */
	REBUILD_EXPIRED, /* the key's certificate has, or is not valid yet: nothing of it counts */
	REBUILD_DIFFERENT,
	REBUILD_SAME_CONTENT, /* equal layers and settings, compressed in another way */
	REBUILD_SAME_BYTES
};

/* "no rebuild", "the key has expired", "different", "the same content", "the same bytes" */
const char *rebuild_result_name(enum rebuild_result r);

struct rebuild {
	const struct key *key;
	enum rebuild_result result;
	int64_t when;	     /* as the rebuilder says; of an expired key, when it expired */
	const char *version; /* of imgbuild; NULL: not said */
};

struct rebuilds {
	struct LIST(struct rebuild) v; /* one a key, in the order of the keys; a key that is there
					* twice is one */
	size_t same;		       /* how many gave the same bytes or the same content */
	size_t different;	       /* and how many something else */
	size_t unreadable; /* attestations that are signed by no key that is asked for, or malformed
			    */
};

/* Judges the summaries that were found (of the type PREDICATE_SUMMARY); of one key the newest
 * counts. `now`: seconds since the epoch. */
void rebuilds_judge(struct arena *a, const struct found_attestations *found,
		    const struct keys *keys, int64_t now, struct rebuilds *out);

#endif
