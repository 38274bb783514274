/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_SOURCE_FOLDER_H
#define MAKE_COMPILE_SOURCE_FOLDER_H

/* A source that is a folder of the repository ("folder": "../app"): its files as git would have
 * them in a fresh clone. What a .gitignore names stays out - those of the folders above count up to
 * the one that holds .git, else up to the repository - and so does .git itself. Neither git's
 * program nor its index is asked, nor what this user or this clone ignores besides: the same files
 * come out of a clone, a copy and an archive. The patterns of the recipe ("ignore") come after all
 * others. */

#include <sys/stat.h>

#include "base/file.h"
#include "base/file_digests.h"
#include "input/recipe/source_types.h"

struct source_file {
	const char *name;   /* below the folder: "src/main.c" */
	const char *path;   /* as it can be opened from here */
	const char *target; /* of a symlink; else NULL */
	bool executable;
	struct stat state;
};

struct source_files {
	struct source_file *v;
	size_t n, cap;
	struct strings bare; /* paths of folders that hold none, for who waits for some */
};

/* Lists the files and symlinks below source->folder, sorted by name. A source without a folder has
 * none. Sockets, pipes and devices are left out, as git does. ERR_INPUT when nothing is left. */
MUST_CHECK bool source_folder_list(struct arena *a, const struct source_recipe *source,
				   struct source_files *out, struct error *e);

/* What of a file can change a result, in one line: its bytes, whether it is executable, where it
 * leads. `known` (or NULL): its bytes are hashed once. */
MUST_CHECK bool source_file_value(struct arena *a, const struct source_file *f,
				  struct file_digests *known, const char **value, struct error *e);

/* Copies one to dirfd/NAME, which is not there yet, with this time. */
MUST_CHECK bool source_file_copy(const struct source_file *f, int dirfd, const char *name,
				 const struct timespec *when, struct error *e);

/* Copies them to dirfd/NAME with these times, one for each; NULL: all get one time. Their own are
 * never kept, so that nothing hangs on when they were checked out. */
MUST_CHECK bool source_folder_copy(const struct source_files *files, int dirfd,
				   const struct timespec *times, struct error *e);

/* The rule that leaves out a path below the folder, or one above it: "app/.gitignore:3" in `a`;
 * NULL: none does. For messages. */
const char *source_folder_ignores(struct arena *a, const struct source_recipe *source,
				  const char *name);

#endif
