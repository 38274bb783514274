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

#include "support/fixture_files.h"

#define FOLDER "IMGBUILD_TEST_RUN"
#define LACKING "lacking"

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

ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
	struct error e = { 0 };

	(void)stats;
	run_tell_lacking();
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
