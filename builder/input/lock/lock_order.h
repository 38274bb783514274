/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_LOCK_LOCK_ORDER_H
#define INPUT_LOCK_LOCK_ORDER_H

/* What whoever makes, checks or fetches what is locked has to know besides the lock: the recipe,
 * the locks there were, and where the archive may be had from. */

#include "base/progress.h"
#include "input/lock/lock.h"
#include "input/recipe/recipe.h"
#include "input/release/mirrors.h"
#include "transfer/store/store.h"

struct archive_memo;

/* What is to be locked, and with what. Everything is borrowed. */
struct lock_order {
	const struct store *store;
	const struct mirrors *mirrors;
	const struct recipe *recipe;
	const struct platform *platform; /* what the image is made for */
	const struct lock *old;	  /* the lock there was, or NULL: its dates may not be undercut */
	const struct lock *first; /* as lock_first() gives it */
	struct locks
		bases; /* of the recipes it stands on: their packages are taken as they have them */
	const struct strings
		*update; /* what of `old` need not be kept: names of packages and sources, those of
			    one source together; NULL: nothing of it is kept */
	bool offline;	 /* use the archive state that the store holds, verified again */
	const struct locked_state *exactly; /* this state of the archive's only suite; or NULL */
	bool allow_older;	   /* take an archive state that is older than one seen before */
	struct archive_memo *memo; /* what the run has read of archives
				      (input/resolve/archive_memo.h); NULL: nothing is remembered */
	struct progress *progress;
	/* Told of each package when its download is in the store, while others are still on their
	 * way. May be NULL. */
	void (*arrived)(void *ctx, const struct locked_package *p);
	void *arrived_ctx;
	const char **in_way; /* set to the package, as a base's lock has it, that it fails for; or
				NULL */
};

#endif
