/* SPDX-License-Identifier: Apache-2.0 */
#include "e2e/fixture_fleet.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "e2e/fixture_fleet_times.h"
#include "e2e/fixture_registry.h"
#include "e2e/fixture_run.h"
#include "e2e/fixture_slurm.h"
#include "support/fixture_cache_world.h"
#include "support/fixture_files.h"
#include "support/fixture_patience.h"

#define FLEET_COMPILE_EACH 4 /* of so many recipes one compiles */
#define FLEET_SHARERS 2	     /* recipes of one source */
#define FLEET_BAD 5
#define FLEET_SLOW 7
#define FLEET_IMAGES_JOB "images: job "
#define FLEET_SLOW_PATH "/debian/pool/main/slow_1.0-1_amd64.deb"

#define FLEET_RECIPE                                                                   \
	"{ \"name\": \"fleet-%03u\", \"archive\": \"mini\",\n"                         \
	"  \"components\": [ { \"name\": \"main\", %s\n"                               \
	"    \"providers\": [ { %s } ] } ],\n"                                         \
	"  \"config\": { \"user\": \"1000:0\", \"env\": { \"PATH\": \"/usr/bin\" },\n" \
	"    \"labels\": { \"number\": \"%u\" } },\n"                                  \
	"  \"audit\": { \"policy\": \"report-only\" } }\n"
#define FLEET_SOURCE                                                                    \
	"{ \"name\": \"thing-%u\", \"folder\": \"../code\", \"version\": \"1\",\n"      \
	"  \"toolchain\": \"../toolchain/t.json\",\n"                                   \
	"  \"steps\": [ { \"name\": \"make\", \"run\": [\"/usr/bin/tool\", \"args\",\n" \
	"    \"${destdir}/usr/bin/thing\", \"compiled %u\"] } ],\n"                     \
	"  \"keep\": [\"/usr/bin/thing\"] }\n"

struct fleet {
	struct arena a;
	struct cache_world w;
	struct registry registry;
	struct slurm slurm;
	const char *repository;
	unsigned n, sources, shards;
	struct fleet_times times;
};

static const char *fleet_file(struct fleet *f, const char *name)
{
	return arena_printf(&f->a, "%s/%s", f->repository, name);
}

static void fleet_write_recipe(struct fleet *f, unsigned i)
{
	const char *provider = "\"packages\": [\"app\"]", *keep = "";

	if (i % FLEET_COMPILE_EACH == 0)
		provider = arena_printf(&f->a, "\"source\": \"sources/thing-%u.json\"",
					i / FLEET_COMPILE_EACH / FLEET_SHARERS);
	else if (i == FLEET_BAD)
		keep = "\"keep\": [\"/usr/share/nothing/**\"],";
	else if (i == FLEET_SLOW)
		provider = "\"packages\": [\"slow\"]";
	files_put(fleet_file(f, arena_printf(&f->a, "fleet-%03u.json", i)),
		  arena_printf(&f->a, FLEET_RECIPE, i, keep, provider, i));
}

/* Adds the images to images.json. */
static void fleet_list_images(struct fleet *f)
{
	const char *path = fleet_file(f, "images.json"), *text = files_get(&f->a, path);
	struct buf out = { .a = &f->a };

	buf_printf(&out, "%.*s, \"images\": {", (int)(strrchr(text, '}') - text), text);
	for (unsigned i = 0; i < f->n; i++)
		buf_printf(&out, "%s\n  \"fleet-%03u\": { \"recipe\": \"fleet-%03u.json\" }",
			   i ? "," : "", i, i);
	buf_puts(&out, "\n} }\n");
	files_put(path, buf_cstr(&out));
}

/* From now on the first who asks for the package gets a part and no end, who comes after it all. */
static void fleet_make_slow(struct fleet *f)
{
	struct minirepo *m = &f->w.m;
	struct fault_reply whole = { 0 };

	list_each(r, &m->archive.script) {
		if (!r->path || strcmp(r->path, FLEET_SLOW_PATH) != 0)
			continue;
		whole = *r;
		r->cuts = true;
		r->cut = 20;
		r->end = FAULT_HANG;
	}
	cr_assert(whole.path);
	*list_push(&f->a, &m->archive.script) = whole;
	minirepo_serve(m);
}

static void fleet_open(struct fleet *f, unsigned recipes, unsigned shards)
{
	static const struct minirepo_package packages[] = {
		{ "app", "1.0-1", NULL, false, NULL, NULL },
		{ "slow", "1.0-1", NULL, false, NULL, NULL },
	};

	f->n = recipes;
	f->shards = shards;
	cache_world_open_with(&f->w, &f->a, packages, ARRAY_SIZE(packages));
	f->repository = cache_world_path(&f->w, "repository");
	for (unsigned i = 0; i < f->n; i++)
		fleet_write_recipe(f, i);
	f->sources = f->n / FLEET_COMPILE_EACH / FLEET_SHARERS;
	for (unsigned i = 0; i < f->sources; i++)
		files_put(fleet_file(f, arena_printf(&f->a, "sources/thing-%u.json", i)),
			  arena_printf(&f->a, FLEET_SOURCE, i, i));
	fleet_list_images(f);
}

static void fleet_close(struct fleet *f)
{
	cache_world_close(&f->w);
	arena_free(&f->a);
}

/* Words in a shell of a folder, as a user has it; imgbuild is in its PATH. */
static struct oracle_run fleet_shell(struct fleet *f, const char *folder, const char *line)
{
	char cwd[4096];

	cr_assert(getcwd(cwd, sizeof(cwd)));
	line = arena_printf(&f->a, "export PATH=%s:$PATH; %s", cwd, line);
	if (f->slurm.a)
		return SLURM_RUN(&f->slurm, folder, "sh", "-c", line);
	return oracle_run(&f->a,
			  (const char *const[]){ "env", "-C", folder, "sh", "-c", line, NULL });
}

/* Fifty at a time: the archive's server takes a limited number of requests. */
static void fleet_lock(struct fleet *f)
{
	for (unsigned from = 0; from < f->n; from += 50) {
		struct buf line = { .a = &f->a };
		struct oracle_run r;

		buf_puts(&line, "imgbuild lock");
		for (unsigned i = from; i < f->n && i < from + 50; i++)
			buf_printf(&line, " fleet-%03u.json", i);
		r = fleet_shell(f, f->repository, buf_cstr(&line));
		cr_assert_eq(r.status, 0, "%s", r.err.p);
		minirepo_serve(&f->w.m);
	}
}

/* Builds one image, and then all, in a copy of the repository. */
static const char *fleet_build_alone(struct fleet *f)
{
	const char *copy = cache_world_path(&f->w, "alone");
	struct oracle_run r;
	double from;

	ORACLE(&f->a, "cp", "--recursive", f->repository, copy);
	from = fleet_now();
	r = fleet_shell(f, copy, "IMGBUILD_CACHE_DIR=../one imgbuild --locked fleet-001.json");
	f->times.one = fleet_now() - from;
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	from = fleet_now();
	r = fleet_shell(f, copy, "imgbuild --locked --keep-going --timing images.json");
	f->times.all = fleet_now() - from;
	cr_assert_eq(r.status, 3, "%s", r.err.p);
	fleet_take_timing(&f->times, r.err.p);
	return copy;
}

/* A wave of jobs that do nothing: what it takes to hand one out. */
static void fleet_submit_idle(struct fleet *f)
{
	struct oracle_run r = fleet_shell(
		f, f->slurm.dir,
		arena_printf(&f->a,
			     "sbatch --wait --array=0-%u --output=/dev/null --job-name=" FLEET_IDLE
			     " --wrap=true",
			     f->shards - 1));

	cr_assert_eq(r.status, 0, "%s", r.err.p);
}

/* Hands the plan to the cluster as docs/how-to/fleet.md says; gives the array of the images. */
static const char *fleet_submit(struct fleet *f)
{
	const char *cache = arena_printf(&f->a, "type=registry,ref=%s/team/cache",
					 f->registry.host);
	struct oracle_run r;
	const char *at;

	setenv("IMGBUILD_CACHE_DIR", f->slurm.own, 1);
	setenv("IMGBUILD_CACHE_FROM", cache, 1);
	setenv("IMGBUILD_CACHE_TO", cache, 1);
	setenv("IMGBUILD_CACHE_KEY", f->w.pem, 1);
	r = fleet_shell(f, f->repository,
			arena_printf(&f->a,
				     "imgbuild plan images.json --shards %u --format slurm >plan.sh"
				     " && sh plan.sh",
				     f->shards));
	at = strstr(r.out.p, FLEET_IMAGES_JOB);
	cr_assert(r.status == 0 && at, "%s%s", r.out.p, r.err.p);
	at += strlen(FLEET_IMAGES_JOB);
	return arena_strndup(&f->a, at, strcspn(at, "\n"));
}

/* The job of an array that has the slow image in its part: its tasks are counted from 0. */
static const char *fleet_slow_job(struct fleet *f, const char *array)
{
	struct oracle_run r =
		fleet_shell(f, f->repository,
			    arena_printf(&f->a,
					 "imgbuild plan images.json --shards %u | sed -n "
					 "'s,^ *\\([0-9]*\\)/%u  fleet-%03u .*,\\1,p'",
					 f->shards, f->shards, FLEET_SLOW));
	unsigned long part = strtoul(r.out.p, NULL, 10);

	cr_assert(part >= 1 && part <= f->shards, "%s%s", r.out.p, r.err.p);
	return arena_printf(&f->a, "%s_%lu", array, part - 1);
}

/* Kills the node that downloads the slow package, which gives it some seconds; `job` is what it
 * runs. */
static void fleet_fail_node(struct fleet *f, const char *job)
{
	struct test_patience p = { .seconds = 60 + f->n };
	struct oracle_run r;

	while (faultd_hits(&f->w.m.archive.server, FLEET_SLOW_PATH) < 1 && patience_left(&p))
		;
	r = SLURM_RUN(&f->slurm, f->slurm.dir, "squeue", "--noheader", "--states", "running",
		      "--jobs", job, "--format", "%N");
	cr_assert(r.status == 0 && str_trim(r.out).n > 0, "job %s does not run: %s%s", job, r.out.p,
		  r.err.p);
	slurm_kill_node(&f->slurm, str_dup(&f->a, str_trim(r.out)));
	slurm_start_again(&f->slurm, job);
}

static const char *fleet_image_index(struct fleet *f, const char *folder, unsigned i)
{
	const char *path = arena_printf(&f->a, "%s/out/fleet-%03u/index.json", folder, i);

	return access(path, F_OK) == 0 ? files_get(&f->a, path) : "";
}

/* Every image but the bad one. */
static void fleet_compare_images(struct fleet *f, const char *alone)
{
	for (unsigned i = 0; i < f->n; i++) {
		const char *one = fleet_image_index(f, alone, i),
			   *many = fleet_image_index(f, f->repository, i);

		cr_expect_str_eq(many, one, "image %u", i);
		cr_expect((one[0] != '\0') == (i != FLEET_BAD), "image %u", i);
	}
}

/* The job `killed` was run twice, all others once; one ended with the status of bad input. */
static void fleet_judge_jobs(struct fleet *f, const char *killed)
{
	const struct str told =
		SLURM_RUN(&f->slurm, f->slurm.dir, "scontrol", "--oneliner", "show", "job").out;
	struct str all = told, line;
	size_t jobs = 0, failed = 0, again = 0;

	while (str_next(&all, '\n', &line)) {
		const char *text = str_dup(&f->a, line);

		jobs += strstr(text, " JobName=imgbuild-") != NULL;
		failed += strstr(text, "JobState=FAILED") && strstr(text, " ExitCode=3:0 ");
		again += strstr(text, "JobState=COMPLETED") && strstr(text, " Restarts=1 ");
	}
	cr_expect_eq(jobs, 2 * f->shards, "%zu jobs", jobs);
	cr_expect_eq(failed, 1, "%zu jobs failed", failed);
	cr_expect_eq(again, 1, "%zu jobs were run again", again);
	cr_expect_str_eq(slurm_field(&f->slurm, killed, "Restarts"), "1");
	fleet_take_waves(&f->a, &f->times, told);
}

/* By what the jobs said. */
static void fleet_count_compiles(struct fleet *f)
{
	struct strings logs = files_below(&f->a, f->repository, ".out");
	size_t compiles = 0;

	for (size_t i = 0; i < logs.n; i++) {
		struct str text = str_of(files_get(&f->a, logs.v[i])), line;

		while (str_next(&text, '\n', &line))
			compiles += memmem(line.p, line.n, "compiling ", 10) != NULL;
	}
	cr_expect_eq(compiles, f->sources, "%zu compiles of %u sources", compiles, f->sources);
}

void fleet_run_on_slurm(unsigned recipes, unsigned shards, bool judge_model)
{
	struct fleet f = { .n = 0 };
	const char *alone, *slow;
	bool quiet = false;

	if (judge_model)
		quiet = fleet_is_quiet();
	slurm_open(&f.slurm, &f.a);
	registry_open(&f.registry, &f.a, REGISTRY_OPEN);
	fleet_open(&f, recipes, shards);
	fleet_lock(&f);
	alone = fleet_build_alone(&f);
	fleet_make_slow(&f);
	if (judge_model)
		fleet_submit_idle(&f);
	slow = fleet_slow_job(&f, fleet_submit(&f));
	fleet_fail_node(&f, slow);
	slurm_await(&f.slurm, 300 + recipes);
	fleet_compare_images(&f, alone);
	fleet_judge_jobs(&f, slow);
	fleet_count_compiles(&f);
	if (judge_model && quiet && fleet_is_quiet())
		fleet_judge_model(&f.a, &f.times, f.n, f.sources, f.shards, SLURM_NODES);
	else if (judge_model)
		run_lacks("fleet-model", "the machine has other work");
	cr_expect_eq(registry_logged(&f.registry, "\"PUT /v2/team/cache/manifests/compiled-"),
		     f.sources);
	slurm_close(&f.slurm);
	registry_close(&f.registry);
	fleet_close(&f);
}

/* The jobs of a runner have one store. */
void fleet_run_on_gitlab(unsigned recipes, unsigned shards, const char *runner)
{
	struct fleet f = { .n = 0 };
	struct oracle_run r;
	const char *alone;

	fleet_open(&f, recipes, shards);
	fleet_lock(&f);
	alone = fleet_build_alone(&f);
	setenv("IMGBUILD_CACHE_DIR", cache_world_path(&f.w, "runner"), 1);
	r = fleet_shell(&f, f.repository,
			arena_printf(&f.a,
				     "imgbuild plan images.json --shards %u --format gitlab "
				     ">.gitlab-ci.yml && git init --quiet . && git add . && "
				     "git -c user.name=x -c user.email=x@example commit --quiet "
				     "--message=x && %s >jobs.out 2>&1",
				     shards, runner));
	/* one recipe is bad */
	cr_expect_eq(r.status, 1, "%s%s", r.err.p, files_get(&f.a, fleet_file(&f, "jobs.out")));
	cr_expect(strstr(files_get(&f.a, fleet_file(&f, "jobs.out")), "FAIL"));
	fleet_compare_images(&f, alone);
	fleet_count_compiles(&f);
	fleet_close(&f);
}
