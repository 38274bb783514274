/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_LAYER_STREAM_H
#define INSPECT_LAYERS_LAYER_STREAM_H

/* The entries of one layer, read once more for a purpose of its own, in a jail. The image was
 * inspected before: digests are not checked again. */

#include "inspect/image/expand.h"
#include "inspect/image/layer_tar.h"
#include "inspect/image/manifest.h"

struct layer_stream {
	struct fd_source file;
	struct expand expand;
	struct arena names;
	struct layer_tar tar; /* read from here */
};

/* Starts at the first entry of the layer whose blob this is. ERR_INPUT, ERR_SYSTEM. `s` must not be
 * moved; close it in any case. */
MUST_CHECK bool layer_stream_open(const struct part *blob, struct layer_stream *s, struct error *e);
void layer_stream_close(struct layer_stream *s);
#define AUTO_LAYER_STREAM __attribute__((cleanup(layer_stream_close))) struct layer_stream

#endif
