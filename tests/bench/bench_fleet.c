/* SPDX-License-Identifier: Apache-2.0 */
/* Many small images on one base, everything cached: one process for all, and one for each. Prints
 * processor seconds an image and the peak of memory: fleet [IMAGES [APART]], in the root of the
 * repository, with a store that can build recipes/cc-debian13.json. APART: of how many the runs
 * apart are measured, the rest would take as long. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "input/lock/lock.h"
#include "input/recipe/recipe.h"
#include "support/fixture_bench.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define GOAL_RATIO 0.1
#define GOAL_MIB 64

struct fleet_bench {
	struct arena a;
	const char *dir, *program;
	size_t n, apart;
};

static const char *fleet_recipe_path(struct fleet_bench *b, size_t i)
{
	return arena_printf(&b->a, "%s/recipes/fleet-%04zu.json", b->dir, i);
}

/* A recipe of two files on the base, and a lock of nothing: all packages are the base's. */
static void fleet_make_recipe(struct fleet_bench *b, size_t i)
{
	AUTO_ARENA a = { 0 }; /* what this program holds counts for the programs it starts */
	const char *path = fleet_recipe_path(b, i);
	struct lock lock = { .architecture = "amd64" };
	struct buf text = { .a = &a };
	struct error e = { 0 };
	struct recipe r;

	files_put(arena_printf(&a, "%s/rootfs/fleet-%04zu/etc/app.conf", b->dir, i),
		  arena_printf(&a, "number %zu\n", i));
	files_put(path,
		  arena_printf(&a,
			       "{ \"name\": \"fleet-%04zu\", \"base\": \"cc-debian13\",\n"
			       "  \"files\": [ { \"from\": \"../rootfs/fleet-%04zu\", \"to\": "
			       "\"/\" } ],\n"
			       "  \"config\": { \"user\": \"65532:65532\" } }\n",
			       i, i));
	if (!recipe_load(&a, path, &r, &e))
		bench_give_up(&e);
	lock.answers = recipe_request_digest(&r, platform_of_compilers(), LOCK_FORMAT);
	lock_format(&lock, &text);
	files_put(recipe_lock_path(&a, &r, platform_of_compilers()), buf_cstr(&text));
}

/* The repository's images.json with all the images in it. */
static void fleet_make_catalogue(struct fleet_bench *b)
{
	const char *text = files_get(&b->a, "images.json"), *at = strstr(text, "\"images\": {");
	struct buf out = { .a = &b->a };

	if (!at)
		bench_die("images.json");
	at += strlen("\"images\": {");
	buf_add(&out, (struct str){ text, (size_t)(at - text) });
	for (size_t i = 0; i < b->n; i++)
		buf_printf(&out,
			   "\n    \"fleet-%04zu\": { \"recipe\": \"recipes/fleet-%04zu.json\", "
			   "\"tags\": [\"latest\"] },",
			   i, i);
	buf_puts(&out, at);
	files_put(arena_printf(&b->a, "%s/images.json", b->dir), buf_cstr(&out));
}

static void fleet_bench_open(struct fleet_bench *b, size_t n, size_t apart)
{
	char program[4096];

	*b = (struct fleet_bench){ .n = n, .apart = apart < n ? apart : n };
	if (!realpath("imgbuild", program))
		bench_die("./imgbuild");
	b->program = arena_strdup(&b->a, program);
	b->dir = files_temporary(&b->a);
	ORACLE(&b->a, "cp", "--recursive", "locks", "rootfs", b->dir);
	fleet_make_catalogue(b);
	ORACLE(&b->a, "mkdir", arena_printf(&b->a, "%s/recipes", b->dir));
	ORACLE(&b->a, "cp", "--recursive", "recipes/toolchain", "recipes/cc-debian13.json",
	       "recipes/cc-debian13.lock.json", arena_printf(&b->a, "%s/recipes", b->dir));
	for (size_t i = 0; i < n; i++)
		fleet_make_recipe(b, i);
}

/* Recipes from..to-1 in one process; adds what it used. */
static void fleet_run(struct fleet_bench *b, size_t from, size_t to, struct bench_usage *sum)
{
	struct strings argv = { 0 };

	*list_push(&b->a, &argv) = b->program;
	*list_push(&b->a, &argv) = "--progress=quiet";
	*list_push(&b->a, &argv) = "--locked";
	*list_push(&b->a, &argv) = "--offline";
	for (size_t i = from; i < to; i++)
		*list_push(&b->a, &argv) = fleet_recipe_path(b, i);
	*list_push(&b->a, &argv) = NULL;
	bench_run(b->dir, argv.v, sum);
}

/* The images go, what they are made of stays. */
static void fleet_forget(struct fleet_bench *b)
{
	files_remove(arena_printf(&b->a, "%s/out", b->dir));
}

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

	fleet_bench_open(&b, argc > 1 ? strtoul(argv[1], NULL, 10) : 1200,
			 argc > 2 ? strtoul(argv[2], NULL, 10) : 40);
	fleet_run(&b, 0, b.n, &warm); /* fills the store */
	fleet_forget(&b);
	for (size_t i = 0; i < b.apart; i++)
		fleet_run(&b, i, i + 1, &apart);
	for (size_t i = 0; i < b.apart; i++)
		*list_push(&b.a, &made) = fleet_index(&b, i);
	fleet_forget(&b);
	fleet_run(&b, 0, b.n, &together);
	fleet_compare(&b, &made);
	alone = fleet_report("a process for each", &apart, b.apart);
	each = fleet_report("one process", &together, b.n);
	printf("%-20s %8.3f of the time, goal %.1f: %s; %ld MiB, goal %d: %s\n", "fleet",
	       each / alone, GOAL_RATIO, each / alone <= GOAL_RATIO ? "met" : "missed",
	       together.peak / 1024, GOAL_MIB, together.peak / 1024 <= GOAL_MIB ? "met" : "missed");
	files_remove(b.dir);
	arena_free(&b.a);
	return 0;
}
