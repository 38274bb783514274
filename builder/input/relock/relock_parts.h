/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RELOCK_RELOCK_PARTS_H
#define INPUT_RELOCK_RELOCK_PARTS_H

/* What is asked of relock.h, and the locks that it gives. */

#include "input/relock/lock_make.h"

/* With what, and what may change. Everything is borrowed. */
struct relock_order {
	const struct store *store;
	const struct strings *mirrors; /* --mirror */
	const char *mirror_env;	       /* $IMGBUILD_MIRROR, or NULL */
	const struct strings *update;  /* as in struct lock_order: NULL moves everything forward, an
					  empty list  keeps whatever still satisfies */
	bool locked; /* no lock may be made or changed: a missing or stale one is an error */
	bool offline, allow_older;
	struct archive_memo *memo; /* of struct lock_order */
	struct progress *progress;
	/* Reads an image that a recipe stands on as it is now for a platform, into `a`:
	 * line/image_base.h has the one there is. NULL: there are no such recipes. */
	bool (*look)(struct arena *a, const struct relock_order *o, const struct base_image *image,
		     const struct platform *p, struct locked_base *out, struct error *e);
};

/* One lock. */
struct relocked {
	const struct recipe *recipe;
	const struct platform *platform;
	const char *path;
	struct mirrors mirrors;	  /* of the recipe's archive */
	const struct lock *old;	  /* NULL: there was none, or it could not be read */
	const struct lock *start; /* what a base that comes with imgbuild begins as where `old` is
				     NULL; or NULL */
	const struct lock *now;	  /* equal to `old` when nothing had to be done */
	const char *in_way;	  /* of lock_order */
};

struct relocks {
	struct relocked *v; /* a base before what stands on it */
	size_t n, cap;
	const char *tools_path;	  /* of the lock of tools (input/lock/tools_lock.h) */
	const struct lock *tools; /* what it becomes together with them; NULL: it stays */
	struct strings moved; /* packages that a base which has no lock yet does not begin with as
				 they are in `start`, for they were in the way */
};

#endif
