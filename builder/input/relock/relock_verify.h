/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RELOCK_RELOCK_VERIFY_H
#define INPUT_RELOCK_RELOCK_VERIFY_H

/* The chain of trust of a lock, gone through again: for auditors, at any later time. */

#include "input/lock/lock_order.h"

/* What became of one state that the lock names. */
struct verified_state {
	const struct locked_state *state;
	size_t packages, sources; /* of it, that were compared and are as it says */
	size_t unproved;	  /* packages and sources of it that could not be compared */
	const char *missing;	  /* why it cannot be proved; NULL: it was */
};

struct lock_verified {
	struct verified_state *v; /* in the order of the lock */
	size_t n, cap;
	size_t packages, sources; /* proved; upstream sources have no archive */
	size_t unproved;	  /* packages and sources whose state cannot be had */
};

/* Checks that a lock says what the signed states of the archive that it names say: each InRelease
 * file of the recorded digest is signed by the recorded keys and of the recorded date, and every
 * package and Debian source stands so in the indexes of its own state. What the store does not have
 * is fetched, unless offline: from mirrors and from snapshot.debian.org. Of the order count the
 * store, the mirrors, the recipe and the platform. ERR_VERIFY where the lock differs. A state that
 * cannot be had is not an error here: out->unproved counts what hangs on it. */
MUST_CHECK bool lock_verify(struct arena *a, const struct lock_order *o, const struct lock *lock,
			    struct lock_verified *out, struct error *e);

#endif
