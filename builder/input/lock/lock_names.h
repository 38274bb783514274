/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_LOCK_LOCK_NAMES_H
#define INPUT_LOCK_LOCK_NAMES_H

/* Which packages and sources of locks are meant by names. */

#include "input/lock/lock.h"

/* Whether one of the names is a package or a source of the lock. */
bool lock_names_any(const struct lock *lock, const struct strings *names);

/* Adds to names of packages those that some lock has of the same sources: they have one version in
 * an image. */
void lock_siblings(struct arena *a, const struct locks *l, struct strings *names);

#endif
