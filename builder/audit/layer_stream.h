/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_LAYER_STREAM_H
#define AUDIT_LAYER_STREAM_H

/* The entries of one layer, read once more for a purpose of its own. The image was inspected
 * before: digests are not checked again. */

#include "audit/expand.h"
#include "audit/layer_tar.h"
#include "audit/manifest.h"

struct layer_stream {
	struct part part;
	struct fd_source file;
	struct expand expand;
	struct arena names;
	struct layer_tar tar;		/* read from here */
};

/* Starts at the first entry. ERR_INPUT, ERR_SYSTEM. `s` must not be moved; close it in any case. */
MUST_CHECK bool layer_stream_open(const struct bundle *b, const struct image_layer *l,
				  struct layer_stream *s, struct error *e);
void layer_stream_close(struct layer_stream *s);
#define AUTO_LAYER_STREAM __attribute__((cleanup(layer_stream_close))) struct layer_stream
#define LAYER_STREAM_INIT { .part = PART_INIT }

#endif
