/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_BENCH_LIMIT_H
#define SUPPORT_FIXTURE_BENCH_LIMIT_H

/* What no program can undercut that makes layers from packages with these libraries: each package's
 * files decoded once; each layer's bytes hashed, compressed and hashed again; by as many threads as
 * there are processors. The pieces wait for nothing and for nobody, everything is in memory before,
 * and what is made goes nowhere. */

#include "support/fixture_bench.h"
#include "support/fixture_oracle.h"

struct bench_limit {
	struct strings debs;  /* whose members with files are decoded */
	const char *store;    /* which has the liblzma that decodes them */
	struct strings blobs; /* of an image: what those of gzip unpack to is a layer's bytes */
};

struct bench_limit_took {
	struct bench_usage both;   /* the packages decoded, the layers written */
	struct bench_usage layers; /* the latter alone */
	struct bench_usage audit;  /* the layers hashed, unpacked, and hashed again */
};

/* In a process of its own, whose memory the peaks of later programs must not have in them. */
void bench_limit_run(const struct bench_limit *l, struct bench_limit_took *took);

/* The layers of an image read once by programs that do nothing else, sha256sum and gzip, side by
 * side on all processors. `blobs` is its folder. */
void bench_read_image(const char *blobs, struct bench_usage *took);

#endif
