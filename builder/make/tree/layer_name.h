/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_TREE_LAYER_NAME_H
#define MAKE_TREE_LAYER_NAME_H

/* The layers that every recipe has beside those of its components. Layers are named "RECIPE/PART",
 * where PART is one of these or a component; the history of an image keeps the names. */

#define LAYER_LIBRARIES "libraries"
#define LAYER_PROGRAMS "programs"
#define LAYER_FILES "files"

#endif
