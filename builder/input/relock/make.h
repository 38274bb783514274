/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOCK_MAKE_H
#define LOCK_MAKE_H

/* From a recipe to a lock: reads and verifies the archive's state, chooses providers, resolves
 * dependencies. The only place that reads Packages and Sources indexes. */

#include "base/progress.h"
#include "input/release/mirrors.h"
#include "transfer/store/store.h"
#include "input/lock/lock.h"
#include "input/recipe/recipe.h"

/* What is to be locked, and with what. Everything is borrowed. */
struct lock_order {
	const struct store *store;
	const struct mirrors *mirrors;
	const struct recipe *recipe;
	const struct platform *platform;	/* what the image is made for */
	const struct lock *old;		/* the lock there was, or NULL: its dates may not be undercut */
	const struct lock *first;	/* as lock_first() gives it */
	struct locks bases;		/* of the recipes it stands on: their packages are taken as they have them */
	const struct strings *update;	/* what of `old` need not be kept: names of packages and sources, those of
					   one source together; NULL: nothing of it is kept */
	bool offline;			/* use the archive state that the store holds, verified again */
	const struct locked_state *exactly;	/* this state of the archive's only suite; or NULL */
	bool allow_older;		/* take an archive state that is older than one seen before */
	struct progress *progress;
};

/* Makes the lock: what of the old one may be kept and still satisfies is kept, with the state that it was
 * verified against; the rest is resolved. A package that stands in the way of what the recipe asks for is not
 * kept, nor are those of its source. Contents live in `a` and in the locks given. ERR_VERIFY when the archive's state cannot be trusted,
 * ERR_NETWORK when it cannot be had, ERR_INPUT when the recipe cannot be satisfied by it. */
MUST_CHECK bool lock_make(struct arena *a, const struct lock_order *o, struct lock *out,
			  struct error *e);

/* The recipe's lock for the compilers' platform, in `a`, when `p` is another and it is there and can be
 * read; else NULL. Sources that it has may be kept: a source is the same for all platforms. */
const struct lock *lock_first(struct arena *a, const struct recipe *r, const struct platform *p);

/* Checks that a lock answers the recipe as it is now, for this platform. ERR_INPUT saying what to run
 * if not. */
MUST_CHECK bool lock_check(const struct lock *lock, const struct recipe *r,
			   const struct platform *p, struct error *e);

#endif
