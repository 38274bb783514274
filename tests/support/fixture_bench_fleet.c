/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_bench_fleet.h"

#include <stdlib.h>
#include <string.h>

#include "input/lock/lock.h"
#include "input/recipe/recipe.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

const char *fleet_recipe_path(struct fleet_bench *b, size_t i)
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

void fleet_bench_open(struct fleet_bench *b, size_t n)
{
	char program[4096];

	*b = (struct fleet_bench){ .n = n };
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
void fleet_run(struct fleet_bench *b, size_t from, size_t to, struct bench_usage *sum)
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
void fleet_forget(struct fleet_bench *b)
{
	files_remove(arena_printf(&b->a, "%s/out", b->dir));
}

void fleet_bench_close(struct fleet_bench *b)
{
	files_remove(b->dir);
	arena_free(&b->a);
}
