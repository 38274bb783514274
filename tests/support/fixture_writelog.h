/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_WRITELOG_H
#define TESTS_SUPPORT_FIXTURE_WRITELOG_H

/* What strace saw a program write, judged by what a power loss may do: data that were not synced
 * may be lost, and a rename may reach the disk before them. So a file must be synced between its
 * last write and the rename of it or of a folder above it, and the folder in which a name appeared
 * must be synced after that. */

#include "base/str.h"

struct writelog {
	struct arena *a;
	unsigned renames;
	struct strings faults; /* one line for each */
};

/* Adds a log (strace -y): of files below `dir`. */
void writelog_add(struct writelog *w, const char *text, const char *dir);

/* One log of those of all threads in a folder (strace -ff -ttt -y), in the order of time. */
const char *writelog_join(struct arena *a, const char *logs);

#endif
