/* SPDX-License-Identifier: Apache-2.0 */
/* The store among others: several processes, killed ones, full and read-only disks, collections. */

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "transfer/store/store_gc.h"
#include "transfer/store/store_root.h"
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

struct counted {
	struct progress base;
	unsigned n;
};

static void count_warning(struct progress *p, const char *text)
{
	(void)text;
	((struct counted *)p)->n++;
}

/* So that a test that fails leaves nobody behind. */
static void die_with_parent(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* Puts other things in a blob's place, over and over, until it is killed. */
static void swap_forever(const char *path, const char *other, const char *good)
{
	die_with_parent();
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
	struct counted w = { .base = { .warn = count_warning } };
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

static const char *put_aged(struct depot *d, const char *text, unsigned days)
{
	struct error e = { 0 };
	struct digest digest;
	struct timespec t[2];
	const char *path;

	cr_assert(store_put_bytes(&d->store, str_of(text), &digest, &e));
	path = depot_blob_path(d, &digest);
	t[0] = t[1] = (struct timespec){ .tv_sec = time(NULL) - (time_t)days * 24 * 60 * 60 };
	cr_assert_eq(utimensat(AT_FDCWD, path, t, 0), 0);
	return path;
}

Test(store, a_collection_removes_the_old_then_the_oldest_until_the_rest_fits)
{
	static const struct {
		const char *name;
		uint64_t keep_days, max_bytes;
		bool dry_run;
		const char *left; /* which of the blobs a, b, c, d (1, 10, 40, 90 days) stay */
	} cases[] = {
		{ "all are young", 100, 1000, false, "abcd" },
		{ "two are old", 30, 1000, false, "ab" },
		{ "dry run", 30, 1000, true, "abcd" },
		{ "too many bytes", 100, 25, false, "ab" },
		{ "exactly fits", 100, 30, false, "abc" },
		{ "nothing fits", 100, 9, false, "" },
	};
	static const unsigned days[] = { 1, 10, 40, 90 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct store_gc_rules rules = {
			cases[i].keep_days * 24 * 60 * 60,
			cases[i].max_bytes,
			cases[i].dry_run,
		};
		struct store_gc_result result;
		struct error e = { 0 };
		struct depot d;
		const char *paths[4];
		size_t stay = strlen(cases[i].left);

		depot_open(&d);
		for (size_t k = 0; k < 4; k++)
			paths[k] = put_aged(&d, arena_printf(&d.a, "ten bytes%c", (int)('a' + k)),
					    days[k]);
		cr_assert(store_gc(&d.store, &rules, time(NULL), &result, &e), "%s", e.cause);
		for (size_t k = 0; k < 4; k++)
			cr_expect_eq(access(paths[k], F_OK) == 0,
				     strchr(cases[i].left, (int)('a' + k)) != NULL, "%s: blob %zu",
				     cases[i].name, k);
		if (!cases[i].dry_run) {
			cr_expect_eq(result.kept, stay, "%s", cases[i].name);
			cr_expect_eq(result.kept_bytes, 10 * stay, "%s", cases[i].name);
			cr_expect_eq(result.removed, 4 - stay, "%s", cases[i].name);
		}
		depot_close(&d);
	}
}

Test(store, a_collection_takes_roots_logs_and_halves_too)
{
	struct store_gc_rules rules = { 60, UINT64_MAX, false };
	struct store_gc_result result;
	struct error e = { 0 };
	struct depot d;
	const char *root;

	depot_open(&d);
	root = arena_printf(&d.a, "%s/roots/abc", d.path);
	files_put(arena_printf(&d.a, "%s/usr/bin/cc", root), "compiler");
	cr_assert_eq(chmod(arena_printf(&d.a, "%s/usr", root), 0500), 0);
	files_put(arena_printf(&d.a, "%s/logs/squid.log", d.path), "log");
	files_put(arena_printf(&d.a, "%s/blobs/sha256/.tmp-half", d.path), "half");
	cr_assert(store_gc(&d.store, &rules, time(NULL), &result, &e), "%s", e.cause);
	cr_expect_eq(result.removed, 1, "the half alone is of no use");
	cr_assert(store_gc(&d.store, &rules, time(NULL) + 3600, &result, &e), "%s", e.cause);
	cr_expect_eq(result.removed, 2);
	cr_expect_eq(result.removed_bytes, 8 + 3);
	cr_expect_eq(access(root, F_OK), -1);
	depot_close(&d);
}

Test(store, F15_a_collection_works_around_running_builds)
{
	struct store_gc_rules rules = { 0, 0, false };
	struct store_gc_result result;
	struct error e = { 0 };
	struct depot d;
	AUTO_STORE build = STORE_INIT;
	AUTO_PUT put = STORE_PUT_INIT;
	struct digest used = digest_of(STR("used by the build"));
	const char *unused;
	AUTO_FD fd = -1;

	depot_open(&d);
	put_aged(&d, "used by the build", 100);
	unused = put_aged(&d, "not used", 100);
	cr_assert(store_open(&d.a, d.path, &build, &e));
	cr_assert_eq(store_open_blob(&build, &used, UINT64_MAX, &fd, &e), 1);
	fd_closep(&fd); /* having used it is enough */
	cr_assert(store_put_begin(&build, &put, "half a file", &e));
	cr_assert(put.sink.base.write(&put.sink.base, STR("half"), &e));
	cr_assert(store_gc(&d.store, &rules, time(NULL), &result, &e), "%s", e.cause);
	cr_expect_eq(access(unused, F_OK), -1);
	cr_expect_eq(result.removed, 1);
	cr_expect_eq(result.in_use, 2);
	cr_expect_eq(store_open_blob(&build, &used, UINT64_MAX, &fd, &e), 1);
	cr_expect(store_put_commit(&put, NULL, NULL, NULL, &e), "%s", e.cause);
	store_close(&build);
	fd_closep(&fd);
	cr_expect(store_gc(&d.store, &rules, time(NULL), &result, &e), "%s", e.cause);
	cr_expect_eq(depot_blobs(&d).n, 0);
	cr_expect(store_open(&d.a, d.path, &build, &e), "afterwards others get in");
	depot_close(&d);
}

/* Collects all the time, with rules that keep nothing. */
static void collect_forever(const char *path)
{
	struct store_gc_rules rules = { 0, 0, false };

	die_with_parent();
	for (;;) {
		AUTO_ARENA a = { 0 };
		AUTO_STORE s = STORE_INIT;
		struct store_gc_result result;
		struct error e = { 0 };

		if (!store_open(&a, path, &s, &e) || !store_gc(&s, &rules, time(NULL), &result, &e))
			_exit(1);
	}
}

/* Between a build's look and a collection's there is no moment for a file to go. */
Test(store, F15_what_was_opened_once_is_there_as_long_as_the_store_is_open, .timeout = 60)
{
	struct depot d;
	unsigned gone = 0;
	int status;
	pid_t pid;

	depot_open(&d);
	pid = fork();
	if (pid == 0)
		collect_forever(d.path);
	for (unsigned i = 0; i < 300; i++) {
		const char *text = arena_printf(&d.a, "%u", i);
		struct digest digest = digest_of(str_of(text));
		struct error e = { 0 };
		AUTO_FD first = -1, second = -1;
		const char *path = put_aged(&d, text, 100);

		/* as in an image layout: links are no sign of life */
		(void)!link(path, arena_printf(&d.a, "%s/link-%u", d.dir, i));
		if (store_open_blob(&d.store, &digest, UINT64_MAX, &first, &e) == 0) {
			gone++;
			continue;
		}
		fd_closep(&first);
		cr_assert_eq(store_open_blob(&d.store, &digest, UINT64_MAX, &second, &e), 1,
			     "blob %u went while it was in use", i);
	}
	cr_assert_eq(waitpid(pid, &status, WNOHANG), 0, "the collector failed");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	cr_expect(gone < 300, "the collector always won: nothing was tested");
	depot_close(&d);
}

/* Two builds make the same blob: the second one's file takes the name of the first one's. */
static void put_forever(const char *path)
{
	die_with_parent();
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

Test(store, F15_a_collection_gives_way_to_a_build_that_can_only_read)
{
	struct store_gc_rules rules = { 0, 0, false };
	struct store_gc_result result;
	struct error e = { 0 };
	struct depot d;
	AUTO_FD reader = -1;

	depot_open(&d);
	put_aged(&d, "used by the build", 100);
	reader = open(d.path, O_RDONLY | O_DIRECTORY);
	cr_assert_eq(flock(reader, LOCK_SH), 0); /* as store_open() does when it may not write */
	cr_expect(!store_gc(&d.store, &rules, time(NULL), &result, &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect(strstr(e.cause, "a build that may only read"), "%s", e.cause);
	cr_expect_eq(depot_blobs(&d).n, 1);
	fd_closep(&reader);
	e = (struct error){ 0 };
	cr_expect(store_gc(&d.store, &rules, time(NULL), &result, &e), "%s", e.cause);
	depot_close(&d);
}

Test(store, a_build_waits_for_the_end_of_a_collection, .timeout = 30)
{
	struct depot d;
	struct error e = { 0 };
	struct counted notes = { .base = { .note = count_warning } };
	int ready[2];
	char byte;
	pid_t pid;

	depot_open(&d);
	store_close(&d.store);
	cr_assert_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) { /* what a collection holds, for a while */
		int fd = open(arena_printf(&d.a, "%s/lock", d.path), O_RDONLY);

		if (flock(fd, LOCK_EX) == 0 && write(ready[1], "x", 1) == 1)
			nanosleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 300000000 }, NULL);
		_exit(0);
	}
	cr_assert_eq(read(ready[0], &byte, 1), 1);
	d.store.progress = &notes.base;
	cr_expect(store_open(&d.a, d.path, &d.store, &e), "%s", e.cause);
	cr_expect_eq(notes.n, 1, "and says so once");
	cr_assert_eq(waitpid(pid, NULL, 0), pid);
	depot_close(&d);
}

/* What a verification holds, for a while: a collection meanwhile would be told as damage. */
Test(store, F15_a_collection_waits_for_a_verification, .timeout = 30)
{
	struct store_gc_rules rules = { 0, 0, false };
	struct store_gc_result result;
	struct depot d;
	struct error e = { 0 };
	struct counted notes = { .base = { .note = count_warning } };
	int ready[2];
	char byte;
	pid_t pid;

	depot_open(&d);
	put_aged(&d, "old", 100);
	cr_assert_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		int fd = open(arena_printf(&d.a, "%s/blobs/sha256", d.path), O_RDONLY);

		if (flock(fd, LOCK_SH) == 0 && write(ready[1], "x", 1) == 1)
			nanosleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 300000000 }, NULL);
		_exit(depot_blobs(&d).n == 1 ? 0 : 1);
	}
	cr_assert_eq(read(ready[0], &byte, 1), 1);
	d.store.progress = &notes.base;
	cr_expect(store_gc(&d.store, &rules, time(NULL) + 60, &result, &e), "%s", e.cause);
	cr_expect_eq(result.removed, 1);
	cr_expect_eq(notes.n, 1, "and says so once");
	int status = -1;
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect_eq(status, 0, "it was removed too early");
	depot_close(&d);
}

Test(store, a_read_only_store_is_not_collected)
{
	struct store_gc_rules rules = { 0, 0, false };
	struct store_gc_result result;
	struct error e = { 0 };
	struct depot d;

	depot_open(&d);
	put_aged(&d, "stays", 100);
	d.store.readonly = true;
	cr_expect(!store_gc(&d.store, &rules, time(NULL), &result, &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect_eq(depot_blobs(&d).n, 1);
	depot_close(&d);
}

Test(store, verification_finds_and_removes_every_damaged_entry)
{
	struct store_check check;
	struct error e = { 0 };
	struct digest key = digest_of(STR("key"));
	struct depot d;

	depot_open(&d);
	put_aged(&d, "a good one", 1);
	cr_assert_eq(truncate(put_aged(&d, "a bad one", 1), 3), 0);
	cr_assert(store_put_action(&d.store, &key, STR("result"), &e));
	cr_assert(store_verify(&d.store, &check, &e), "%s", e.cause);
	cr_expect_eq(check.checked, 3);
	cr_expect_eq(check.damaged, 1);
	cr_assert(store_verify(&d.store, &check, &e), "%s", e.cause);
	cr_expect_eq(check.checked, 2);
	cr_expect_eq(check.damaged, 0);
	depot_close(&d);
}

/* A root with a program, a link and a folder, sealed. */
static const char *make_sealed_root(struct depot *d)
{
	const char *name = digest_hex_dup(&d->a, &(struct digest){ { 1 } });
	const char *root = arena_printf(&d->a, "%s/roots/%s", d->path, name);
	struct error e = { 0 };
	AUTO_FD fd = -1;

	files_put(arena_printf(&d->a, "%s/usr/bin/cc", root), "compiler");
	cr_assert_eq(symlink("cc", arena_printf(&d->a, "%s/usr/bin/gcc", root)), 0);
	fd = open(root, O_RDONLY | O_DIRECTORY);
	cr_assert(store_root_seal(&d->store, fd, name, &e), "%s", e.cause);
	return root;
}

static void change_bytes(const char *root)
{
	AUTO_ARENA a = { 0 };

	files_put(arena_printf(&a, "%s/usr/bin/cc", root), "comp1ler");
}

static void change_mode(const char *root)
{
	AUTO_ARENA a = { 0 };

	cr_assert_eq(chmod(arena_printf(&a, "%s/usr/bin/cc", root), 0755), 0);
}

static void change_link(const char *root)
{
	AUTO_ARENA a = { 0 };
	const char *link = arena_printf(&a, "%s/usr/bin/gcc", root);

	cr_assert(unlink(link) == 0 && symlink("/bin/cc", link) == 0);
}

static void add_name(const char *root)
{
	AUTO_ARENA a = { 0 };

	files_put(arena_printf(&a, "%s/usr/bin/as", root), "");
}

static void change_nothing(const char *root)
{
	(void)root;
}

Test(store, T36_verification_finds_roots_that_are_not_as_they_were_made)
{
	static const struct {
		void (*change)(const char *root);
		size_t damaged;
	} cases[] = {
		{ change_nothing, 0 }, { change_bytes, 1 }, { change_mode, 1 },
		{ change_link, 1 },    { add_name, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct store_check check;
		struct error e = { 0 };
		struct depot d;
		const char *root;

		depot_open(&d);
		root = make_sealed_root(&d);
		cases[i].change(root);
		cr_assert(store_verify(&d.store, &check, &e), "%s", e.cause);
		cr_expect_eq(check.checked, 2, "case %zu", i);
		cr_expect_eq(check.damaged, cases[i].damaged, "case %zu", i);
		cr_expect_eq(access(root, F_OK) == 0, cases[i].damaged == 0, "case %zu", i);
		depot_close(&d);
	}
}
