/* SPDX-License-Identifier: Apache-2.0 */
/* Many small images on one base, everything cached: one process for all, and one for each. Prints
 * processor seconds an image and the peak of memory: fleet [IMAGES [APART]], in the root of the
 * repository, with a store that can build recipes/cc-debian13.json. APART: of how many the runs
 * apart are measured, the rest would take as long. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/fixture_bench_fleet.h"
#include "support/fixture_files.h"

#define GOAL_RATIO 0.1
#define GOAL_MIB 64

static const char *fleet_index(struct fleet_bench *b, size_t i)
{
	return files_get(&b->a, arena_printf(&b->a, "%s/out/fleet-%04zu/index.json", b->dir, i));
}

static void fleet_compare(struct fleet_bench *b, const struct strings *apart)
{
	for (size_t i = 0; i < apart->n; i++) {
		if (strcmp(apart->v[i], fleet_index(b, i)) == 0)
			continue;
		fprintf(stderr, "fleet: image %zu differs from the one made apart\n", i);
		exit(1);
	}
}

static double fleet_report(const char *what, const struct bench_usage *u, size_t n)
{
	double each = u->cpu * 1e3 / (double)n;

	printf("%-20s %5zu images %8.2f s CPU %8.2f s  %7.1f ms CPU an image   peak %5ld MiB\n",
	       what, n, u->cpu, u->wall, each, u->peak / 1024);
	return each;
}

int main(int argc, char **argv)
{
	struct bench_usage warm = { 0 }, apart = { 0 }, together = { 0 };
	struct strings made = { 0 };
	struct fleet_bench b;
	double alone, each;
	size_t measured;

	fleet_bench_open(&b, argc > 1 ? strtoul(argv[1], NULL, 10) : 1200);
	measured = argc > 2 ? strtoul(argv[2], NULL, 10) : 40;
	measured = measured < b.n ? measured : b.n;
	fleet_run(&b, 0, b.n, &warm); /* fills the store */
	fleet_forget(&b);
	for (size_t i = 0; i < measured; i++)
		fleet_run(&b, i, i + 1, &apart);
	for (size_t i = 0; i < measured; i++)
		*list_push(&b.a, &made) = fleet_index(&b, i);
	fleet_forget(&b);
	fleet_run(&b, 0, b.n, &together);
	fleet_compare(&b, &made);
	alone = fleet_report("a process for each", &apart, measured);
	each = fleet_report("one process", &together, b.n);
	printf("%-20s %8.3f of the time, goal %.1f: %s; %ld MiB, goal %d: %s\n", "fleet",
	       each / alone, GOAL_RATIO, each / alone <= GOAL_RATIO ? "met" : "missed",
	       together.peak / 1024, GOAL_MIB, together.peak / 1024 <= GOAL_MIB ? "met" : "missed");
	fleet_bench_close(&b);
	return 0;
}
