/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_PLACE_LOCKED_DEB_H
#define MAKE_PLACE_LOCKED_DEB_H

/* Packages of a lock as make/deb opens them. */

#include "input/lock/lock.h"
#include "make/deb/deb_package.h"

/* In `a`; borrows the strings of the lock. */
const struct deb_package *locked_deb(struct arena *a, const struct locked_package *p);

/* The same of `n` of them. */
const struct deb_package **locked_debs(struct arena *a, const struct locked_package *const *v,
				       size_t n);

#endif
