/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_TREE_TREE_CONFLICT_H
#define MAKE_TREE_TREE_CONFLICT_H

/* What is told when two things want one path: who they are, and what to change. ERR_INPUT; gives
 * false. For tree.c alone. */

#include "make/tree/node.h"

/* `n` cannot stand where `old` stands. */
bool conflict_of_nodes(struct arena *a, const struct node *old, const struct node *n,
		       struct error *e);

/* `n` cannot stand below `above`, which is not a directory. `real`: where its path leads through
 * the tree's links. */
bool conflict_below(struct arena *a, const struct node *above, const struct node *n,
		    const char *real, struct error *e);

/* Two directories with other modes or owners. */
bool conflict_of_attributes(const struct node *old, const struct node *n, struct error *e);

#endif
