/* SPDX-License-Identifier: Apache-2.0 */
/* A fleet on a real engine: Slurm's nodes, each with a store of its own, build what a plan says
 * over a cache in a registry. One recipe is bad, one node fails in the middle. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/fixture_registry.h"
#include "e2e/fixture_slurm.h"
#include "support/fixture_cache_world.h"
#include "support/fixture_files.h"

#define SOURCES 4
#define RECIPE                                                                           \
	"{ \"name\": \"r-%03zu\", \"archive\": \"mini\",\n"                              \
	"  \"components\": [ { \"name\": \"thing\", \"providers\": [\n"                  \
	"    { \"source\": \"sources/s%zu.json\" } ] } ],\n"                             \
	"  \"links\": [ { \"path\": \"/usr/bin/r-%03zu\", \"to\": \"thing%zu\" } ],\n"   \
	"  \"config\": { \"user\": \"1000:0\", \"env\": { \"PATH\": \"/usr/bin\" } },\n" \
	"  \"audit\": { \"policy\": \"report-only\" } }\n"
#define SOURCE                                                                          \
	"{ \"name\": \"s%zu\", \"folder\": \"../code\", \"version\": \"1\",\n"          \
	"  \"toolchain\": \"../toolchain/t.json\",\n"                                   \
	"  \"steps\": [ { \"name\": \"make\", \"run\": [\"/usr/bin/tool\", \"args\",\n" \
	"    \"${destdir}/usr/bin/thing%zu\", \"compiled\"] } ],\n"                     \
	"  \"keep\": [\"/usr/bin/thing%zu\"] }\n"

struct slurm_fleet {
	struct arena *a;
	struct cache_world w;
	struct registry registry;
	struct slurm slurm;
	size_t n, shards;
	const char *repository, *alone; /* and a copy of it, for a run on one machine */
	struct strings names;		/* "r-000.json" ... */
};

/* A node's imgbuild has the node's own store. It waits a little before the second wave, so that
 * there is something to break off. */
static void fleet_put_wrapper(struct slurm_fleet *f)
{
	const char *bin = cache_world_path(&f->w, "bin"), *path;
	char program[4096];

	cr_assert(realpath(minirepo_program, program));
	path = arena_printf(f->a, "%s/imgbuild", bin);
	files_put(path,
		  arena_printf(f->a,
			       "#!/bin/sh\n"
			       "[ \"$SLURM_JOB_NAME\" = imgbuild-images ] && sleep 3\n"
			       "IMGBUILD_CACHE_DIR=%s/store-$SLURMD_NODENAME exec %s \"$@\"\n",
			       f->w.m.dir, program));
	cr_assert_eq(chmod(path, 0755), 0);
	setenv("PATH", arena_printf(f->a, "%s:%s", bin, getenv("PATH")), 1);
}

static void fleet_put_recipes(struct slurm_fleet *f)
{
	for (size_t i = 0; i < SOURCES; i++)
		files_put(arena_printf(f->a, "%s/sources/s%zu.json", f->repository, i),
			  arena_printf(f->a, SOURCE, i, i, i));
	for (size_t i = 0; i < f->n; i++) {
		const char *name = arena_printf(f->a, "r-%03zu.json", i);

		files_put(arena_printf(f->a, "%s/%s", f->repository, name),
			  arena_printf(f->a, RECIPE, i, i % SOURCES, i, i % SOURCES));
		*list_push(f->a, &f->names) = name;
	}
}

/* Runs imgbuild in a folder with words, and the recipes. */
static struct oracle_run fleet_imgbuild(struct slurm_fleet *f, const char *folder,
					const char *const *words, bool bad)
{
	struct strings argv = { 0 };
	char program[4096];

	cr_assert(realpath(minirepo_program, program));
	*list_push(f->a, &argv) = "env";
	*list_push(f->a, &argv) = "-C";
	*list_push(f->a, &argv) = folder;
	*list_push(f->a, &argv) = program;
	while (*words)
		*list_push(f->a, &argv) = *words++;
	if (bad)
		*list_push(f->a, &argv) = "bad.json";
	for (size_t i = 0; i < f->names.n; i++)
		*list_push(f->a, &argv) = f->names.v[i];
	*list_push(f->a, &argv) = NULL;
	return oracle_run(f->a, argv.v);
}
#define FLEET(f, folder, bad, ...) \
	fleet_imgbuild((f), (folder), (const char *const[]){ __VA_ARGS__, NULL }, (bad))

static void fleet_open(struct slurm_fleet *f, struct arena *a)
{
	const char *full = getenv("IMGBUILD_FULL");
	struct oracle_run r;

	*f = (struct slurm_fleet){ .a = a, .n = 24, .shards = 3 };
	if (full && strcmp(full, "1") == 0) {
		f->n = 240;
		f->shards = 12;
	}
	slurm_open(&f->slurm, a);
	registry_open(&f->registry, a, REGISTRY_OPEN);
	cache_world_open(&f->w, a);
	f->repository = cache_world_path(&f->w, "repository");
	f->alone = cache_world_path(&f->w, "alone");
	fleet_put_recipes(f);
	fleet_put_wrapper(f);
	r = FLEET(f, f->repository, false, "lock", "--progress=quiet", "--cache-dir",
		  cache_world_path(&f->w, "store-alone"));
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	ORACLE(a, "cp", "-r", f->repository, f->alone);
	setenv("IMGBUILD_PROGRESS", "plain", 1);
	setenv("IMGBUILD_CACHE_FROM",
	       arena_printf(a, "type=registry,ref=%s/cache", f->registry.host), 1);
	setenv("IMGBUILD_CACHE_TO", getenv("IMGBUILD_CACHE_FROM"), 1);
	setenv("IMGBUILD_CACHE_KEY", f->w.pem, 1);
}

static void fleet_close(struct slurm_fleet *f)
{
	slurm_close(&f->slurm);
	cache_world_close(&f->w);
	registry_close(&f->registry);
}

/* The script of `imgbuild plan`, with a recipe in it that goes bad before it is built. */
static void fleet_submit(struct slurm_fleet *f)
{
	const char *script = cache_world_path(&f->w, "plan.sh");
	struct oracle_run r;

	files_put(arena_printf(f->a, "%s/bad.json", f->repository),
		  "{ \"name\": \"bad\", \"archive\": \"mini\" }\n");
	r = FLEET(f, f->repository, true, "plan", "--shards", arena_printf(f->a, "%zu", f->shards),
		  "--format", "slurm");
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	files_put(script, r.out.p);
	files_put(arena_printf(f->a, "%s/bad.json", f->repository), "{ \"nam\": \"bad\" }\n");
	ORACLE(f->a, "env", "-C", f->repository, "sh", script);
}

/* Ends a node on which a job of the second wave runs. */
static void fleet_break_node(struct slurm_fleet *f)
{
	for (int i = 0; i < 1200; i++) {
		for (size_t node = 0; node < SLURM_NODES; node++) {
			const char *name = arena_printf(f->a, "--nodelist=n%zu", node);

			if (!ORACLE(f->a, "squeue", "--noheader", "--states=R",
				    "--name=imgbuild-images", name)
				     .n)
				continue;
			slurm_kill_node(&f->slurm, node);
			slurm_start_node(&f->slurm, node);
			return;
		}
		usleep(100000);
	}
	cr_assert(false, "the second wave did not begin");
}

/* How often the jobs said this. */
static size_t fleet_said(struct slurm_fleet *f, const char *text)
{
	struct strings logs = files_below(f->a, f->repository, ".out");
	size_t n = 0;

	for (size_t i = 0; i < logs.n; i++) {
		for (const char *at = files_get(f->a, logs.v[i]); (at = strstr(at, text)); at++)
			n++;
	}
	return n;
}

Test(fleet_slurm, nodes_build_what_one_machine_builds, .timeout = 1800)
{
	AUTO_ARENA a = { 0 };
	struct slurm_fleet f;
	struct oracle_run r;

	fleet_open(&f, &a);
	fleet_submit(&f);
	fleet_break_node(&f);
	slurm_wait(&f.slurm, 1200);
	/* one bad recipe: one job fails, with the status of bad input */
	cr_expect_eq(slurm_ended(&f.slurm, "JobState=FAILED"), 1u);
	cr_expect_eq(slurm_ended(&f.slurm, "ExitCode=3:0"), 1u);
	cr_expect_eq(fleet_said(&f, "bad.json failed: "), 1u);
	/* the node that failed: its job was run again */
	cr_expect_geq(slurm_ended(&f.slurm, "JobState=COMPLETED") +
			      slurm_ended(&f.slurm, "JobState=FAILED"),
		      2 * f.shards);
	/* everything was compiled once */
	cr_expect_eq(fleet_said(&f, "compiling s"), (size_t)SOURCES);
	unsetenv("IMGBUILD_CACHE_FROM");
	unsetenv("IMGBUILD_CACHE_TO");
	r = FLEET(&f, f.alone, false, "build", "--cache-dir",
		  cache_world_path(&f.w, "store-alone"));
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	for (size_t i = 0; i < f.n; i++) {
		const char *below = arena_printf(&a, "out/r-%03zu/index.json", i);

		cr_expect_str_eq(files_get(&a, arena_printf(&a, "%s/%s", f.repository, below)),
				 files_get(&a, arena_printf(&a, "%s/%s", f.alone, below)));
	}
	fleet_close(&f);
}
