/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_LOCAL_FILES_H
#define MAKE_COMPILE_LOCAL_FILES_H

/* Sources that stand in the repository: the files of one folder (scripts-free/entrypoint), or one
 * file (a patch). */

#include "base/file.h"

#define LOCAL_FILE_MAX (16u << 20)

struct local_file {
	const char *name;   /* "main.c", "parts/x.c" */
	const char *path;   /* as it can be opened from here */
	const char *target; /* of a symlink, below the folder; else NULL */
};

struct local_files {
	struct local_file *v;
	size_t n, cap;
	struct strings bare; /* paths of folders that hold none, for who waits for some */
};

/* Lists the regular files and symlinks below a folder (or the file itself), sorted by name; names
 * that begin with ".", sockets and the like are left out; links that lead out of it are ERR_INPUT.
 */
MUST_CHECK bool local_list(struct arena *a, const char *path, struct local_files *out,
			   struct error *e);

/* What of a file can change a result, in one line: its bytes, or where it leads. */
MUST_CHECK bool local_file_value(struct arena *a, const struct local_file *f, const char **value,
				 struct error *e);

/* Copies them to dirfd/BASE/NAME, where BASE is the last component of `path`. */
MUST_CHECK bool local_copy(const char *path, int dirfd, struct error *e);

#endif
