/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ARCHIVE_ZSTDW_H
#define FORMAT_ARCHIVE_ZSTDW_H

/* Writing zstd (RFC 8878): one frame with a content checksum and no content size. The bytes depend
 * on the input and on libzstd's version, not on the number of threads or on how the input was cut:
 * libzstd's threaded mode is always used, with jobs of a fixed size. Which libzstd it is, is the
 * caller's to say: the one this program is linked with, or a loaded one. */

#include <zstd.h>

#include "base/io.h"
#include "base/module.h"

#define ZSTD_SINK_LEVEL 9
#define ZSTD_SINK_JOB (4u << 20)
#define ZSTD_SINK_JOBS_MAX 16

/* A libzstd: what writing takes of it. */
struct zstd_library {
	const char *version;
	ZSTD_CCtx *(*create)(void);
	size_t (*release)(ZSTD_CCtx *c);
	size_t (*set)(ZSTD_CCtx *c, ZSTD_cParameter parameter, int value);
	size_t (*compress)(ZSTD_CCtx *c, ZSTD_outBuffer *out, ZSTD_inBuffer *in,
			   ZSTD_EndDirective directive);
	size_t (*out_size)(void);
	unsigned (*is_error)(size_t code);
	const char *(*error_name)(size_t code);
};

/* The one this program is linked with. */
struct zstd_library zstd_library_host(void);

/* The one in a module, which outlives it. Its version is what it says of itself and, in `a`, that
 * of its package. ERR_SYSTEM when it is not a libzstd. */
MUST_CHECK bool zstd_library_of(struct arena *a, const struct module *m,
				const char *package_version, struct zstd_library *out,
				struct error *e);

/* A sink that compresses into `next`, which it borrows; its finish() finishes `next`. */
struct zstd_sink {
	struct sink base;
	const struct zstd_library *library;
	struct sink *next;
	ZSTD_CCtx *ctx; /* owned */
	char *out;
	size_t out_size;
};

/* `jobs` threads at most, at least one. The buffer lives in `a`; `library` is borrowed. Release
 * with zstd_sink_drop(), finished or not (AUTO_ZSTD calls it). ERR_SYSTEM if memory is short or
 * libzstd has no threads. */
MUST_CHECK bool zstd_sink_init(struct arena *a, struct zstd_sink *z,
			       const struct zstd_library *library, struct sink *next, unsigned jobs,
			       struct error *e);
void zstd_sink_drop(struct zstd_sink *z);
#define AUTO_ZSTD __attribute__((cleanup(zstd_sink_drop))) struct zstd_sink

/* Everything that decides the bytes: "libzstd 1.5.4 level 9 jobs of 4194304". */
const char *zstd_compressor(struct arena *a, const struct zstd_library *library);

#endif
