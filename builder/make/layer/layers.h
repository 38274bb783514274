/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_LAYER_LAYERS_H
#define MAKE_LAYER_LAYERS_H

/* A tree becomes layers: one tar per owner.layer value, in a given order, compressed and stored.
 * OCI image-spec v1.1.1, layer.md. The bytes of a tar depend on the nodes alone. */

#include "transfer/store/store.h"
#include "make/layer/compressor.h"
#include "make/layer/layer_record.h"
#include "make/tree/layer_name.h"
#include "make/tree/tree.h"

struct layers {
	struct LIST(struct layer) v;
};

/* Writes the nodes of each layer in `order`; a layer without nodes is left out; a node whose layer
 * is not in `order` is left out too (it belongs to the base). Implied parent folders are written
 * only where no lower layer has them. A layer whose nodes are the same as in an earlier run is
 * taken from the store (action table) without reading contents. */
MUST_CHECK bool layer_write_all(struct arena *a, const struct store *s, const struct tree *t,
				const struct layer_order *order,
				const struct compressor *compressor, struct layers *out,
				struct error *e);

#endif
