/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_FILES_H
#define TESTS_SUPPORT_FIXTURE_FILES_H

/* Files for tests: walking the repository, temporary folders. Failures end the test. */

#include "base/file.h"

/* Every regular file below `dir` whose name ends in `suffix`, sorted. */
struct strings files_below(struct arena *a, const char *dir, const char *suffix);

/* A fresh temporary folder; files_remove() takes it away with all below it. */
const char *files_temporary(struct arena *a);
void files_remove(const char *dir);

/* Writes a file, making its folder. */
void files_put(const char *path, const char *text);

/* The whole text of a file. */
const char *files_get(struct arena *a, const char *path);

#endif
