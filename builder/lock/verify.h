/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOCK_VERIFY_H
#define LOCK_VERIFY_H

/* The chain of trust of a lock, gone through again: for auditors, at any later time. */

#include "lock/make.h"

struct lock_verified {
	size_t packages, sources;	/* that were compared; upstream sources have no archive */
	size_t older;			/* sources kept from an older state: its index is not named */
};

/* Checks, without a network, that a lock says what the signed state of the archive that it names says:
 * the InRelease files of the recorded digests are in the store, signed by the recorded keys and of the
 * recorded dates, and every package and Debian source of the lock stands so in their indexes. Of the
 * order counts the store, the recipe and the platform. ERR_VERIFY where the lock differs,
 * ERR_NETWORK where the store lacks a file for it. */
MUST_CHECK bool lock_verify(struct arena *a, const struct lock_order *o, const struct lock *lock,
			    struct lock_verified *out, struct error *e);

#endif
