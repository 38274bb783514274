/* SPDX-License-Identifier: Apache-2.0 */
/* One gzip member through zlib, which checks CRC and length at its end. (libdeflate is faster but
 * wants the whole result in memory at once, which a budget cannot promise.) */

#include "format/archive/decoder.h"

#include <stdlib.h>
#include <sys/param.h>

#define ZLIB_CONST
#include <zlib.h>

#define GZIP_ONLY (15 + 16)

static void *gunzip_open(const struct xz_library *xz)
{
	z_stream *z = calloc(1, sizeof(*z));

	(void)xz;
	if (z && inflateInit2(z, GZIP_ONLY) != Z_OK) {
		free(z);
		return NULL;
	}
	return z;
}

static void gunzip_close(void *state)
{
	inflateEnd(state);
	free(state);
}

static enum decoded gunzip_step(void *state, struct str *in, struct room *room, const char **why)
{
	z_stream *z = state;
	uInt give = (uInt)MIN(in->n, UINT32_MAX);
	int r;

	z->next_in = (const Bytef *)in->p;
	z->avail_in = give;
	z->next_out = (Bytef *)room->p;
	z->avail_out = (uInt)room->n;
	r = inflate(z, Z_NO_FLUSH);
	*in = str_from(*in, give - z->avail_in);
	*room = (struct room){ (char *)z->next_out, z->avail_out };
	if (r == Z_STREAM_END)
		return DECODED_END;
	if (r == Z_OK || r == Z_BUF_ERROR)
		return DECODED_MORE;
	*why = r == Z_MEM_ERROR ? "out of memory" : z->msg ? z->msg : "is damaged";
	return DECODED_BAD;
}

static bool gunzip_again(void *state)
{
	return inflateReset(state) == Z_OK;
}

const struct decoder gunzip_decoder = {
	.name = "gzip",
	.magic = { "\x1f\x8b", 2 },
	.open = gunzip_open,
	.close = gunzip_close,
	.step = gunzip_step,
	.again = gunzip_again,
	.padding = 1,
};
