/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RELOCK_LOCK_MAKE_H
#define INPUT_RELOCK_LOCK_MAKE_H

/* From a recipe to a lock: reads and verifies the archive's state, chooses providers, resolves
 * dependencies. The only place that reads Packages and Sources indexes. */

#include "input/lock/lock_order.h"

/* Makes the lock: what of the old one may be kept and still satisfies is kept, with the state that
 * it was verified against; the rest is resolved. A package that stands in the way of what the
 * recipe asks for is not kept, nor are those of its source. Contents live in `a` and in the locks
 * given. ERR_VERIFY when the archive's state cannot be trusted, ERR_NETWORK when it cannot be had,
 * ERR_INPUT when the recipe cannot be satisfied by it. */
MUST_CHECK bool lock_make(struct arena *a, const struct lock_order *o, struct lock *out,
			  struct error *e);

/* The recipe's lock for the compilers' platform, in `a`, when `p` is another and it is there and
 * can be read; else NULL. Sources that it has may be kept: a source is the same for all platforms.
 */
const struct lock *lock_first(struct arena *a, const struct recipe *r, const struct platform *p);

/* Checks that a lock answers the recipe as it is now, for this platform. ERR_INPUT saying what to
 * run if not. */
MUST_CHECK bool lock_check(const struct lock *lock, const struct recipe *r,
			   const struct platform *p, struct error *e);

#endif
