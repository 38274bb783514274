/* SPDX-License-Identifier: Apache-2.0 */
/* zstd frames through libzstd. The caller has checked the magic number, so that historic frames,
 * which libzstd would take, never get here, and skippable ones only where several streams are
 * taken. */

#include "format/archive/decoder.h"

#include <zstd.h>

#include "format/archive/decompress.h"

static void *unzstd_open(const struct xz_library *xz)
{
	ZSTD_DCtx *z = ZSTD_createDCtx();

	(void)xz;
	if (z && ZSTD_isError(ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG))) {
		ZSTD_freeDCtx(z);
		return NULL;
	}
	return z;
}

static void unzstd_close(void *state)
{
	ZSTD_freeDCtx(state);
}

static enum decoded unzstd_step(void *state, struct str *in, struct room *room, const char **why)
{
	ZSTD_inBuffer zin = { in->p, in->n, 0 };
	ZSTD_outBuffer zout = { room->p, room->n, 0 };
	size_t r = ZSTD_decompressStream(state, &zout, &zin);

	if (ZSTD_isError(r)) {
		*why = ZSTD_getErrorName(r);
		return DECODED_BAD;
	}
	*in = str_from(*in, zin.pos);
	*room = (struct room){ room->p + zout.pos, room->n - zout.pos };
	return r == 0 ? DECODED_END : DECODED_MORE;
}

/* libzstd begins anew by itself. */
static bool unzstd_again(void *state)
{
	return state != NULL;
}

const struct decoder unzstd_decoder = {
	.name = "zstd",
	.magic = { "\x28\xb5\x2f\xfd", 4 },
	.passed = { "\x50\x2a\x4d\x18", 4 },
	.open = unzstd_open,
	.close = unzstd_close,
	.step = unzstd_step,
	.again = unzstd_again,
};
