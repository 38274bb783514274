/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_BENCH_ROUNDS_H
#define SUPPORT_FIXTURE_BENCH_ROUNDS_H

/* What one way of doing something took in each round. */

#include <stddef.h>

#include "support/fixture_bench.h"

#define ROUNDS_MAX 9

struct bench_rounds {
	double wall[ROUNDS_MAX], cpu[ROUNDS_MAX];
	size_t n;
	long peak; /* KiB of the largest program of all rounds */
};

/* The number that an argument gives, 1 to ROUNDS_MAX. */
size_t rounds_asked(const char *text);

/* More than ROUNDS_MAX are an error of the program. */
void rounds_add(struct bench_rounds *r, const struct bench_usage *u);

/* The median of each; the peak. */
struct bench_usage rounds_median(const struct bench_rounds *r);

/* The row twice, by the clock and by processors, with the medians. `peer` and `limit` may be NULL.
 */
void rounds_row(struct bench_row row, const struct bench_rounds *ours,
		const struct bench_rounds *peer, const struct bench_rounds *limit);

/* A line with the peak beside the goal. */
void rounds_report_memory(const char *what, const struct bench_rounds *r, long mib);

#endif
