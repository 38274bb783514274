/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_LAYER_LAYER_BLOB_H
#define MAKE_LAYER_LAYER_BLOB_H

/* One planned layer becomes one blob in the store: tar, digest, compressor, digest, in one pass. */

#include "transfer/store/store.h"
#include "make/layer/compressor.h"
#include "make/layer/layer_record.h"
#include "make/layer/layer_plan.h"

/* Writes the layer on at most `jobs` threads and fills digest, size, diff_id and tar_size. Memory
 * is bounded whatever the sizes; contents are mapped one file at a time. Errors name the file. */
MUST_CHECK bool layer_blob_write(const struct store *s, const struct layer_plan *p,
				 const struct compressor *c, unsigned jobs, struct layer *out,
				 struct error *e);

#endif
