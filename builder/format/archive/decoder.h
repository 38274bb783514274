/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ARCHIVE_DECODER_H
#define FORMAT_ARCHIVE_DECODER_H

/* What format/archive/decompress.c needs to know of one compressor. Private to format/archive. */

#include "base/str.h"

enum decoded {
	DECODED_MORE, /* went as far as input and room allowed */
	DECODED_END,  /* the stream is complete; what is left of the input is not its own */
	DECODED_BAD,  /* *why says what is wrong */
};

/* Where decoded bytes go. */
struct room {
	char *p;
	size_t n;
};

struct xz_library; /* format/archive/unxz.h */

struct decoder {
	const char *name;
	struct str magic;  /* the first bytes of every stream */
	struct str passed; /* of a frame to pass over; the first byte's low half may differ */
	/* NULL: out of memory. `xz` reads xz (NULL: the linked one); other formats need it not. */
	void *(*open)(const struct xz_library *xz);
	void (*close)(void *state);
	/* Moves `in` and `room` past what was used. */
	enum decoded (*step)(void *state, struct str *in, struct room *room, const char **why);
	bool (*again)(void *state); /* after DECODED_END: another stream begins */
	/* Zero bytes that may follow a stream: any number at the end of all (1); a multiple of
	 * four, also before another stream (4); none (0). */
	unsigned padding;
};

extern const struct decoder gunzip_decoder, unxz_decoder, unzstd_decoder;

#endif
