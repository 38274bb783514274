/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOCK_WANTS_H
#define LOCK_WANTS_H

/* From a lock to downloads. */

#include "fetch/fetch.h"
#include "lock/lock.h"

/* Has every package and source file of the lock that plays one of `roles` (NULL: all of them) in
 * the store. Errors as fetch_wants, naming the package. */
MUST_CHECK bool lock_fetch(struct arena *a, const struct store *s, const struct mirrors *m,
			   const struct lock *lock, const struct strings *roles, bool offline,
			   struct progress *progress, struct error *e);

/* The Date of the suite's Release file when it was locked, or NULL. */
const char *lock_suite_date(const struct lock *lock, const char *archive, const char *suite);

#endif
