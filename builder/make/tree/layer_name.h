/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_TREE_LAYER_NAME_H
#define MAKE_TREE_LAYER_NAME_H

/* The layers that every recipe has beside those of its components. Layers are named "RECIPE/PART",
 * where PART is one of these or a component; the history of an image keeps the names. */

#include "base/str.h"

/* Layers from the lowest up. */
struct layer_order {
	struct strings names;
	bool self_contained; /* each has all folders above its nodes, whatever is below it */
};

/* Whether a layer is one of this recipe's own, not one of its base's. */
bool layer_is_of(const char *layer, const char *recipe);

#define LAYER_PACKAGES "packages" /* where sources have layers: of all that have none */
#define LAYER_LIBRARIES "libraries"
#define LAYER_PROGRAMS "programs"
#define LAYER_BYTECODE "python-bytecode"
#define LAYER_FILES "files"

#endif
