/* SPDX-License-Identifier: Apache-2.0 */
/* Collections: what goes first, what stays, and builds and verifications beside them. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "transfer/store/store_gc.h"
#include "support/fixture_depot.h"
#include "support/fixture_files.h"

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
			.keep_s = cases[i].keep_days * 24 * 60 * 60,
			.max_bytes = cases[i].max_bytes,
			.dry_run = cases[i].dry_run,
		};
		struct store_gc_result result;
		struct error e = { 0 };
		struct depot d;
		const char *paths[4];
		size_t stay = strlen(cases[i].left);

		depot_open(&d);
		for (size_t k = 0; k < 4; k++)
			paths[k] = depot_put_aged(&d,
						  arena_printf(&d.a, "ten bytes%c", (int)('a' + k)),
						  days[k]);
		cr_assert(store_gc(&d.store, &rules, time(NULL), &result, &e), "%s", e.cause);
		for (size_t k = 0; k < 4; k++)
			cr_expect_eq(access(paths[k], F_OK) == 0,
				     strchr(cases[i].left, (int)('a' + k)) != NULL, "%s: blob %zu",
				     cases[i].name, k);
		if (!cases[i].dry_run) {
			cr_expect_eq(result.all.kept, stay, "%s", cases[i].name);
			cr_expect_eq(result.all.kept_bytes, 10 * stay, "%s", cases[i].name);
			cr_expect_eq(result.all.removed, 4 - stay, "%s", cases[i].name);
		}
		depot_close(&d);
	}
}

Test(store, a_collection_takes_roots_logs_and_halves_too)
{
	struct store_gc_rules rules = { .keep_s = 60, .max_bytes = UINT64_MAX };
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
	cr_expect_eq(result.all.removed, 1, "the half alone is of no use");
	cr_assert(store_gc(&d.store, &rules, time(NULL) + 3600, &result, &e), "%s", e.cause);
	cr_expect_eq(result.all.removed, 2);
	cr_expect_eq(result.all.removed_bytes, 8 + 3);
	cr_expect_eq(access(root, F_OK), -1);
	depot_close(&d);
}

Test(store, a_collection_for_ci_takes_young_roots_and_logs_alone)
{
	struct store_gc_rules rules = {
		.keep_s = 3600, .max_bytes = UINT64_MAX, .dry_run = true, .for_ci = true
	};
	struct store_gc_result result;
	struct error e = { 0 };
	struct depot d;
	const char *root, *log, *blob;

	depot_open(&d);
	root = arena_printf(&d.a, "%s/roots/abc", d.path);
	log = arena_printf(&d.a, "%s/logs/squid.log", d.path);
	files_put(arena_printf(&d.a, "%s/usr/bin/cc", root), "compiler");
	files_put(log, "log");
	blob = depot_put_aged(&d, "ten bytes.", 0);
	cr_assert(store_gc(&d.store, &rules, time(NULL), &result, &e), "%s", e.cause);
	cr_expect_eq(result.all.removed, 2);
	cr_expect_eq(access(root, F_OK), 0, "only said");
	rules.dry_run = false;
	cr_assert(store_gc(&d.store, &rules, time(NULL), &result, &e), "%s", e.cause);
	cr_expect_eq(result.all.removed, 2);
	cr_expect_eq(result.all.removed_bytes, 8 + 3);
	cr_expect_eq(result.all.kept, 1);
	cr_expect_eq(access(root, F_OK), -1);
	cr_expect_eq(access(log, F_OK), -1);
	cr_expect_eq(access(blob, F_OK), 0);
	depot_close(&d);
}

Test(store, F15_a_collection_works_around_running_builds)
{
	struct store_gc_rules rules = { .keep_s = 0, .max_bytes = 0 };
	struct store_gc_result result;
	struct error e = { 0 };
	struct depot d;
	AUTO_STORE build = STORE_INIT;
	AUTO_PUT put = STORE_PUT_INIT;
	struct digest used = digest_of(STR("used by the build"));
	const char *unused;
	AUTO_FD fd = -1;

	depot_open(&d);
	depot_put_aged(&d, "used by the build", 100);
	unused = depot_put_aged(&d, "not used", 100);
	cr_assert(store_open(&d.a, d.path, &build, &e));
	cr_assert_eq(store_open_blob(&build, &used, UINT64_MAX, &fd, &e), 1);
	fd_closep(&fd); /* having used it is enough */
	cr_assert(store_put_begin(&build, &put, "half a file", &e));
	cr_assert(put.sink.base.write(&put.sink.base, STR("half"), &e));
	cr_assert(store_gc(&d.store, &rules, time(NULL), &result, &e), "%s", e.cause);
	cr_expect_eq(access(unused, F_OK), -1);
	cr_expect_eq(result.all.removed, 1);
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
	struct store_gc_rules rules = { .keep_s = 0, .max_bytes = 0 };

	depot_die_with_test();
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
		const char *path = depot_put_aged(&d, text, 100);

		/* as in an image layout: links are not a sign of life */
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

Test(store, F15_a_collection_gives_way_to_a_build_that_can_only_read)
{
	struct store_gc_rules rules = { .keep_s = 0, .max_bytes = 0 };
	struct store_gc_result result;
	struct error e = { 0 };
	struct depot d;
	AUTO_FD reader = -1;

	depot_open(&d);
	depot_put_aged(&d, "used by the build", 100);
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
	struct depot_notes notes = { .base = { .note = depot_count_note } };
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
	struct store_gc_rules rules = { .keep_s = 0, .max_bytes = 0 };
	struct store_gc_result result;
	struct depot d;
	struct error e = { 0 };
	struct depot_notes notes = { .base = { .note = depot_count_note } };
	int ready[2];
	char byte;
	pid_t pid;

	depot_open(&d);
	setenv("TMPDIR", d.path, 1); /* what others left in theirs is a warning of its own */
	depot_put_aged(&d, "old", 100);
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
	cr_expect_eq(result.all.removed, 1);
	cr_expect_eq(notes.n, 1, "and says so once");
	int status = -1;
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect_eq(status, 0, "it was removed too early");
	depot_close(&d);
}

Test(store, a_read_only_store_is_not_collected)
{
	struct store_gc_rules rules = { .keep_s = 0, .max_bytes = 0 };
	struct store_gc_result result;
	struct error e = { 0 };
	struct depot d;

	depot_open(&d);
	depot_put_aged(&d, "stays", 100);
	d.store.readonly = true;
	cr_expect(!store_gc(&d.store, &rules, time(NULL), &result, &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect_eq(depot_blobs(&d).n, 1);
	depot_close(&d);
}
