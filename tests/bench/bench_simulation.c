/* SPDX-License-Identifier: Apache-2.0 */
/* A fleet worked out (support/fixture_fleet_model.h): what one image costs is measured here, the
 * model is put beside real runs of 1, 2 and 4 processes at a time, and then asked for 1 to 64
 * workers: simulation [IMAGES], in the root of the repository, with a store that can build
 * recipes/cc-debian13.json. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/parallel.h"
#include "support/fixture_bench_fleet.h"
#include "support/fixture_fleet_model.h"

/* A fleet to ask about: 10,000 builds, a fifth of which compile something for half a minute. */
#define FLEET_IMAGES 10000
#define FLEET_SOURCES 200
#define FLEET_COMPILE 30
#define FLEET_SERVED 500 /* requests a second of one registry */
#define FLEET_REQUESTS 8 /* of an image that is pushed */
#define FLEET_REQUEUE 60

/* What one image costs in a process of many, and what the process costs besides. */
static struct fleet_model simulation_measure(struct fleet_bench *b)
{
	struct bench_usage warm = { 0 }, one = { 0 }, all = { 0 };
	struct fleet_model m = { .seed = 1 };

	fleet_run(b, 0, b->n, &warm); /* fills the store */
	fleet_forget(b);
	fleet_run(b, 0, 1, &one);
	fleet_forget(b);
	fleet_run(b, 0, b->n, &all);
	fleet_forget(b);
	m.image = (all.wall - one.wall) / (double)(b->n - 1);
	m.image_cpu = (all.cpu - one.cpu) / (double)(b->n - 1);
	m.start = one.wall > m.image ? one.wall - m.image : 0;
	m.start_cpu = one.cpu > m.image_cpu ? one.cpu - m.image_cpu : 0;
	printf("measured: %.1f ms an image (%.1f ms of processors), %.0f ms a process\n",
	       m.image * 1e3, m.image_cpu * 1e3, m.start * 1e3);
	return m;
}

/* All images by so many processes at a time, each with its part: seconds. */
static double simulation_run(struct fleet_bench *b, unsigned workers)
{
	double from = bench_now();
	pid_t children[64];

	for (unsigned i = 0; i < workers; i++) {
		struct bench_usage used = { 0 };

		children[i] = fork();
		if (children[i] < 0)
			bench_die("fork");
		if (children[i])
			continue;
		fleet_run(b, b->n * i / workers, b->n * (i + 1) / workers, &used);
		_exit(0);
	}
	for (unsigned i = 0; i < workers; i++) {
		int status;

		if (waitpid(children[i], &status, 0) < 0 || status)
			bench_die("a worker");
	}
	fleet_forget(b);
	return (bench_now() - from) / 1e3;
}

static void simulation_check(struct fleet_bench *b, struct fleet_model m)
{
	m.images = (unsigned)b->n;
	m.processors = parallel_cpus();
	printf("%8s %10s %10s %8s\n", "workers", "measured", "model", "ratio");
	for (m.workers = 1; m.workers <= 4; m.workers *= 2) {
		double real = simulation_run(b, m.workers), wall = fleet_model_run(&m).wall;

		printf("%8u %9.2fs %9.2fs %8.2f\n", m.workers, real, wall, wall / real);
	}
}

static void simulation_table(struct fleet_model m, double round_trip, double lost)
{
	m.images = FLEET_IMAGES;
	m.sources = FLEET_SOURCES;
	m.compile = FLEET_COMPILE;
	m.requests = FLEET_REQUESTS;
	m.served = FLEET_SERVED;
	m.requeue = FLEET_REQUEUE;
	m.round_trip = round_trip;
	m.lost = lost;
	printf("\n%d images, %d sources of %d s, round trip %.0f ms, %.0f %% of machines lost\n",
	       FLEET_IMAGES, FLEET_SOURCES, FLEET_COMPILE, round_trip * 1e3, lost * 100);
	printf("%8s %10s %10s %12s %8s\n", "workers", "wall", "of ideal", "requests/s", "again");
	for (m.workers = 1; m.workers <= 64; m.workers *= 2) {
		struct fleet_outcome o = fleet_model_run(&m);

		printf("%8u %9.0fs %10.2f %12.0f %8u\n", m.workers, o.wall, o.wall / o.ideal,
		       o.rate, o.retried);
	}
}

int main(int argc, char **argv)
{
	struct fleet_bench b;
	struct fleet_model m;

	fleet_bench_open(&b, argc > 1 ? strtoul(argv[1], NULL, 10) : 400);
	if (b.n < 8) {
		fprintf(stderr, "simulation: at least 8 images\n");
		return 2;
	}
	m = simulation_measure(&b);
	simulation_check(&b, m);
	simulation_table(m, 0.001, 0);
	simulation_table(m, 0.05, 0);
	simulation_table(m, 0.001, 0.02);
	fleet_bench_close(&b);
	return 0;
}
