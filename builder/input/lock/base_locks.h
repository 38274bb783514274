/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_LOCK_BASE_LOCKS_H
#define INPUT_LOCK_BASE_LOCKS_H

/* A lock beside the locks of the bases that its recipe stands on: an image has a package once, and
 * as its base has it. */

#include "input/lock/lock_order.h"

/* The package of this name that a base brings into the image, or NULL; *base (may be NULL) is its
 * lock. */
const struct locked_package *bases_package(const struct locks *bases, const char *name,
					   const struct lock **base);

/* Checks that what the lock has for the image can stand on what the bases bring; `released` names
 * what could not be kept as they have it. ERR_INPUT naming both, who asks, and what to update. */
MUST_CHECK bool bases_check(const struct lock_order *o, const struct lock *lock,
			    const struct strings *released, struct error *e);

/* The first package that the lock has in another version than a base, or NULL. */
const struct locked_package *bases_apart(const struct locks *bases, const struct lock *lock);

#endif
