/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_BENCH_FLEET_H
#define SUPPORT_FIXTURE_BENCH_FLEET_H

/* A repository of many small images on recipes/cc-debian13.json, for figures. The working folder is
 * the root of the repository of imgbuild. */

#include "base/str.h"
#include "support/fixture_bench.h"

struct fleet_bench {
	struct arena a;
	const char *dir, *program;
	size_t n; /* recipes */
};

/* Each recipe has two files and a lock of nothing: all packages are the base's. */
void fleet_bench_open(struct fleet_bench *b, size_t n);
void fleet_bench_close(struct fleet_bench *b);

const char *fleet_recipe_path(struct fleet_bench *b, size_t i);

/* Recipes from..to-1 in one process; adds what it used. */
void fleet_run(struct fleet_bench *b, size_t from, size_t to, struct bench_usage *sum);

/* The images go, what they are made of stays. */
void fleet_forget(struct fleet_bench *b);

#endif
