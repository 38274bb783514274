/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_PLACE_OVERLAY_H
#define MAKE_PLACE_OVERLAY_H

/* What a recipe adds with its own hands: files and folders of the repository, folders, links, users
 * and groups. Ownership and modes come from the recipe alone: the host's umask, owner and times
 * leave no trace.
 *
 *   files   a file, or all below a folder. Mode as given; else 0755 for what its owner may execute
 * and 0644 for the rest. Folders get x where the mode has r, or 0755. A folder that is in the tree
 *           already stays as it is: "dirs" is there to change it. Links inside a folder are kept as
 *           they are if they lead to somewhere in it.
 *   dirs    made, or given these attributes when a package or the base has them.
 *   links   made.
 *   users   etc/passwd and etc/group, written anew from the recipe and its bases: base entries
 * first, one of the same name in their place. Homes where asked for, 0700.
 *
 * Every node has the recipe's epoch as its time. */

#include "transfer/store/store.h"
#include "input/recipe/recipe.h"
#include "make/place/overlay_pack.h"
#include "make/tree/tree.h"

/* Adds all that `r` itself (not its bases) says to the tree; nodes go to layer `layer` and live in
 * `a`. The store gives room for contents. ERR_INPUT at the place in the recipe for files that
 * cannot be taken and for conflicts; ERR_SYSTEM when they cannot be read. */
MUST_CHECK bool overlay_apply(struct arena *a, const struct store *s, const struct recipe *r,
			      const char *layer, struct overlay *o, struct tree *t,
			      struct error *e);

/* After it the contents of the nodes can no longer be read. */
void overlay_close(struct overlay *o);
#define AUTO_OVERLAY __attribute__((cleanup(overlay_close))) struct overlay

#endif
