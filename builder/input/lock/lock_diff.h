/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_LOCK_LOCK_DIFF_H
#define INPUT_LOCK_LOCK_DIFF_H

/* What changed between two locks of a recipe, for people and for nightly jobs. */

#include "input/lock/lock.h"

struct lock_change {
	const char *kind; /* "package", "source", "dependency", "component"; "base", the image that
			     the recipe stands on, by digests in place of versions; "in base", its
			     packages */
	const char *name;
	const char *before, *after; /* versions; NULL: not there */
	const char *suite;	    /* of what is there now, or was; "" for components and bases */
	bool security;		    /* what is there now comes from debian-security */
	uint64_t size;		    /* bytes to fetch for what is there now; 0 if nothing is */
};

struct lock_changes LIST(struct lock_change);

/* An image that the recipe stands on, where it is another one, and its packages that came, went or
 * have another version; packages, sources and dependencies that came, went, or have another version
 * or other bytes, and components that have another provider; sorted by kind and name. `old` may be
 * NULL: everything is new. Dates and digests of InRelease files do not count. */
void lock_diff(struct arena *a, const struct lock *old, const struct lock *now,
	       struct lock_changes *out);

/* Whether anything but the state of the suites differs: roles, reasons and sizes count, too. */
bool lock_same(const struct lock *old, const struct lock *now);

#endif
