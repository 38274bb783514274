/* SPDX-License-Identifier: Apache-2.0 */
/* The zstd writer: libzstd's streaming interface behind a sink. It does not know what the bytes
 * are. The size of the whole is not announced: a frame must not depend on who knows it. */

#include "format/zstdw.h"

#include <zstd.h>

static bool fail(size_t code, struct error *e)
{
	return err_set(e, ERR_SYSTEM, "zstd: %s", ZSTD_getErrorName(code));
}

/* Feeds `in` and passes on what comes out; with ZSTD_e_end until the frame is complete. */
static bool feed(struct zstd_sink *z, struct str chunk, ZSTD_EndDirective directive,
		 struct error *e)
{
	ZSTD_inBuffer in = { chunk.p, chunk.n, 0 };
	size_t rest;

	do {
		ZSTD_outBuffer out = { z->out, z->out_size, 0 };

		rest = ZSTD_compressStream2(z->ctx, &out, &in, directive);
		if (ZSTD_isError(rest))
			return fail(rest, e);
		if (out.pos && !z->next->write(z->next, (struct str){ z->out, out.pos }, e))
			return false;
	} while (directive == ZSTD_e_end ? rest > 0 : in.pos < in.size);
	return true;
}

static bool zstd_write(struct sink *base, struct str chunk, struct error *e)
{
	return feed((struct zstd_sink *)base, chunk, ZSTD_e_continue, e);
}

static bool zstd_finish(struct sink *base, struct error *e)
{
	struct zstd_sink *z = (struct zstd_sink *)base;

	return feed(z, STR(""), ZSTD_e_end, e) && z->next->finish(z->next, e);
}

bool zstd_sink_init(struct arena *a, struct zstd_sink *z, struct sink *next, unsigned jobs,
		    struct error *e)
{
	unsigned workers = jobs < 1 ? 1 : jobs > ZSTD_SINK_JOBS_MAX ? ZSTD_SINK_JOBS_MAX : jobs;
	const struct { ZSTD_cParameter name; int value; } parameters[] = {
		{ ZSTD_c_compressionLevel, ZSTD_SINK_LEVEL },
		{ ZSTD_c_checksumFlag, 1 },
		{ ZSTD_c_contentSizeFlag, 0 },
		{ ZSTD_c_nbWorkers, (int)workers },
		{ ZSTD_c_jobSize, (int)ZSTD_SINK_JOB },
	};

	*z = (struct zstd_sink){ .base = { zstd_write, zstd_finish }, .next = next };
	z->ctx = ZSTD_createCCtx();
	if (!z->ctx)
		return err_set(e, ERR_SYSTEM, "out of memory for a compressor");
	for (size_t i = 0; i < sizeof(parameters) / sizeof(*parameters); i++) {
		size_t code =
			ZSTD_CCtx_setParameter(z->ctx, parameters[i].name, parameters[i].value);

		if (ZSTD_isError(code))
			return fail(code, e);
	}
	z->out_size = ZSTD_CStreamOutSize();
	z->out = arena_alloc(a, z->out_size);
	return true;
}

void zstd_sink_drop(struct zstd_sink *z)
{
	ZSTD_freeCCtx(z->ctx);
	z->ctx = NULL;
}

const char *zstd_compressor(struct arena *a)
{
	return arena_printf(a, "libzstd %s level %d jobs of %u", ZSTD_versionString(),
			    ZSTD_SINK_LEVEL, ZSTD_SINK_JOB);
}
