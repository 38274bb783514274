/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ARCHIVE_DECOMPRESS_H
#define FORMAT_ARCHIVE_DECOMPRESS_H

/* A source that decompresses another: gzip (RFC 1952), xz (The .xz File Format 1.1.0), zstd
 * (RFC 8878), or passes bytes through. Readers disagree about concatenated streams, padding and
 * junk, so there is one rule here: exactly one gzip member, xz stream or zstd frame, complete, with
 * its checks intact, and not a byte after it. Where a digest fixes what is read and one program
 * alone reads it, decompress_take_several() takes what gzip(1), xz(1) and zstd(1) take without a
 * word. Decoders run in the calling thread alone. */

#include "base/io.h"

enum codec { CODEC_NONE, CODEC_GZIP, CODEC_XZ, CODEC_ZSTD };

/* Memory one xz decoder may use: the largest preset (xz -9) needs 65 MiB. */
#define XZ_MEMORY (128u << 20)
/* Largest window of a zstd frame, as a power of two: what `zstd` itself accepts without --long. */
#define ZSTD_WINDOW_LOG 27

struct decoder;	   /* format/archive/decoder.h */
struct xz_library; /* format/archive/unxz.h */

struct decompress {
	struct source base;  /* named like `from` */
	struct source *from; /* borrowed */
	const struct decoder *decoder;
	void *state;
	struct str in;		/* bytes of `from` not decoded yet */
	uint64_t budget, given; /* most bytes to give; given so far */
	bool ended;		/* the stream's own end has been seen */
	bool several;		/* others may follow */
	bool passing;		/* what begins is a frame to pass over */
	bool later;		/* it is not the first stream */
	size_t magic_seen;	/* bytes of the magic number seen so far */
	bool pending;		/* the decoder may have more to give without more input */
	char out[65536];
};

/* Starts decompressing `from`, giving at most `budget` bytes: one more is ERR_INPUT (a bomb).
 * Everything wrong with the stream is ERR_INPUT naming `from`. Release with decompress_close(). */
MUST_CHECK bool decompress_open(struct decompress *d, struct source *from, enum codec codec,
				uint64_t budget, struct error *e);

/* The same, reading xz by this library (borrowed until closed; NULL: the linked one). */
MUST_CHECK bool decompress_open_with(struct decompress *d, struct source *from, enum codec codec,
				     uint64_t budget, const struct xz_library *xz, struct error *e);
void decompress_close(struct decompress *d);

/* Before the first byte is read: several streams may follow each other, with the zero bytes that
 * the format allows behind them; of zstd also frames to pass over, as pzstd(1) writes them. */
void decompress_take_several(struct decompress *d);
#define AUTO_DECOMPRESS __attribute__((cleanup(decompress_close))) struct decompress

/* "data.tar.xz" after "data.tar" -> CODEC_XZ; "" -> CODEC_NONE. false for what is not read here
 * (.bz2, .lzma, anything else). */
MUST_CHECK bool codec_of_suffix(struct str suffix, enum codec *out);

#endif
