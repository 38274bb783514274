/* SPDX-License-Identifier: Apache-2.0 */
/* One store on one disk for a whole machine of workers, and a collection that never rests. */

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "transfer/store/store_gc.h"

#define WORKERS 20
#define BUILDS 3  /* of each worker, one after the other */
#define PIECES 12 /* that a build uses of each kind */
#define UNUSED 50 /* old pieces that nobody will use */
#define COMMON 30 /* pieces that all workers make and use */

/* A build in the eyes of the store. */
struct crowd_build {
	struct depot depot;
	struct LIST(struct digest) used;
};

/* What it has used once is there until it ends. */
static bool crowd_still_has(struct crowd_build *b, struct error *e)
{
	list_each(d, &b->used) {
		AUTO_FD fd = -1;
		int got = store_open_blob(&b->depot.store, d, UINT64_MAX, &fd, e);

		if (got == 0)
			return err_set(e, ERR_SYSTEM, "%s went while it was in use",
				       digest_hex_dup(&b->depot.a, d));
		if (got < 0)
			return false;
	}
	return true;
}

/* A piece that every worker makes if nobody has. */
static bool crowd_use_common(struct crowd_build *b, unsigned i, struct error *e)
{
	struct str bytes = depot_noise(&b->depot.a, 3000 + 500 * i, i);
	struct digest digest = digest_of(bytes);
	AUTO_FD fd = -1;
	int got = store_open_blob(&b->depot.store, &digest, bytes.n, &fd, e);

	if (got < 0 || (got == 0 && !store_put_bytes(&b->depot.store, bytes, &digest, e)))
		return false;
	*list_push(&b->depot.a, &b->used) = digest;
	return store_put_action(&b->depot.store, &digest, bytes, e);
}

/* A piece that nobody has used for long: the collection may have been faster. */
static bool crowd_use_old(struct crowd_build *b, const char *text, struct error *e)
{
	struct digest digest = digest_of(str_of(text));
	AUTO_FD fd = -1;
	int got;

	depot_put_aged(&b->depot, text, 100);
	got = store_open_blob(&b->depot.store, &digest, UINT64_MAX, &fd, e);
	if (got > 0)
		*list_push(&b->depot.a, &b->used) = digest;
	return got >= 0;
}

static bool crowd_build_once(const char *path, unsigned worker, unsigned build, struct error *e)
{
	struct crowd_build b = { .depot = { .path = path, .store = STORE_INIT } };
	bool ok = store_open(&b.depot.a, path, &b.depot.store, e);

	for (unsigned i = 0; ok && i < PIECES; i++)
		ok = crowd_use_common(&b, (worker * 7 + build * 5 + i) % COMMON, e) &&
		     crowd_use_old(&b, arena_printf(&b.depot.a, "%u of %u by %u", i, build, worker),
				   e) &&
		     (i % 4 || crowd_still_has(&b, e));
	ok = ok && crowd_still_has(&b, e);
	store_close(&b.depot.store);
	arena_free(&b.depot.a);
	return ok;
}

static pid_t crowd_start_worker(const char *path, unsigned worker)
{
	pid_t pid = fork();
	struct error e = { 0 };
	bool ok = true;

	cr_assert(pid >= 0);
	if (pid)
		return pid;
	depot_die_with_test();
	for (unsigned i = 0; ok && i < BUILDS; i++)
		ok = crowd_build_once(path, worker, i, &e);
	if (!ok)
		fprintf(stderr, "worker %u: %s%s\n", worker, e.context, e.cause);
	_exit(ok ? 0 : 1);
}

/* Collects until it is killed; adds to *removed. */
static pid_t crowd_start_collection(const char *path, volatile size_t *removed)
{
	struct store_gc_rules rules = { .keep_s = 0, .max_bytes = 0 };
	pid_t pid = fork();

	cr_assert(pid >= 0);
	if (pid)
		return pid;
	depot_die_with_test();
	for (;;) {
		AUTO_ARENA a = { 0 };
		AUTO_STORE s = STORE_INIT;
		struct store_gc_result result;
		struct error e = { 0 };

		if (!store_open(&a, path, &s, &e) ||
		    !store_gc(&s, &rules, time(NULL), &result, &e)) {
			fprintf(stderr, "collection: %s%s\n", e.context, e.cause);
			_exit(1);
		}
		*removed += result.all.removed;
	}
}

Test(store, F14_F15_twenty_workers_and_a_collection_share_a_store, .timeout = 180)
{
	volatile size_t *removed = mmap(NULL, sizeof(*removed), PROT_READ | PROT_WRITE,
					MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct store_check check;
	struct error e = { 0 };
	pid_t collection, workers[WORKERS];
	struct strings names;
	struct depot d;
	int status;

	cr_assert(removed != MAP_FAILED);
	depot_open(&d);
	for (unsigned i = 0; i < UNUSED; i++)
		depot_put_aged(&d, arena_printf(&d.a, "unused %u", i), 100);
	collection = crowd_start_collection(d.path, removed);
	for (unsigned i = 0; i < WORKERS; i++)
		workers[i] = crowd_start_worker(d.path, i);
	for (unsigned i = 0; i < WORKERS; i++) {
		cr_assert_eq(waitpid(workers[i], &status, 0), workers[i]);
		cr_expect_eq(status, 0, "worker %u", i);
	}
	cr_assert_eq(waitpid(collection, &status, WNOHANG), 0, "the collection failed");
	kill(collection, SIGKILL);
	waitpid(collection, NULL, 0);
	cr_expect_geq(*removed, (size_t)UNUSED, "the collection removed %zu", *removed);
	/* a collection that was killed leaves nothing that a look at the store does not mend */
	cr_assert(store_verify(&d.store, &check, &e), "%s", e.cause);
	cr_expect(check.damaged == 0 && check.checked > 0, "%zu of %zu", check.damaged,
		  check.checked);
	names = depot_blobs(&d);
	for (size_t i = 0; i < names.n; i++)
		cr_expect(strncmp(names.v[i], ".tmp-", 5) != 0, "%s is left", names.v[i]);
	depot_close(&d);
}
