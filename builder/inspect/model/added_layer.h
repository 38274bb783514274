/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_MODEL_ADDED_LAYER_H
#define INSPECT_MODEL_ADDED_LAYER_H

/* A layer on top of an image that was inspected, where it adds to it and changes nothing that was
 * seen: then what was read of the image is true of the two together, and need not be read again.
 * Many images that differ in such a layer share all that is below it. */

#include "inspect/model/inspect.h"

/* What is below: inspected with keep_rule.misses. It is read only, by any number of threads. */
struct layer_ground {
	const struct inspection *in;
	const struct path_misses *misses;
};

/* Whether a layer may be added at all, whatever it is added to: it removes nothing, nothing in it
 * is odd, and no text of it is one that packages, accounts or the loader are read from. `own`: the
 * layer, read by itself (model_read_upper()), of which no text is kept afterwards. */
bool added_layer_is_plain(struct model *own);

/* The two together. false: it changes something that is below, or it brings what was looked for
 * there in vain. Items are shared with both; `image`: what the image says of itself. */
bool added_layer_join(struct arena *a, const struct layer_ground *ground, const struct model *own,
		      const struct image_facts *image, struct inspection *out);

#endif
