/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_bench_rounds.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t rounds_asked(const char *text)
{
	size_t n = strtoul(text, NULL, 10);

	return n == 0 ? 1 : n < ROUNDS_MAX ? n : ROUNDS_MAX;
}

void rounds_add(struct bench_rounds *r, const struct bench_usage *u)
{
	assert(r->n < ROUNDS_MAX);
	r->wall[r->n] = u->wall;
	r->cpu[r->n++] = u->cpu;
	r->peak = u->peak > r->peak ? u->peak : r->peak;
}

static int rounds_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double rounds_middle(const double *v, size_t n)
{
	double sorted[ROUNDS_MAX] = { 0 };

	memcpy(sorted, v, n * sizeof(*v));
	qsort(sorted, n, sizeof(*sorted), rounds_compare);
	return sorted[n / 2];
}

struct bench_usage rounds_median(const struct bench_rounds *r)
{
	return (struct bench_usage){ .wall = rounds_middle(r->wall, r->n),
				     .cpu = rounds_middle(r->cpu, r->n),
				     .peak = r->peak };
}

void rounds_row(struct bench_row row, const struct bench_rounds *ours,
		const struct bench_rounds *peer, const struct bench_rounds *limit)
{
	const struct bench_rounds none = { .n = 0 };
	struct bench_usage o = rounds_median(ours), p = rounds_median(peer ? peer : &none),
			   l = rounds_median(limit ? limit : &none);

	row.ours = o.wall;
	row.peer = p.wall;
	row.limit = l.wall;
	bench_row(&row);
	row.what = "  of processors";
	row.ours = o.cpu;
	row.peer = p.cpu;
	row.limit = l.cpu;
	bench_row(&row);
}

void rounds_report_memory(const char *what, const struct bench_rounds *r, long mib)
{
	printf("%-22s %8.1f MiB, goal %ld: %s\n", what, (double)r->peak / 1024, mib,
	       r->peak <= mib * 1024 ? "met" : "missed");
}
