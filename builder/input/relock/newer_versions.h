/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RELOCK_NEWER_VERSIONS_H
#define INPUT_RELOCK_NEWER_VERSIONS_H

/* What an image may be made of, as a lock has it, and which versions of it the archive has now.
 * What only compilers use is not looked at: it is in no image. */

#include "input/lock/lock_order.h"

/* A package with the role "image", "library" or "tool", a Debian source that is compiled, or a
 * package of the image of others that the lock stands on. */
struct newer_item {
	const char *name, *version; /* as locked */
	const char *source, *source_version;
	const char *architecture; /* NULL: a source */
	const char *codename;	  /* of the suite; NULL: it is of the base image */
	/* the version that update takes, if that is newer; else NULL */
	const char *now, *now_source_version;
	const char *now_codename;
	bool security; /* a security suite has a version that is newer than the locked one */
};

struct newer_items LIST(struct newer_item);

/* Adds all such items of a lock, newer or not. Of the order count the store, the mirrors, the
 * recipe, the platform, offline and allow_older. Texts live in `a` and in the lock. Fails as
 * lock_make(). */
MUST_CHECK bool newer_find(struct arena *a, const struct lock_order *o, const struct lock *lock,
			   struct newer_items *out, struct error *e);

#endif
