/* SPDX-License-Identifier: Apache-2.0 */
/* One file of a recipe's own changes, and the image is built and audited again. The limit is what
 * the libraries take to write the layer that became another, and to read the image once
 * (fixture_bench_limit.h). change [ROUNDS], in the root of the repository, with a store that has
 * the packages of RECIPE. */

#include <stdio.h>
#include <stdlib.h>

#include "support/fixture_bench_limit.h"
#include "support/fixture_bench_repository.h"
#include "support/fixture_bench_rounds.h"
#include "support/fixture_files.h"

#define RECIPE "recipes/services/postgresql-17.json"
#define VARIANT "initdb" /* its image needs no probe, which would be compiled */
#define CHANGED "rootfs/services/postgresql-17/etc/postgresql/17/pg_hba.conf"
#define GOAL 2

struct change_bench {
	struct arena a;
	const char *dir, *program;
	struct strings before; /* blobs of the image */
	struct bench_rounds ours, limit;
};

static const char *change_path(struct change_bench *c, const char *name)
{
	return arena_printf(&c->a, "%s/%s", c->dir, name);
}

static struct strings change_blobs(struct change_bench *c)
{
	return files_below(&c->a, change_path(c, "out/blobs/sha256"), "");
}

static void change_build(struct change_bench *c, struct bench_usage *u)
{
	const char *const argv[] = {
		c->program,    "--progress=quiet",	"--offline", "--variant",	    VARIANT,
		"--cache-dir", change_path(c, "store"), "-o",	     change_path(c, "out"), RECIPE,
		NULL
	};

	bench_run(c->dir, argv, u);
}

static void change_recipe_file(struct change_bench *c, size_t round)
{
	const char *path = change_path(c, CHANGED);

	files_put(path, arena_printf(&c->a, "%s# round %zu\n", files_get(&c->a, path), round));
}

/* The blobs that were not there before are the layer's, and texts, which are no gzip. */
static void change_limit(struct change_bench *c)
{
	const struct bench_limit whole = { .blobs = change_blobs(c) };
	struct bench_limit changed = { 0 };
	struct bench_limit_took read, written;
	struct bench_usage u;

	list_each(blob, &whole.blobs) {
		if (!strings_has(&c->before, *blob))
			*list_push(&c->a, &changed.blobs) = *blob;
	}
	bench_limit_run(&whole, &read);
	bench_limit_run(&changed, &written);
	u = read.audit;
	u.wall += written.layers.wall;
	u.cpu += written.layers.cpu;
	rounds_add(&c->limit, &u);
}

static void change_round(struct change_bench *c, size_t round)
{
	struct bench_usage u = { 0 };

	c->before = change_blobs(c);
	change_recipe_file(c, round);
	change_build(c, &u);
	rounds_add(&c->ours, &u);
	change_limit(c);
}

int main(int argc, char **argv)
{
	static struct change_bench c;
	size_t rounds = rounds_asked(argc > 1 ? argv[1] : "3");
	struct bench_usage unmeasured = { 0 };
	char *program = realpath("imgbuild", NULL);

	if (!program)
		bench_die("./imgbuild");
	c.dir = files_temporary(&c.a);
	c.program = program;
	bench_repository_copy(&c.a, c.dir);
	bench_store_copy(&c.a, change_path(&c, "store"));
	change_build(&c, &unmeasured);
	for (size_t i = 0; i < rounds; i++)
		change_round(&c, i);
	bench_row_head();
	rounds_row((struct bench_row){ .what = "one file changed", .limit_goal = GOAL }, &c.ours,
		   NULL, &c.limit);
	files_remove(c.dir);
	free(program);
	arena_free(&c.a);
	return 0;
}
