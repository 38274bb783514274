/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_LAYER_SETTLE_H
#define INSPECT_LAYERS_LAYER_SETTLE_H

/* What is left of one layer's entries when they are unpacked one after the other: later ones
 * replace earlier ones, with all below; hard links are what they name. And which of its whiteouts
 * apply: runtimes that unpack every layer into a folder of its own (overlayfs) and those that
 * unpack one layer over another (vfs, umoci) differ where a layer removes and makes the same
 * folder. Then more is judged to be there than some of them see, and a remark says so. */

#include "inspect/layers/layer_event.h"

/* `change->adds` is sorted afterwards and has each path once. */
void settle_change(const struct events *e, struct change *change);

#endif
