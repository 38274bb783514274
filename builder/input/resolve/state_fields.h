/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_STATE_FIELDS_H
#define INPUT_RESOLVE_STATE_FIELDS_H

/* The archive as archive_state.h reads it. */

#include "input/release/release.h"
#include "input/resolve/archive_memo.h"
#include "input/resolve/package_index.h"
#include "input/lock/lock_order.h"

struct state_loading;

struct archive_state {
	struct arena *a;
	const struct lock_order *order;
	struct LIST(struct release) releases; /* in the order of the recipe's suites */
	struct LIST(const struct locked_state *)
		locked;		   /* what a lock says of them, in the same order */
	struct archive_memo *memo; /* the order's, or its own: what the indexes are read from */
	struct archive_memo own;
	struct state_loading *loading;
	struct index index;    /* what an image can be made of */
	struct index tools;    /* of the compilers' machine, when that is another */
	struct strings moving; /* packages of the old lock that need not be kept: order->update and
				  what is of one source with it */
	struct strings released; /* packages of any lock that cannot be kept */
	struct strings *blamed;	 /* kept packages that had to do with a failure (resolve_pinned) */
};

#endif
