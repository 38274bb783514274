/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_LAYER_LAYER_PLAN_H
#define MAKE_LAYER_LAYER_PLAN_H

/* Which nodes stand in which layer.
 *
 * A node goes to the layer that its owner names. A folder is also written in the lowest layer that
 * has something below it, so that no client has to make up its attributes; a folder that nobody
 * brought (node.implied) is written there only. What belongs to no layer of the order is in the
 * base already: it is not written, and neither are folders above it for their own sake.
 *
 * In an order that is self-contained each layer has all folders above its nodes: what stands in it
 * is then decided by its nodes alone, not by what is below it in one image or another. */

#include "make/tree/layer_name.h"
#include "make/tree/tree.h"

struct layer_plan {
	const char *name;
	struct LIST(const struct node *) nodes; /* sorted by path, each path once */
	uint64_t bytes;				/* of the files' contents */
};

struct layer_plans {
	struct LIST(struct layer_plan) v; /* in the given order, one for each name; some empty */
};

/* Plans live in `a` and borrow the nodes. ERR_INPUT for a name that layers reserve (".wh.*"). */
MUST_CHECK bool layer_plan_all(struct arena *a, const struct tree *t,
			       const struct layer_order *order, struct layer_plans *out,
			       struct error *e);

#endif
