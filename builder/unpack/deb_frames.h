/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNPACK_DEB_FRAMES_H
#define UNPACK_DEB_FRAMES_H

/* What the jailed parser says to its parent: frames of one byte for the kind, four for the length
 * (least significant first), and that many bytes. */

#include "base/io.h"

enum {
	FRAME_DATA = 'D',	/* the next bytes of the decompressed data.tar */
	FRAME_INDEX = 'I',	/* the next bytes of the index (deb_index.h) */
	FRAME_FAILURE = 'F',	/* one byte of enum err_kind, then the message */
	FRAME_END = 'Z',	/* that was all; empty */
};
#define FRAME_MAX (1u << 20)

/* Writes bytes as frames of one kind. */
struct frame_sink {
	struct sink base;
	struct sink *out;
	char kind;
};
void frame_sink_init(struct frame_sink *s, struct sink *out, char kind);

/* Reads frames. A piece is a frame's payload or a part of it, valid until the next call. */
struct frames {
	struct source *from;
	struct str rest;	/* of the source's current chunk */
	char kind;
	uint32_t left;		/* of the current frame's payload */
};
/* 1 and a piece (empty for an empty frame), 0 at the end, -1 with ERR_INPUT for what is no
 * frame. */
MUST_CHECK int frames_next(struct frames *f, char *kind, struct str *piece, struct error *e);

#endif
