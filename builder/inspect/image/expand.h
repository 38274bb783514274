/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_IMAGE_EXPAND_H
#define INSPECT_IMAGE_EXPAND_H

/* A layer's tar, out of the compressed blob: gzip of one or more members (RFC 1952), zstd of one
 * or more frames (RFC 8878, skippable ones too: zstd:chunked has them), or as it is. Packages
 * are read more strictly (format/archive/decompress.h); layers come in all three shapes. */

#include "base/io.h"

enum layer_codec { LAYER_PLAIN, LAYER_GZIP, LAYER_ZSTD };

/* Largest zstd window: 32 MiB, so that an audit stays within 64 MiB. */
#define LAYER_WINDOW_LOG 25

struct expand {
	struct source base;
	struct source *from; /* borrowed */
	enum layer_codec codec;
	void *state;
	struct str in;
	bool within;		/* a member or frame has begun and not ended */
	bool begun;		/* there was one at all */
	uint64_t budget, given; /* most bytes to give; given so far */
	uint64_t taken;		/* bytes of the blob */
	char out[65536];
};

/* Starts; more than `budget` bytes are ERR_INPUT (a bomb). Release with expand_close(). */
MUST_CHECK bool expand_open(struct expand *x, struct source *from, enum layer_codec codec,
			    uint64_t budget, struct error *e);
void expand_close(struct expand *x);
#define AUTO_EXPAND __attribute__((cleanup(expand_close))) struct expand

/* What a blob that begins with these bytes is. */
enum layer_codec layer_codec_of(struct str first);

#endif
