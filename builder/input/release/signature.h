/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RELEASE_SIGNATURE_H
#define INPUT_RELEASE_SIGNATURE_H

/* Detached OpenPGP signatures, checked by running sqv or gpgv on exactly the bytes given: both
 * files reach the program as memory of their own, not as names on a disk. */

#include "base/str.h"

enum signature_tool { SIGNATURE_SQV, SIGNATURE_GPGV };

struct signature {
	struct str text, armour;	/* what is signed, and the armoured signatures */
	const struct strings *keyrings; /* files; those that are not there are passed over */
	const struct strings *signers;	/* primary fingerprints of which one must have signed */
	int64_t not_before;		/* signatures made earlier do not count; 0: all do */
};

/* Checks with one program. 1: a pinned key has signed, and *signers are the primary fingerprints
 * (sorted) of all pinned keys that have. 0: this program is not installed. -1: *e is set,
 * ERR_VERIFY when the signature is not good. An exit status alone never decides: sqv must name
 * the key, gpgv must say GOODSIG and VALIDSIG for it, with a SHA-2 digest, and BADSIG for none. */
MUST_CHECK int signature_check_by(struct arena *a, enum signature_tool tool,
				  const struct signature *s, struct strings *signers,
				  struct error *e);

/* Checks with sqv, else with gpgv. ERR_SYSTEM if neither is installed or no keyring is there. */
MUST_CHECK bool signature_check(struct arena *a, const struct signature *s, struct strings *signers,
				struct error *e);

#endif
