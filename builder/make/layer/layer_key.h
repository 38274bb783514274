/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_LAYER_LAYER_KEY_H
#define MAKE_LAYER_LAYER_KEY_H

/* The action key of a layer: the digest of everything that can change its bytes. Two plans with the
 * same key give the same blob; contents in a blob of known digest are described by their place in
 * it and not read. */

#include "make/layer/layer_plan.h"

/* Raised whenever the writer makes other bytes from the same nodes. */
#define LAYER_FORMAT 1

/* The digest of what one node adds to a key. */
MUST_CHECK bool layer_node_key(const struct node *n, struct digest *out, struct error *e);

/* `compressor` says everything that decides how a tar is compressed (compressor_name()). Fails
 * only when contents cannot be read. */
MUST_CHECK bool layer_key(const struct layer_plan *p, const char *compressor, struct digest *out,
			  struct error *e);

#endif
