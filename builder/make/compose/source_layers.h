/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPOSE_SOURCE_LAYERS_H
#define MAKE_COMPOSE_SOURCE_LAYERS_H

/* Layers by source package: "group": "source". Images that have packages of one source in common
 * then have a layer in common. */

#include "make/compose/composition.h"

/* Gives every node that the recipe itself brought to the layer of its source package, if the
 * recipe's shared_sources have that, else to the one that all others share; what was made here
 * stays where it is, but for the certificates, which go with the package that they are of. To be
 * called when nothing more comes into the tree. Folders of packages get time 0: which of several
 * packages brought one first differs from image to image. */
void source_layers_assign(struct arena *a, struct composition *c);

#endif
