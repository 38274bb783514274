/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_LAYER_LAYER_RECORD_H
#define MAKE_LAYER_LAYER_RECORD_H

/* A layer that was written: its two digests and sizes, and the text that the store keeps of them.
 */

#include "base/buf.h"
#include "base/digest.h"

struct layer {
	const char *name; /* "squid", "libraries", ... */
	const char *media_type;
	struct digest digest; /* of the compressed blob, which is in the store */
	uint64_t size;
	struct digest diff_id; /* of the tar */
	uint64_t tar_size;
	size_t nodes;
	bool reused; /* the blob was there already */
};

/* What the store keeps about a layer that was written, and its reading: false when the text is not
 * such a record. */
void layer_record_format(const struct layer *l, struct buf *out);
MUST_CHECK bool layer_record_parse(struct str text, struct layer *l);

#endif
