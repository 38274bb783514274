/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/layers/layer_stream.h"

bool layer_stream_open(const struct part *blob, struct layer_stream *s, struct error *e)
{
	char first[4];
	size_t n = blob->size < sizeof(first) ? (size_t)blob->size : sizeof(first);

	if (!fd_pread(blob->fd, first, n, blob->offset, "layer", e))
		return false;
	fd_source_init(&s->file, blob->fd, blob->offset, blob->size, "the blob");
	if (!expand_open(&s->expand, &s->file.base, layer_codec_of((struct str){ first, n }),
			 UINT64_MAX, e))
		return false;
	layer_tar_init(&s->tar, &s->expand.base, &s->names);
	return true;
}

void layer_stream_close(struct layer_stream *s)
{
	expand_close(&s->expand);
	arena_free(&s->names);
}
