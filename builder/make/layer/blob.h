/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAYER_BLOB_H
#define LAYER_BLOB_H

/* One planned layer becomes one blob in the store: tar, digest, compressor, digest, in one pass. */

#include "make/layer/layers.h"
#include "make/layer/plan.h"

/* Writes the layer on at most `jobs` threads and fills digest, size, diff_id and tar_size. Memory
 * is bounded whatever the sizes; contents are mapped one file at a time. Errors name the file. */
MUST_CHECK bool layer_blob_write(const struct store *s, const struct layer_plan *p,
				 const struct compressor *c, unsigned jobs, struct layer *out,
				 struct error *e);

/* What the store keeps about a layer that was written, and its reading: false when the text is not
 * such a record. */
void layer_record_format(const struct layer *l, struct buf *out);
MUST_CHECK bool layer_record_parse(struct str text, struct layer *l);

#endif
