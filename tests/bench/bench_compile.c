/* SPDX-License-Identifier: Apache-2.0 */
/* A first build: all sources of a recipe are compiled, with a store that has the downloads and
 * nothing that was made of them. Prints how long the processors were there for it, and how long
 * they worked: what is left over is lost to whatever runs on one of them, to waiting and to disks.
 * compile [RECIPE], in the root of the repository; the main image takes some minutes. */

#include <stdio.h>
#include <stdlib.h>

#include "base/parallel.h"
#include "support/fixture_bench.h"
#include "support/fixture_bench_repository.h"
#include "support/fixture_files.h"

#define GOAL 0.10

int main(int argc, char **argv)
{
	const char *recipe = argc > 1 ? argv[1] : "recipes/cephalo.json";
	char *program = realpath("imgbuild", NULL);
	unsigned processors = parallel_cpus();
	struct bench_usage u = { 0 };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *store = arena_printf(&a, "%s/store", dir);
	double there, lost;

	if (!program)
		bench_die("./imgbuild");
	bench_repository_copy(&a, dir);
	bench_store_copy(&a, store);
	bench_run(dir,
		  (const char *const[]){ program, "--progress=quiet", "--offline", "--locked",
					 "--no-audit", "--cache-dir", store, "-o",
					 arena_printf(&a, "%s/out", dir), recipe, NULL },
		  &u);
	there = u.wall * processors;
	lost = (there - u.cpu) / there;
	printf("%s from its sources: %.1f s on %u processors, which worked for %.1f s: "
	       "%.1f %% lost, goal %.0f: %s\n",
	       recipe, u.wall, processors, u.cpu, lost * 100, GOAL * 100,
	       lost <= GOAL ? "met" : "missed");
	files_remove(dir);
	free(program);
	return 0;
}
