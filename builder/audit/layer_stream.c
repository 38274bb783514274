/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/layer_stream.h"

bool layer_stream_open(const struct bundle *b, const struct image_layer *l, struct layer_stream *s,
		       struct error *e)
{
	char first[4];
	size_t n;

	if (!bundle_part(b, l->part, &s->part, e))
		return false;
	n = s->part.size < sizeof(first) ? (size_t)s->part.size : sizeof(first);
	if (!fd_pread(s->part.fd, first, n, s->part.offset, "layer", e))
		return false;
	fd_source_init(&s->file, s->part.fd, s->part.offset, s->part.size, "the blob");
	if (!expand_open(&s->expand, &s->file.base, layer_codec_of((struct str){ first, n }),
			 UINT64_MAX, e))
		return false;
	layer_tar_init(&s->tar, &s->expand.base, &s->names);
	return true;
}

void layer_stream_close(struct layer_stream *s)
{
	expand_close(&s->expand);
	part_drop(&s->part);
	arena_free(&s->names);
}
