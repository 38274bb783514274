/* SPDX-License-Identifier: Apache-2.0 */
/* A lock of a recipe and its base, made anew: with an empty store, and with a store that has the
 * indexes; beside apt-get update and apt-get --simulate install of the packages that they ask for,
 * from the same archive on 127.0.0.1, with empty folders and again. lock [ROUNDS [NAME]], in the
 * root of the repository; the recipe is recipes/services/NAME.json. The memory is the lock's at its
 * peak, pages of mapped files in it. */

#include <stdio.h>
#include <stdlib.h>

#include "support/fixture_bench_apt.h"
#include "support/fixture_bench_archive.h"
#include "support/fixture_bench_packages.h"
#include "support/fixture_bench_repository.h"
#include "support/fixture_bench_rounds.h"
#include "support/fixture_files.h"

#define NAME "postgresql-17"
#define MIB_MAX 64

struct lock_bench {
	struct arena a;
	const char *dir; /* a copy of what of the repository locks are made from, and a store */
	const char *program, *recipe, *locks[2];
	struct bench_archive archive;
	struct bench_apt apt;
	struct strings names; /* packages that both recipes ask for */
};

enum { LOCK_NOTHING, LOCK_FRESH, APT_NOTHING, APT_FRESH, WAYS };

static const char *lock_path(struct lock_bench *b, const char *name)
{
	return arena_printf(&b->a, "%s/%s", b->dir, name);
}

static void lock_take(struct lock_bench *b, struct bench_rounds *r)
{
	const char *debian = bench_archive_url(&b->a, b->archive.port, "debian");
	const char *security = bench_archive_url(&b->a, b->archive.port, "debian-security");
	struct bench_usage u = { 0 };
	const char *const argv[] = {
		b->program,	    "lock",
		"--progress=quiet", "--platform=linux/amd64",
		"--mirror",	    debian,
		"--mirror",	    arena_printf(&b->a, "debian-security=%s", security),
		"--cache-dir",	    lock_path(b, "store"),
		b->recipe,	    NULL
	};

	for (size_t i = 0; i < ARRAY_SIZE(b->locks); i++)
		remove(lock_path(b, b->locks[i]));
	bench_run(b->dir, argv, &u);
	rounds_add(r, &u);
}

static void lock_apt(struct lock_bench *b, struct bench_rounds *r)
{
	static const char *const update[] = { "update", NULL }, *const simulate[] = { "--simulate",
										      "install",
										      NULL };
	struct bench_usage u = { 0 };

	bench_apt_run(&b->apt, "", update, NULL, &u);
	bench_apt_run(&b->apt, "", simulate, &b->names, &u);
	rounds_add(r, &u);
}

static void lock_round(struct lock_bench *b, struct bench_rounds r[static WAYS])
{
	files_remove(lock_path(b, "store"));
	bench_apt_forget(&b->apt);
	lock_take(b, &r[LOCK_NOTHING]);
	lock_take(b, &r[LOCK_FRESH]);
	lock_apt(b, &r[APT_NOTHING]);
	lock_apt(b, &r[APT_FRESH]);
}

static void lock_open(struct lock_bench *b, const char *name)
{
	struct bench_rounds unmeasured = { 0 };

	b->dir = files_temporary(&b->a);
	b->program = realpath("imgbuild", NULL);
	if (!b->program)
		bench_die("./imgbuild");
	b->recipe = arena_printf(&b->a, "recipes/services/%s.json", name);
	b->locks[0] = arena_printf(&b->a, "recipes/services/%s.lock.json", name);
	b->locks[1] = "recipes/cc-debian13.lock.json";
	bench_repository_copy(&b->a, b->dir);
	bench_apt_open(&b->apt, lock_path(b, "apt"), b->archive.port);
	lock_take(b, &unmeasured); /* so that the archive has the indexes */
	for (size_t i = 0; i < ARRAY_SIZE(b->locks); i++)
		bench_packages_asked_for(&b->a, lock_path(b, b->locks[i]), NULL, &b->names);
	lock_apt(b, &unmeasured);
}

static void lock_report(const struct lock_bench *b, struct bench_rounds r[static WAYS])
{
	static const struct bench_row rows[] = {
		{ .what = "lock, from nothing", .peer_name = "apt", .goal = 0.3 },
		{ .what = "lock, fresh index", .peer_name = "apt", .goal = 0.02 },
	};

	printf("%zu packages asked for; apt with fresh lists: %.3f s\n", b->names.n,
	       rounds_median(&r[APT_FRESH]).wall);
	bench_row_head();
	rounds_row(rows[0], &r[LOCK_NOTHING], &r[APT_NOTHING], NULL);
	rounds_row(rows[1], &r[LOCK_FRESH], &r[APT_NOTHING], NULL);
	rounds_report_memory("memory of lock", &r[LOCK_NOTHING], MIB_MAX);
}

int main(int argc, char **argv)
{
	static struct lock_bench b;
	struct bench_rounds r[WAYS] = { 0 };
	size_t rounds = rounds_asked(argc > 1 ? argv[1] : "3");

	if (!bench_archive_open(&b.archive))
		return 0;
	lock_open(&b, argc > 2 ? argv[2] : NAME);
	for (size_t i = 0; i < rounds; i++)
		lock_round(&b, r);
	lock_report(&b, r);
	bench_apt_close(&b.apt);
	bench_archive_close(&b.archive);
	files_remove(b.dir);
	free((void *)(uintptr_t)b.program);
	arena_free(&b.a);
	return 0;
}
