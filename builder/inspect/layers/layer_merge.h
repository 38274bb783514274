/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_LAYER_MERGE_H
#define INSPECT_LAYERS_LAYER_MERGE_H

/* Puts a layer on top of those below it (image-spec v1.1.1, layer.md, "Applying Changesets"):
 * removals first, which touch lower layers only; then a folder over a folder changes its
 * attributes, and anything else replaces what was there with all below it. Private to
 * inspect/layers. */

#include "inspect/layers/layer.h"

/* `lower` becomes lower plus change, sorted; its array is allocated in `lists`. Records in `m`
 * what was wasted, and remarks about what is wrong with the change. */
void merge_change(struct arena *a, struct arena *lists, struct model *m, struct change *change,
		  size_t layer, struct items *lower);

#endif
