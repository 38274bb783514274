/* SPDX-License-Identifier: Apache-2.0 */
/* The store among others: several processes, killed ones, full and read-only disks. */

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "support/fixture_sandbox.h"

#define BLOBS 12
#define ROUNDS 30

static struct str numbered_blob(struct arena *a, unsigned i)
{
	return depot_noise(a, 20000 + 1000 * i, i);
}

/* A process that fills the store; it ends with 0, or 1 and its message on standard error. */
static void fill_store(const char *path)
{
	AUTO_ARENA a = { 0 };
	AUTO_STORE s = STORE_INIT;
	struct error e = { 0 };
	struct digest d;
	bool ok = store_open(&a, path, &s, &e);

	for (unsigned i = 0; ok && i < BLOBS; i++)
		ok = store_put_bytes(&s, numbered_blob(&a, i), &d, &e) &&
		     store_put_action(&s, &d, numbered_blob(&a, i), &e);
	if (!ok)
		fprintf(stderr, "%s%s\n", e.context, e.cause);
	store_close(&s);
	arena_free(&a);
	_exit(!ok);
}

static void expect_all_right(struct depot *d, bool complete, unsigned round)
{
	struct strings names = depot_blobs(d);

	for (size_t i = 0; i < names.n; i++) {
		struct error e = { 0 };
		struct digest digest, found;
		AUTO_FD fd = -1;

		if (strncmp(names.v[i], ".tmp-", 5) == 0)
			continue;
		cr_assert(digest_parse(str_of(names.v[i]), &digest), "round %u: %s", round,
			  names.v[i]);
		fd = open(depot_blob_path(d, &digest), O_RDONLY);
		cr_expect(digest_fd(fd, "blob", &found, NULL, &e));
		cr_expect(digest_eq(&digest, &found), "round %u: a visible blob has its digest",
			  round);
	}
	for (unsigned i = 0; complete && i < BLOBS; i++) {
		struct str bytes = numbered_blob(&d->a, i);
		struct digest digest = digest_of(bytes);

		cr_expect(store_has_blob(&d->store, &digest, bytes.n), "round %u: blob %u", round,
			  i);
	}
}

static pid_t start_filling(const char *path)
{
	pid_t pid = fork();

	if (pid == 0)
		fill_store(path);
	cr_assert(pid > 0);
	return pid;
}

Test(store, F1_F14_two_builds_at_once_one_of_them_killed_lose_nothing, .timeout = 120)
{
	struct depot d;
	unsigned seed = 1;

	depot_open(&d);
	for (unsigned round = 0; round < ROUNDS; round++) {
		pid_t stays = start_filling(d.path), dies = start_filling(d.path);
		int status;

		nanosleep(&(struct timespec){ .tv_nsec = rand_r(&seed) % 20000000 }, NULL);
		kill(dies, SIGKILL);
		cr_assert_eq(waitpid(dies, &status, 0), dies);
		expect_all_right(&d, false, round);
		cr_assert_eq(waitpid(stays, &status, 0), stays);
		cr_expect_eq(status, 0, "round %u: the other one succeeds", round);
		expect_all_right(&d, true, round);
		if (round % 2) { /* every other round starts from an empty store */
			store_close(&d.store);
			files_remove(d.path);
			cr_assert(store_open(&d.a, d.path, &d.store, &(struct error){ 0 }));
		}
	}
	depot_close(&d);
}

#define SWAPS 2000000
#define ENOUGH 50

/* Puts other things in a blob's place, over and over, until it is killed. */
static void swap_forever(const char *path, const char *other, const char *good)
{
	depot_die_with_test();
	for (;;) {
		unlink(path);
		(void)!symlink(other, path);
		unlink(path);
		(void)!link(good, path);
		unlink(path);
		(void)!link(other, path);
	}
}

Test(store, T36_an_entry_swapped_all_the_time_never_gives_wrong_bytes, .timeout = 60)
{
	struct depot d;
	struct str bytes;
	struct digest digest;
	struct error e = { 0 };
	const char *path, *other, *good;
	unsigned right = 0;
	struct depot_notes w = { .base = { .warn = depot_count_note } };
	pid_t pid;

	depot_open(&d);
	bytes = numbered_blob(&d.a, 0);
	digest = digest_of(bytes);
	path = depot_blob_path(&d, &digest);
	other = arena_printf(&d.a, "%s/other", d.dir);
	good = arena_printf(&d.a, "%s/good", d.dir);
	cr_assert(file_write_path(good, 0444, bytes, &e));
	cr_assert(file_write_path(other, 0444, numbered_blob(&d.a, 1), &e));
	pid = fork();
	if (pid == 0)
		swap_forever(path, other, good);
	d.store.progress = &w.base;
	for (unsigned i = 0; i < SWAPS && (right < ENOUGH || w.n < ENOUGH); i++) {
		AUTO_FD fd = -1;
		struct digest found;
		int got;

		e = (struct error){ 0 };
		got = store_open_blob(&d.store, &digest, bytes.n, &fd, &e);
		if (got == 1) {
			right++;
			cr_assert(digest_fd(fd, "blob", &found, NULL, &e));
			cr_assert(digest_eq(&found, &digest), "try %u", i);
		}
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	/* how often each happens is the scheduler's affair */
	cr_expect(right > 0 && w.n > 0, "%u right, %u wrong", right, w.n);
	depot_close(&d);
}

/* Fills a store on a disk of so many KiB; whether it all went in. */
static bool fill_small_disk(struct depot *d, unsigned kib)
{
	const char *disk = arena_printf(&d->a, "%s/disk-%u", d->dir, kib);
	const char *path = arena_printf(&d->a, "%s/store", disk);
	struct depot on = { .dir = disk, .path = path, .store = STORE_INIT };
	struct error e = { 0 };
	struct digest digest;
	bool ok = true;

	cr_assert_eq(mkdir(disk, 0700), 0);
	sandbox_tmpfs(disk, kib);
	ok = store_open(&on.a, path, &on.store, &e);
	for (unsigned i = 0; ok && i < BLOBS; i++)
		ok = store_put_bytes(&on.store, numbered_blob(&on.a, i), &digest, &e);
	if (!ok) {
		cr_expect_eq(e.kind, ERR_SYSTEM, "%u KiB", kib);
		cr_expect(strstr(e.cause, strerror(ENOSPC)), "%u KiB: %s", kib, e.cause);
		cr_expect(strstr(e.context, path) || strstr(e.cause, path),
			  "%u KiB: %s%s: names the store", kib, e.context, e.cause);
	}
	if (on.store.blobs >= 0) {
		struct strings names = depot_blobs(&on);

		for (size_t i = 0; i < names.n; i++)
			cr_expect(strncmp(names.v[i], ".tmp-", 5) != 0, "%u KiB: %s is left", kib,
				  names.v[i]);
		expect_all_right(&on, ok, kib);
	}
	store_close(&on.store);
	arena_free(&on.a);
	sandbox_unmount(disk);
	return ok;
}

Test(store, F3_a_full_disk_leaves_whole_blobs_and_no_halves, .timeout = 60)
{
	struct depot d;
	bool fits = false;

	if (!sandbox_enter())
		cr_skip_test("no mount namespaces here");
	depot_open(&d);
	store_close(&d.store);
	for (unsigned kib = 4; kib <= 512; kib += kib < 64 ? 4 : 28)
		fits = fill_small_disk(&d, kib);
	cr_expect(fits, "at last there was room");
	depot_close(&d);
}

Test(store, F4_a_limit_on_file_sizes_is_an_error_of_the_system)
{
	struct depot d;
	struct error e = { 0 };
	struct digest digest;
	struct rlimit limit;

	depot_open(&d);
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = 10000;
	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	cr_expect(!store_put_bytes(&d.store, numbered_blob(&d.a, 0), &digest, &e));
	limit.rlim_cur = limit.rlim_max;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect(strstr(e.cause, strerror(EFBIG)), "%s", e.cause);
	cr_expect_eq(depot_blobs(&d).n, 0);
	depot_close(&d);
}

Test(store, F16_a_read_only_store_is_used_and_not_written)
{
	struct depot d;
	struct error e = { 0 };
	struct digest digest, damaged, key = digest_of(STR("key"));
	struct str text;
	AUTO_FD fd = -1;
	struct store_put put = STORE_PUT_INIT;

	if (!sandbox_enter())
		cr_skip_test("no mount namespaces here");
	depot_open(&d);
	cr_assert(store_put_bytes(&d.store, STR("good"), &digest, &e));
	cr_assert(store_put_bytes(&d.store, STR("bad!"), &damaged, &e));
	cr_assert(store_put_action(&d.store, &key, STR("result"), &e));
	cr_assert_eq(truncate(depot_blob_path(&d, &damaged), 2), 0);
	store_close(&d.store);
	sandbox_readonly(d.path);
	cr_assert(store_open(&d.a, d.path, &d.store, &e), "%s%s", e.context, e.cause);
	cr_expect(d.store.readonly);
	cr_expect_eq(store_open_blob(&d.store, &digest, 4, &fd, &e), 1);
	cr_expect_eq(store_get_action(&d.a, &d.store, &key, &text, &e), 1);
	fd_closep(&fd);
	cr_expect_eq(store_open_blob(&d.store, &damaged, 4, &fd, &e), 0);
	cr_expect_eq(e.kind, ERR_NONE);
	cr_expect(!store_put_begin(&d.store, &put, "a file", &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect(strstr(e.cause, "is read-only"), "%s", e.cause);
	store_close(&d.store);
	sandbox_unmount(d.path);
	depot_close(&d);
}

/* Two builds make the same blob: the second one's file takes the name of the first one's. */
static void put_forever(const char *path)
{
	depot_die_with_test();
	for (;;) {
		AUTO_ARENA a = { 0 };
		AUTO_STORE s = STORE_INIT;
		struct error e = { 0 };
		struct digest d;

		if (!store_open(&a, path, &s, &e))
			_exit(1);
		for (int i = 0; i < 1000; i++) {
			if (!store_put_bytes(&s, STR("made by both"), &d, &e))
				_exit(1);
		}
	}
}

Test(store, F14_an_entry_is_there_also_while_another_build_makes_it_again, .timeout = 60)
{
	struct depot d;
	struct digest digest;
	struct error e = { 0 };
	pid_t pid;

	depot_open(&d);
	cr_assert(store_put_bytes(&d.store, STR("made by both"), &digest, &e));
	pid = fork();
	if (pid == 0)
		put_forever(d.path);
	for (unsigned i = 0; i < 3000; i++) {
		AUTO_FD fd = -1;

		cr_assert_eq(store_open_blob(&d.store, &digest, 12, &fd, &e), 1, "try %u", i);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	depot_close(&d);
}

Test(store, F13_a_folder_in_the_place_of_a_blob_bars_nobody)
{
	struct depot d;
	struct digest digest = digest_of(STR("a blob"));
	struct error e = { 0 };
	AUTO_FD fd = -1;

	depot_open(&d);
	files_put(arena_printf(&d.a, "%s/x", depot_blob_path(&d, &digest)), "");
	cr_expect(!store_has_blob(&d.store, &digest, 6));
	cr_assert(store_put_bytes(&d.store, STR("a blob"), &digest, &e), "%s", e.cause);
	cr_expect_eq(store_open_blob(&d.store, &digest, 6, &fd, &e), 1);
	depot_close(&d);
}
