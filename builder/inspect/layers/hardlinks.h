/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_HARDLINKS_H
#define INSPECT_LAYERS_HARDLINKS_H

/* A hard link is the file that its name led to when the link was made: what the layer had there at
 * that time, else what a lower layer has. */

#include "inspect/layers/layer_event.h"

/* Turns the hard links of a layer into what they name, and remarks where runtimes differ. Those
 * that name nothing stay ITEM_HARD. */
void hardlinks_join(const struct events *e);

#endif
