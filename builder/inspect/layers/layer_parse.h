/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_LAYER_PARSE_H
#define INSPECT_LAYERS_LAYER_PARSE_H

/* From the bytes of a layer to facts about its entries: all that has to do with untrusted formats
 * (gzip, zstd, tar, ELF, text). Runs in a jail, opens nothing, and writes frames (layer_wire.h). */

#include "inspect/layers/layer_items.h"
#include "base/frames.h"

struct layer_job {
	const struct image_layer *layer;
	size_t index;		      /* of it */
	const struct keep_rule *keep; /* or NULL */
	int fd;			      /* the blob: its place in this file */
	uint64_t offset, size;
	int scratch; /* for notes */
};

/* Reads the whole layer. ERR_INPUT with the offset where it is malformed. */
MUST_CHECK bool layer_parse(const struct layer_job *job, struct sink *out, struct error *e);

#endif
