/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOCK_MAKE_H
#define LOCK_MAKE_H

/* From a recipe to a lock: reads and verifies the archive's state, chooses providers, resolves
 * dependencies. The only place that reads Packages and Sources indexes. */

#include "base/progress.h"
#include "fetch/mirrors.h"
#include "fetch/store.h"
#include "lock/lock.h"
#include "recipe/recipe.h"

/* Makes a lock for `r` on Debian architecture `arch`. `old` (may be NULL) is the lock there was: its
 * dates are the rollback guard. Contents live in `a`. */
MUST_CHECK bool lock_make(struct arena *a, const struct store *s, const struct mirrors *m,
			  const struct recipe *r, const char *arch, const struct lock *old,
			  struct progress *progress, struct lock *out, struct error *e);

/* Checks that a lock answers the recipe as it is now. ERR_INPUT saying what to run if not. */
MUST_CHECK bool lock_check(const struct lock *lock, const struct recipe *r, struct error *e);

#endif
