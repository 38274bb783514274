/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ARCHIVE_GZIP_H
#define FORMAT_ARCHIVE_GZIP_H

/* Writing gzip (RFC 1952) as a chain of independent members, each of GZIP_MEMBER bytes of input
 * (the last may be shorter), compressed with libdeflate on several threads and written in order.
 * Every member has the same header: no name, mtime 0, OS 255. The bytes depend on the input and on
 * libdeflate's version, not on the number of threads or on how the input was cut into pieces; so
 * which libdeflate it is, is the caller's to say: the one this program is linked with, or a loaded
 * one.
 *
 * Memory: two buffers of about GZIP_MEMBER for each thread and for the member being filled. */

#include <pthread.h>

#include "base/io.h"
#include "base/module.h"

#define GZIP_MEMBER (4u << 20)
#define GZIP_LEVEL 6
#define GZIP_JOBS_MAX 16
#define GZIP_SLOTS_MAX (GZIP_JOBS_MAX + 1)

/* A libdeflate: what writing takes of it. */
struct libdeflate_compressor;
struct gzip_library {
	const char *version;
	struct libdeflate_compressor *(*alloc)(int level);
	size_t (*compress)(struct libdeflate_compressor *c, const void *in, size_t in_n, void *out,
			   size_t out_n);
	size_t (*bound)(struct libdeflate_compressor *c, size_t in_n);
	void (*release)(struct libdeflate_compressor *c);
};

/* The one this program is linked with. */
struct gzip_library gzip_library_host(void);

/* The one in a module, which outlives it. It cannot say what version it is of: `version` (borrowed)
 * does. ERR_SYSTEM when it is not a libdeflate. */
MUST_CHECK bool gzip_library_of(const struct module *m, const char *version,
				struct gzip_library *out, struct error *e);

/* One member on its way: filled by the writer, compressed by anybody, written by the writer. */
struct gzip_slot {
	char *in, *out; /* NULL until first used */
	size_t in_n, out_n;
	bool done; /* compressed; under the lock */
};

/* A compressing thread. */
struct gzip_worker {
	struct gzip_sink *g;
	struct libdeflate_compressor *compressor;
	pthread_t thread;
};

/* A sink that compresses into `next`, which it borrows; its finish() finishes `next`. All calls
 * come from one thread. */
struct gzip_sink {
	struct sink base;
	const struct gzip_library *library;
	struct sink *next;
	struct arena *a;
	unsigned jobs, n_slots, n_workers;
	struct gzip_slot slots[GZIP_SLOTS_MAX]; /* member i: slots[i % n_slots] */
	uint64_t ready, taken, written;		/* members filled, begun and written */
	bool stop;
	bool live; /* lock and conditions exist */
	pthread_mutex_t lock;
	pthread_cond_t has_work, has_done;
	struct libdeflate_compressor *own; /* the writer's compressor, used without threads */
	struct gzip_worker workers[GZIP_JOBS_MAX];
};

/* `jobs` threads at most (0 or 1: the caller's own). Buffers live in `a`; `library` is borrowed.
 * Release with gzip_sink_drop(), finished or not (AUTO_GZIP calls it). ERR_SYSTEM if memory is
 * short. */
MUST_CHECK bool gzip_sink_init(struct arena *a, struct gzip_sink *g,
			       const struct gzip_library *library, struct sink *next, unsigned jobs,
			       struct error *e);
void gzip_sink_drop(struct gzip_sink *g);
#define AUTO_GZIP __attribute__((cleanup(gzip_sink_drop))) struct gzip_sink

/* Everything that decides the bytes: "libdeflate 1.14 level 6 members of 4194304". */
const char *gzip_compressor(struct arena *a, const struct gzip_library *library);

#endif
