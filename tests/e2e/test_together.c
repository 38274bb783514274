/* SPDX-License-Identifier: Apache-2.0 */
/* Two builds at once in one store, one of them killed at a moment drawn with a fixed seed,
 * sometimes with a collection that keeps nothing beside them (F14, F15 of the fault plan).
 * IMGBUILD_ROUNDS says how often. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"

#define ROUNDS 10
#define SEED 14

struct build_pair {
	struct arena a;
	struct minirepo m;
	const char *other; /* a second recipe: libapp1 alone */
	const char *image, *other_image;
	long long whole_ns; /* what a build took when it was alone */
	unsigned killed;
};

static void pair_start(const struct build_pair *p, const char *const *argv, pid_t *pid)
{
	const char *log = arena_printf(p->m.a, "%s/log", p->m.dir);

	*pid = fork();
	cr_assert_geq(*pid, 0);
	if (*pid)
		return;
	int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	dup2(fd, 1);
	dup2(fd, 2);
	execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static pid_t start_build(const struct build_pair *p, const char *recipe, const char *out)
{
	pid_t pid;

	pair_start(p,
		   (const char *const[]){ minirepo_program, "--progress=plain", recipe, "-o", out,
					  NULL },
		   &pid);
	return pid;
}

static void must_build(struct build_pair *p, const char *recipe, const char *out, const char *image,
		       unsigned round)
{
	struct oracle_run r = MINIREPO_RUN(&p->m, recipe, "-o", out);

	cr_expect_eq(r.status, 0, "round %u: %s", round, r.err.p);
	cr_expect_str_eq(minirepo_digest(&p->a, out), image, "round %u: another image", round);
}

static void pair_open(struct build_pair *p)
{
	struct timespec before, after;

	*p = (struct build_pair){ 0 };
	minirepo_open(&p->m, &p->a);
	p->other = arena_printf(&p->a, "%s/repository/other.json", p->m.dir);
	files_put(p->other,
		  "{ \"name\": \"other\", \"archive\": \"mini\",\n"
		  "  \"components\": [ { \"name\": \"lib\", \"providers\": [ { \"packages\":"
		  " [\"libapp1\"] } ] } ],\n"
		  "  \"audit\": { \"policy\": \"report-only\" } }\n");
	clock_gettime(CLOCK_MONOTONIC, &before);
	cr_assert_eq(minirepo_build(&p->m).status, 0);
	clock_gettime(CLOCK_MONOTONIC, &after);
	p->whole_ns = (after.tv_sec - before.tv_sec) * 1000000000ll + after.tv_nsec -
		      before.tv_nsec;
	p->image = minirepo_digest(&p->a, p->m.out);
	cr_assert_eq(MINIREPO_RUN(&p->m, p->other, "-o", p->m.out).status, 0);
	p->other_image = minirepo_digest(&p->a, p->m.out);
}

static void expect_store_is_sound(struct build_pair *p, unsigned round)
{
	struct oracle_run r = MINIREPO_RUN(&p->m, "store", "verify");

	cr_expect_eq(r.status, 0, "round %u: %s%s", round, r.out.p, r.err.p);
}

/* One build is killed, the other one must not notice. */
static void pair_play(struct build_pair *p, unsigned round, unsigned *seed)
{
	const char *one = arena_printf(&p->a, "%s/out/one", p->m.dir);
	const char *two = round % 3 == 2 ? one : arena_printf(&p->a, "%s/out/two", p->m.dir);
	bool differ = round % 2 && round % 3 != 2;
	const char *recipe = differ ? p->other : p->m.recipe;
	const char *image = differ ? p->other_image : p->image;
	pid_t dies, stays, collects = 0;
	long long moment;
	int status;

	if (round % 4 != 3)
		minirepo_clear(&p->m);
	minirepo_serve(&p->m);
	dies = start_build(p, p->m.recipe, one);
	stays = start_build(p, recipe, two);
	if (round % 5 == 4)
		pair_start(p,
			   (const char *const[]){ minirepo_program, "gc", "--keep=0s",
						  "--max-size=0", NULL },
			   &collects);
	moment = rand_r(seed) % 100 * p->whole_ns / 100;
	nanosleep(&(struct timespec){ moment / 1000000000, moment % 1000000000 }, NULL);
	kill(dies, SIGKILL);
	cr_assert_eq(waitpid(dies, &status, 0), dies);
	p->killed += WIFSIGNALED(status);
	if (!WIFSIGNALED(status) && round % 4 != 3) /* it is faster than it was then */
		p->whole_ns = p->whole_ns * 2 / 3;
	if (collects)
		cr_assert(waitpid(collects, &status, 0) == collects && status == 0, "gc: %d",
			  status);
	cr_assert_eq(waitpid(stays, &status, 0), stays);
	cr_expect_eq(status, 0, "round %u: the other build: status %d: %s", round, status,
		     files_get(&p->a, arena_printf(&p->a, "%s/log", p->m.dir)));
	cr_expect_str_eq(minirepo_digest(&p->a, two), image, "round %u: the other build", round);
	if (access(one, F_OK) == 0)
		cr_expect_str_eq(minirepo_digest(&p->a, one), p->image, "round %u: half an image",
				 round);
	expect_store_is_sound(p, round);
	must_build(p, p->m.recipe, one, p->image, round);
}

Test(together, F14_two_builds_in_one_store_one_of_them_killed, .timeout = 3600)
{
	const char *count = getenv("IMGBUILD_ROUNDS");
	unsigned rounds = count ? (unsigned)atoi(count) : ROUNDS, seed = SEED;
	struct build_pair p;

	pair_open(&p);
	for (unsigned round = 0; round < rounds; round++)
		pair_play(&p, round, &seed);
	cr_log_info("%u rounds, %u builds killed before their end", rounds, p.killed);
	cr_expect_gt(p.killed, rounds / 5, "most builds ended before they could be killed");
	minirepo_close(&p.m);
	arena_free(&p.a);
}
