/* SPDX-License-Identifier: Apache-2.0 */
/* Twenty builds at a time in one store, some of which compile the same, while collections that keep
 * nothing run beside them, one after another. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "support/fixture_cache_world.h"
#include "support/fixture_files.h"
#include "support/fixture_patience.h"

#define WORKERS 20
#define ROUNDS 3
#define COMPILE_EACH 4 /* of so many workers one compiles */
#define APP "/debian/pool/main/app_1.0-1_amd64.deb"

#define WORKER_RECIPE                                                                  \
	"{ \"name\": \"worker-%u\", \"archive\": \"mini\",\n"                          \
	"  \"components\": [ { \"name\": \"main\", \"providers\": [ { %s } ] } ],\n"   \
	"  \"config\": { \"user\": \"1000:0\", \"env\": { \"PATH\": \"/usr/bin\" },\n" \
	"    \"labels\": { \"number\": \"%u\" } },\n"                                  \
	"  \"audit\": { \"policy\": \"report-only\" } }\n"

struct shared_store {
	struct arena a;
	struct cache_world w;
	const char *recipes[WORKERS], *images[WORKERS]; /* digests of all files */
	const char *stop; /* when this file is there, no further collection begins */
	pid_t collections;
};

static const char *shared_out(struct shared_store *s, unsigned i)
{
	return cache_world_path(&s->w, arena_printf(&s->a, "out/worker-%u", i));
}

static pid_t shared_start(struct shared_store *s, const char *log, const char *const *argv)
{
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0) {
		int fd = open(cache_world_path(&s->w, log),
			      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(fd, 1);
		dup2(fd, 2);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	return pid;
}

/* Each recipe is locked, and built in a store of its own for the image that it gives. */
static void shared_store_open(struct shared_store *s)
{
	static const struct minirepo_package app = { "app", "1.0-1", NULL, false, NULL, NULL };

	*s = (struct shared_store){ 0 };
	cache_world_open_with(&s->w, &s->a, &app, 1);
	s->stop = cache_world_path(&s->w, "stop");
	for (unsigned i = 0; i < WORKERS; i++) {
		const char *provider = i % COMPILE_EACH ? "\"packages\": [\"app\"]"
							: "\"source\": \"sources/thing.json\"";
		struct oracle_run r;

		s->recipes[i] = cache_world_path(&s->w,
						 arena_printf(&s->a, "repository/worker-%u.json",
							      i));
		files_put(s->recipes[i], arena_printf(&s->a, WORKER_RECIPE, i, provider, i));
		r = MINIREPO_RUN(&s->w.m, s->recipes[i], "-o", shared_out(s, i), "--cache-dir",
				 cache_world_path(&s->w, "alone"));
		cr_assert_eq(r.status, 0, "%s", r.err.p);
		s->images[i] = minirepo_digest(&s->a, shared_out(s, i));
	}
	minirepo_serve(&s->w.m);
}

/* Collects until it is told to stop, and ends with the first status that is not 0. */
static void shared_start_collections(struct shared_store *s)
{
	static const char *const gc[] = { "./imgbuild", "gc", "--keep=0s", "--max-size=0", NULL };

	s->collections = fork();
	cr_assert_geq(s->collections, 0);
	if (s->collections)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int status = 0; access(s->stop, F_OK) != 0;) {
		pid_t pid = shared_start(s, "gc.log", gc);

		if (waitpid(pid, &status, 0) != pid || status != 0)
			_exit(1);
	}
	_exit(0);
}

static size_t shared_collections(struct shared_store *s)
{
	const char *log = cache_world_path(&s->w, "gc.log");
	struct str text = str_of(access(log, F_OK) == 0 ? files_get(&s->a, log) : ""), line;
	size_t n = 0;

	while (str_next(&text, '\n', &line))
		n += line.n > 0;
	return n;
}

/* Until one that began after this call has ended. */
static void shared_await_collection(struct shared_store *s)
{
	size_t before = shared_collections(s);
	struct test_patience p = PATIENCE;

	while (shared_collections(s) < before + 2 && patience_left(&p))
		;
	cr_assert_geq(shared_collections(s), before + 2, "no collection ends");
}

static void shared_play(struct shared_store *s, unsigned round)
{
	pid_t workers[WORKERS];
	int status;

	for (unsigned i = 0; i < WORKERS; i++) {
		files_remove(shared_out(s, i));
		workers[i] = shared_start(s, arena_printf(&s->a, "worker-%u.log", i),
					  (const char *const[]){ "./imgbuild", "--progress=plain",
								 "--locked", s->recipes[i], "-o",
								 shared_out(s, i), NULL });
	}
	for (unsigned i = 0; i < WORKERS; i++) {
		const char *log = cache_world_path(&s->w, arena_printf(&s->a, "worker-%u.log", i));

		cr_assert_eq(waitpid(workers[i], &status, 0), workers[i]);
		cr_expect_eq(status, 0, "round %u, worker %u: %s", round, i, files_get(&s->a, log));
		cr_expect_str_eq(minirepo_digest(&s->a, shared_out(s, i)), s->images[i],
				 "round %u, worker %u", round, i);
	}
	shared_await_collection(s);
}

Test(shared_store, twenty_builds_and_collections_share_it, .timeout = 900)
{
	struct shared_store s;
	struct oracle_run r;
	int status;

	shared_store_open(&s);
	shared_start_collections(&s);
	for (unsigned round = 0; round < ROUNDS; round++)
		shared_play(&s, round);
	files_put(s.stop, "");
	cr_assert_eq(waitpid(s.collections, &status, 0), s.collections);
	cr_expect_eq(status, 0, "%s", files_get(&s.a, cache_world_path(&s.w, "gc.log")));
	/* they did take away what the builds then had to get again */
	cr_expect_geq(faultd_hits(&s.w.m.archive.server, APP), ROUNDS);
	r = MINIREPO_RUN(&s.w.m, "store", "verify");
	cr_expect_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	cr_expect_eq(minirepo_temporaries(&s.a, s.w.m.store), 0u);
	cache_world_close(&s.w);
	arena_free(&s.a);
}
