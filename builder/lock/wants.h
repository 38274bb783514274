/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOCK_WANTS_H
#define LOCK_WANTS_H

/* From a lock to downloads. */

#include "lock/make.h"

/* Has every package and source file of the lock that plays one of `roles` (NULL: all of them) in
 * the store. Of the order counts where from and how. With `gone` what no mirror has any more is no
 * error but named there. Errors as fetch_wants, naming the package. */
MUST_CHECK bool lock_fetch(struct arena *a, const struct lock_order *o, const struct lock *lock,
			   const struct strings *roles, struct strings *gone, struct error *e);

/* The same for a build: unless it is `locked` or offline, a lock that names something that no mirror
 * has any more is made anew (the other packages stay as they are, as far as the archive has them),
 * with a warning for every change, and written to lock->file. */
MUST_CHECK bool lock_obtain(struct arena *a, const struct lock_order *o, struct lock *lock,
			    const struct strings *roles, bool locked, struct error *e);

/* The Date of the suite's Release file when it was locked, or NULL. */
const char *lock_suite_date(const struct lock *lock, const char *archive, const char *suite);

#endif
