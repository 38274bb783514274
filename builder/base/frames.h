/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_FRAMES_H
#define BASE_FRAMES_H

/* What a jailed parser says to its parent (base/jail.h): frames of one byte for the kind, four for
 * the length (least significant first), and that many bytes. What the kinds mean is for the two
 * sides to agree on. */

#include "base/io.h"

#define FRAME_MAX ((size_t)256 << 20)  /* bytes of one frame */
#define FRAMES_MAX ((uint64_t)4 << 30) /* bytes of all frames that frames_each() takes */

/* Writes bytes as frames of one kind: one frame for each write of up to FRAME_MAX bytes. */
struct frame_sink {
	struct sink base;
	struct sink *out;
	char kind;
};
void frame_sink_init(struct frame_sink *s, struct sink *out, char kind);

/* Writes one frame. */
MUST_CHECK bool frame_put(struct sink *out, char kind, struct str payload, struct error *e);

/* The error for an answer that no parser of ours gives; returns false. */
bool frame_nonsense(struct error *e);

/* Reads frames. */
struct frames {
	struct source *from;
	const char *kinds; /* those that may occur */
	struct str rest;   /* of the source's current chunk */
	char kind;
	uint32_t left; /* of the current frame's payload */
};

/* 1 and a piece: a frame's payload or a part of it (empty for an empty frame), valid until the next
 * call; 0 at the end, -1 with ERR_INPUT for what is not a frame. */
MUST_CHECK int frames_next(struct frames *f, char *kind, struct str *piece, struct error *e);

/* The same for whole frames: `payload` is emptied and then holds one. Memory grows with the bytes
 * that come, not with the length announced. */
MUST_CHECK int frames_whole(struct frames *f, char *kind, struct buf *payload, struct error *e);

/* All of them, whole and of at most `max` bytes each, to the end: calls take() for each one.
 * ERR_INPUT as above and for more than FRAMES_MAX bytes, or what take() fails with. */
MUST_CHECK bool frames_each(struct source *from, const char *kinds, size_t max,
			    bool (*take)(void *to, char kind, struct str payload, struct error *e),
			    void *to, struct error *e);

#endif
