/* SPDX-License-Identifier: Apache-2.0 */
/* Streaming decompression of layers. Every call makes progress or fails: input without output
 * for ever cannot happen, because the input ends. gzip by ISA-L, which takes two fifths of zlib's
 * time: that is what reading an image took most of. */

#include "inspect/image/expand.h"

#include <stdlib.h>

#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include "inspect/image/gzip_header.h"

enum layer_codec layer_codec_of(struct str first)
{
	if (str_starts(first, STR("\x1f\x8b")))
		return LAYER_GZIP;
	if (str_starts(first, STR("\x28\xb5\x2f\xfd")) ||
	    (first.n >= 4 && (first.p[0] & 0xf0) == 0x50 &&
	     memcmp(first.p + 1, "\x2a\x4d\x18", 3) == 0))
		return LAYER_ZSTD;
	return LAYER_PLAIN;
}

static int expand_fail(const struct expand *x, struct error *e, const char *why)
{
	err_set(e, ERR_INPUT, "%s: the compressed stream %s, at offset %llu", x->base.name, why,
		(unsigned long long)(x->taken - x->in.n));
	return -1;
}

/* A member of gzip. */
struct gzip_member {
	struct gzip_header header;
	struct inflate_state z;
};

/* 1 behind the header, 0 within it, -1. */
static int member_header(struct expand *x, struct gzip_member *m, struct error *e)
{
	int got;

	if (!x->within) {
		m->header = (struct gzip_header)GZIP_HEADER_INIT;
		isal_inflate_init(&m->z);
		m->z.crc_flag = ISAL_GZIP_NO_HDR_VER; /* CRC and length at the end are checked */
		x->within = true;
	}
	got = gzip_header_take(&m->header, &x->in);
	return got < 0 ? expand_fail(x, e,
				     x->given ? "is damaged, or other bytes follow it"
					      : "is damaged")
		       : got;
}

/* The steps: what was written to x->out, or -1; x->within is false after a complete member. */
static ssize_t step_gzip(struct expand *x, struct error *e)
{
	struct gzip_member *m = x->state;
	struct inflate_state *z = &m->z;
	int got = member_header(x, m, e), status;

	if (got <= 0)
		return got;
	z->next_in = (uint8_t *)(uintptr_t)x->in.p; /* the library reads only */
	z->avail_in = x->in.n > UINT32_MAX ? UINT32_MAX : (uint32_t)x->in.n;
	z->next_out = (uint8_t *)x->out;
	z->avail_out = sizeof(x->out);
	status = isal_inflate(z);
	x->in = str_from(x->in, (size_t)((const char *)z->next_in - x->in.p));
	x->within = z->block_state != ISAL_BLOCK_FINISH;
	if (status != ISAL_DECOMP_OK && status != ISAL_END_INPUT)
		return expand_fail(x, e, "is damaged");
	return (ssize_t)(sizeof(x->out) - z->avail_out);
}

static ssize_t step_zstd(struct expand *x, struct error *e)
{
	ZSTD_inBuffer in = { x->in.p, x->in.n, 0 };
	ZSTD_outBuffer out = { x->out, sizeof(x->out), 0 };
	size_t status = ZSTD_decompressStream(x->state, &out, &in);

	if (ZSTD_isError(status)) {
		err_wrap(e, "%s", ZSTD_getErrorName(status));
		return expand_fail(x, e, "is damaged");
	}
	x->in = str_from(x->in, in.pos);
	x->within = status != 0;
	return (ssize_t)out.pos;
}

/* More input when there is none: 1, 0 at the end of a complete stream, -1. */
static int expand_refill(struct expand *x, struct error *e)
{
	int got = x->from->next(x->from, &x->in, e);

	if (got == 1)
		x->taken += x->in.n;
	if (got == 0 && x->within)
		return expand_fail(x, e, "is cut short");
	if (got == 0 && !x->begun)
		return expand_fail(x, e, "is empty");
	return got;
}

static int expand_give(struct expand *x, struct str bytes, struct str *chunk, struct error *e)
{
	if (bytes.n > x->budget - x->given) {
		err_set(e, ERR_INPUT, "%s expands to more than the %llu bytes allowed for its size",
			x->base.name, (unsigned long long)x->budget);
		return -1;
	}
	x->given += bytes.n;
	*chunk = bytes;
	return 1;
}

static int expand_next(struct source *base, struct str *chunk, struct error *e)
{
	struct expand *x = (struct expand *)base;
	bool full = true; /* the last step may have left output behind */

	if (x->codec == LAYER_PLAIN) {
		int got = x->from->next(x->from, &x->in, e);

		return got == 1 ? expand_give(x, x->in, chunk, e) : got;
	}
	for (;;) {
		ssize_t n = 0;

		if (x->in.n == 0 && !(x->within && full)) {
			int got = expand_refill(x, e);

			if (got != 1)
				return got;
		}
		if (x->in.n || x->within) {
			n = x->codec == LAYER_GZIP ? step_gzip(x, e) : step_zstd(x, e);
			x->begun = true;
		}
		if (n < 0)
			return -1;
		if (n > 0)
			return expand_give(x, (struct str){ x->out, (size_t)n }, chunk, e);
		full = false;
	}
}

static void *open_zstd(void)
{
	ZSTD_DCtx *z = ZSTD_createDCtx();

	if (z && ZSTD_isError(ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, LAYER_WINDOW_LOG))) {
		ZSTD_freeDCtx(z);
		return NULL;
	}
	return z;
}

bool expand_open(struct expand *x, struct source *from, enum layer_codec codec, uint64_t budget,
		 struct error *e)
{
	x->base = (struct source){ expand_next, from->name };
	x->from = from;
	x->codec = codec;
	x->in = (struct str){ NULL, 0 };
	x->within = x->begun = false;
	x->budget = budget;
	x->given = x->taken = 0;
	x->state = codec == LAYER_GZIP	 ? malloc(sizeof(struct gzip_member))
		   : codec == LAYER_ZSTD ? open_zstd()
					 : NULL;
	return x->state || codec == LAYER_PLAIN ||
	       err_set(e, ERR_SYSTEM, "%s: no memory to decompress it", from->name);
}

void expand_close(struct expand *x)
{
	if (x->codec == LAYER_GZIP)
		free(x->state);
	else if (x->state)
		ZSTD_freeDCtx(x->state);
	x->state = NULL;
}
