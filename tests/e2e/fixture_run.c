/* SPDX-License-Identifier: Apache-2.0 */
/* A variable names the folder to all tests. What is lacking is a file below it; a turn is a file
 * that is locked (flock(2)) as long as the process of the test lives. */

#include "e2e/fixture_run.h"

#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/spawn.h"
#include "support/fixture_files.h"

#define FOLDER "IMGBUILD_TEST_RUN"
#define LACKING "lacking"
#define LEFT "left"

/* Before and after all tests, in the process that starts them. */
ReportHook(PRE_ALL)(struct criterion_test_set *tests)
{
	char path[] = "/tmp/imgbuild-run-XXXXXX";

	(void)tests;
	if (!mkdtemp(path) || setenv(FOLDER, path, 1) != 0)
		abort();
}

static void run_tell_lacking(void)
{
	AUTO_ARENA a = { 0 };
	DIR *folder = opendir(arena_printf(&a, "%s/" LACKING, run_folder()));
	const struct dirent *x;

	while (folder && (x = readdir(folder))) {
		if (x->d_name[0] != '.')
			fprintf(stderr, "not run: %s\n", x->d_name);
	}
	if (folder)
		closedir(folder);
}

static const char *run_left_file(struct arena *a, const char *what)
{
	return arena_printf(a, "%s/" LEFT "/%s", run_folder(), what);
}

void run_leave(struct arena *a, const char *what, const char *const *words)
{
	struct buf lines = { .a = a };

	while (*words)
		buf_printf(&lines, "%s\n", *words++);
	files_put(run_left_file(a, what), buf_cstr(&lines));
}

bool run_is_left(struct arena *a, const char *what)
{
	return access(run_left_file(a, what), F_OK) == 0;
}

void run_take_away(struct arena *a, const char *what)
{
	unlink(run_left_file(a, what));
}

static void run_end_left(void)
{
	AUTO_FD null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	const struct spawn_fd fds[] = { { null, STDOUT_FILENO }, { null, STDERR_FILENO } };
	AUTO_ARENA a = { 0 };
	const char *folder = arena_printf(&a, "%s/" LEFT, run_folder());
	struct strings files = { 0 };

	if (access(folder, F_OK) == 0)
		files = files_below(&a, folder, "");
	list_each(file, &files) {
		struct str text = str_of(files_get(&a, *file)), line;
		struct strings words = { 0 };
		struct error e = { 0 };
		int status;
		pid_t pid;

		while (str_next(&text, '\n', &line))
			*list_push(&a, &words) = str_dup(&a, line);
		*list_push(&a, &words) = NULL;
		if (spawn_start(&(struct spawn){ .argv = words.v, .fds = fds, .n = 2 }, &pid, &e) ==
		    1)
			(void)!spawn_wait(pid, words.v[0], &status, &e);
	}
}

ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
	struct error e = { 0 };

	(void)stats;
	run_tell_lacking();
	run_end_left();
	if (!file_remove_tree(AT_FDCWD, run_folder(), &e))
		fprintf(stderr, "%s\n", e.cause);
}

const char *run_folder(void)
{
	return getenv(FOLDER);
}

bool run_take_turn(struct arena *a, const char *of)
{
	const char *had = arena_printf(a, "IMGBUILD_TEST_TURN_%s", of);
	int fd;

	if (getenv(had))
		return false;
	fd = open(arena_printf(a, "%s/turn-%s", run_folder(), of), O_RDWR | O_CREAT | O_CLOEXEC,
		  0600);
	cr_assert(fd >= 0 && flock(fd, LOCK_EX) == 0, "no turn of %s", of);
	cr_assert_eq(setenv(had, "1", 1), 0);
	return true;
}

bool run_is_full(void)
{
	const char *full = getenv("IMGBUILD_FULL");

	return full && strcmp(full, "1") == 0;
}

void run_needs_time(void)
{
	if (!run_is_full())
		cr_skip_test("make check-full runs it");
}

void run_lacks(const char *what, const char *why)
{
	AUTO_ARENA a = { 0 };

	files_put(arena_printf(&a, "%s/" LACKING "/%s", run_folder(), what), why);
}
