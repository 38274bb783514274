/* SPDX-License-Identifier: Apache-2.0 */
/* The process that starts the tests and those of the tests share a folder: a file in it is named
 * after what is lacking. */

#include "e2e/fixture_lacking.h"

#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/fixture_files.h"

#define LACKING "IMGBUILD_TEST_LACKING" /* names the folder */

ReportHook(PRE_ALL)(struct criterion_test_set *tests)
{
	char path[] = "/tmp/imgbuild-lacking-XXXXXX";

	(void)tests;
	if (!mkdtemp(path) || setenv(LACKING, path, 1) != 0)
		abort();
}

ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
	const char *path = getenv(LACKING);
	DIR *folder = path ? opendir(path) : NULL;
	const struct dirent *x;

	(void)stats;
	while (folder && (x = readdir(folder))) {
		if (x->d_name[0] == '.')
			continue;
		fprintf(stderr, "not run: %s\n", x->d_name);
		unlinkat(dirfd(folder), x->d_name, 0);
	}
	if (folder && (closedir(folder) != 0 || rmdir(path) != 0))
		abort();
}

void lacking_note(const char *what, const char *why)
{
	char path[4096];
	const char *folder = getenv(LACKING);

	cr_assert(folder && snprintf(path, sizeof(path), "%s/%s", folder, what) > 0);
	files_put(path, why);
}
