/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ZSTDW_H
#define FORMAT_ZSTDW_H

/* Writing zstd (RFC 8878): one frame with a content checksum and no content size. The bytes depend
 * on the input and on libzstd's version, not on the number of threads or on how the input was cut:
 * libzstd's threaded mode is always used, with jobs of a fixed size. */

#include "base/io.h"

#define ZSTD_SINK_LEVEL 9
#define ZSTD_SINK_JOB (4u << 20)
#define ZSTD_SINK_JOBS_MAX 16

/* A sink that compresses into `next`, which it borrows; its finish() finishes `next`. */
struct zstd_sink {
	struct sink base;
	struct sink *next;
	void *ctx;		/* ZSTD_CCtx, owned */
	char *out;
	size_t out_size;
};

/* `jobs` threads at most, at least one. The buffer lives in `a`. Release with zstd_sink_drop(),
 * finished or not (AUTO_ZSTD calls it). ERR_SYSTEM if memory is short or libzstd has no threads. */
MUST_CHECK bool zstd_sink_init(struct arena *a, struct zstd_sink *z, struct sink *next,
			       unsigned jobs, struct error *e);
void zstd_sink_drop(struct zstd_sink *z);
#define AUTO_ZSTD __attribute__((cleanup(zstd_sink_drop))) struct zstd_sink

/* Everything that decides the bytes: "libzstd 1.5.4 level 9 jobs of 4194304". */
const char *zstd_compressor(struct arena *a);

#endif
