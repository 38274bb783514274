/* SPDX-License-Identifier: Apache-2.0 */
/* The zstd writer: libzstd's streaming interface behind a sink. It does not know what the bytes
 * are. The size of the whole is not announced: a frame must not depend on who knows it. */

#include "format/archive/zstdw.h"

#include <sys/param.h>

struct zstd_library zstd_library_host(void)
{
	return (struct zstd_library){ ZSTD_versionString(), ZSTD_createCCtx,
				      ZSTD_freeCCtx,	    ZSTD_CCtx_setParameter,
				      ZSTD_compressStream2, ZSTD_CStreamOutSize,
				      ZSTD_isError,	    ZSTD_getErrorName };
}

bool zstd_library_of(struct arena *a, const struct module *m, const char *package_version,
		     struct zstd_library *out, struct error *e)
{
	const char *(*version)(void);

	if (!module_symbol(m, "ZSTD_versionString", &version, e) ||
	    !module_symbol(m, "ZSTD_createCCtx", &out->create, e) ||
	    !module_symbol(m, "ZSTD_freeCCtx", &out->release, e) ||
	    !module_symbol(m, "ZSTD_CCtx_setParameter", &out->set, e) ||
	    !module_symbol(m, "ZSTD_compressStream2", &out->compress, e) ||
	    !module_symbol(m, "ZSTD_CStreamOutSize", &out->out_size, e) ||
	    !module_symbol(m, "ZSTD_isError", &out->is_error, e) ||
	    !module_symbol(m, "ZSTD_getErrorName", &out->error_name, e))
		return false;
	out->version = arena_printf(a, "%s (%s)", version(), package_version);
	return true;
}

static bool zstd_fail(const struct zstd_sink *z, size_t code, struct error *e)
{
	return err_set(e, ERR_SYSTEM, "zstd: %s", z->library->error_name(code));
}

/* Feeds `in` and passes on what comes out; with ZSTD_e_end until the frame is complete. */
static bool zstd_feed(struct zstd_sink *z, struct str chunk, ZSTD_EndDirective directive,
		      struct error *e)
{
	ZSTD_inBuffer in = { chunk.p, chunk.n, 0 };
	size_t rest;

	do {
		ZSTD_outBuffer out = { z->out, z->out_size, 0 };

		rest = z->library->compress(z->ctx, &out, &in, directive);
		if (z->library->is_error(rest))
			return zstd_fail(z, rest, e);
		if (out.pos && !z->next->write(z->next, (struct str){ z->out, out.pos }, e))
			return false;
	} while (directive == ZSTD_e_end ? rest > 0 : in.pos < in.size);
	return true;
}

static bool zstd_write(struct sink *base, struct str chunk, struct error *e)
{
	return zstd_feed((struct zstd_sink *)base, chunk, ZSTD_e_continue, e);
}

static bool zstd_finish(struct sink *base, struct error *e)
{
	struct zstd_sink *z = (struct zstd_sink *)base;

	return zstd_feed(z, STR(""), ZSTD_e_end, e) && z->next->finish(z->next, e);
}

bool zstd_sink_init(struct arena *a, struct zstd_sink *z, const struct zstd_library *library,
		    struct sink *next, unsigned jobs, struct error *e)
{
	unsigned workers = MIN(MAX(jobs, 1), ZSTD_SINK_JOBS_MAX);
	const struct {
		ZSTD_cParameter name;
		int value;
	} parameters[] = {
		{ ZSTD_c_compressionLevel, ZSTD_SINK_LEVEL },
		{ ZSTD_c_checksumFlag, 1 },
		{ ZSTD_c_contentSizeFlag, 0 },
		{ ZSTD_c_nbWorkers, (int)workers },
		{ ZSTD_c_jobSize, (int)ZSTD_SINK_JOB },
	};

	*z = (struct zstd_sink){ .base = { zstd_write, zstd_finish },
				 .library = library,
				 .next = next };
	z->ctx = library->create();
	if (!z->ctx)
		return err_set(e, ERR_SYSTEM, "out of memory for a compressor");
	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++) {
		size_t code = library->set(z->ctx, parameters[i].name, parameters[i].value);

		if (library->is_error(code))
			return zstd_fail(z, code, e);
	}
	z->out_size = library->out_size();
	z->out = arena_alloc(a, z->out_size);
	return true;
}

void zstd_sink_drop(struct zstd_sink *z)
{
	if (z->ctx)
		z->library->release(z->ctx);
	z->ctx = NULL;
}

const char *zstd_compressor(struct arena *a, const struct zstd_library *library)
{
	return arena_printf(a, "libzstd %s level %d jobs of %u", library->version, ZSTD_SINK_LEVEL,
			    ZSTD_SINK_JOB);
}
