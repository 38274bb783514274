/* SPDX-License-Identifier: Apache-2.0 */
/* xz streams through liblzma's single-threaded decoder (the multi-threaded one had
 * CVE-2025-31115). Without LZMA_CONCATENATED it stops at the end of each stream. A check type
 * that liblzma cannot compute is refused, because nothing would verify the bytes. */

#include "format/archive/decoder.h"

#include <lzma.h>
#include <stdlib.h>

#include "format/archive/decompress.h"

static void *unxz_open(void)
{
	lzma_stream *z = calloc(1, sizeof(*z));

	if (z && lzma_stream_decoder(z, XZ_MEMORY, LZMA_TELL_UNSUPPORTED_CHECK) != LZMA_OK) {
		free(z);
		return NULL;
	}
	return z;
}

static void unxz_close(void *state)
{
	lzma_end(state);
	free(state);
}

static const char *unxz_why(lzma_ret r)
{
	switch (r) {
	case LZMA_MEMLIMIT_ERROR:
		return "needs more memory than the 128 MiB allowed";
	case LZMA_MEM_ERROR:
		return "out of memory";
	case LZMA_FORMAT_ERROR:
		return "is in no format liblzma knows";
	case LZMA_UNSUPPORTED_CHECK:
		return "uses a check that cannot be verified";
	case LZMA_OPTIONS_ERROR:
		return "uses options that liblzma does not know";
	default:
		return "is damaged";
	}
}

static enum decoded unxz_step(void *state, struct str *in, struct room *room, const char **why)
{
	lzma_stream *z = state;
	lzma_ret r;

	z->next_in = (const uint8_t *)in->p;
	z->avail_in = in->n;
	z->next_out = (uint8_t *)room->p;
	z->avail_out = room->n;
	r = lzma_code(z, LZMA_RUN);
	*in = (struct str){ (const char *)z->next_in, z->avail_in };
	*room = (struct room){ (char *)z->next_out, z->avail_out };
	if (r == LZMA_STREAM_END)
		return DECODED_END;
	if (r == LZMA_OK || r == LZMA_BUF_ERROR)
		return DECODED_MORE;
	*why = unxz_why(r);
	return DECODED_BAD;
}

static bool unxz_again(void *state)
{
	return lzma_stream_decoder(state, XZ_MEMORY, LZMA_TELL_UNSUPPORTED_CHECK) == LZMA_OK;
}

const struct decoder unxz_decoder = {
	.name = "xz",
	.magic = { "\xfd"
		   "7zXZ\0",
		   6 },
	.open = unxz_open,
	.close = unxz_close,
	.step = unxz_step,
	.again = unxz_again,
	.padding = 4,
};
