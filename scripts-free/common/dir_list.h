/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_DIR_LIST_H
#define COMMON_DIR_LIST_H

/* Names in a directory, without allocating: opendir and glob do, this does not. */

#include <stdbool.h>
#include <stddef.h>

struct dir_name {
	char s[256];
};

/* Finds the first name in `dir`, in byte order, that comes after `after` ("" for the first) and
 * matches the shell pattern `pattern`. Names that begin with a dot need a pattern that does.
 * Reads the directory once per call: for directories of at most some hundred names. */
bool dir_next_match(const char *dir, const char *pattern, const char *after, struct dir_name *name);

/* Calls `visit` for each name but . and .. of the directory open at `fd`, in the order the
 * file system gives, until it returns false. False if the directory could not be read. */
bool dir_each(int fd, bool (*visit)(const char *name, void *arg), void *arg);

#endif
