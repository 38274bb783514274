/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_PATH_H
#define BASE_PATH_H

/* Names in an image or archive: components joined by single slashes, no leading or trailing slash,
 * no
 * "." or "..", no NUL, at most 255 bytes a component and 4095 in all. */

#include "base/str.h"

/* Checks and normalises an archive or recipe path ("./usr//bin/" -> "usr/bin"; "/" and "." ->
 * ""). ERR_INPUT saying what is wrong with it. The result is in `a`. */
MUST_CHECK bool path_normalise(struct arena *a, struct str path, const char **out, struct error *e);

/* Whether it is as path_normalise() gives it, and not "". */
bool path_is_normal(const char *path);

/* "usr/bin/x" -> "usr/bin" (in `a`), "x" -> "". And the last component. */
const char *path_dir(struct arena *a, const char *path);
const char *path_base(const char *path);

/* Whether it stands where commands do: directly in a folder bin or sbin. */
bool path_is_command(struct arena *a, const char *path);

/* Where a symlink at `path` leads, as far as names tell: "a/b/c" -> "../x" is "a/x" (in `a`). NULL
 * when it leads above the root. */
const char *path_follow(struct arena *a, const char *path, const char *target);

/* `path` with each symlink among the directories above its last component replaced by what it leads
 * to; *first is the first of them, or NULL. link_at() gives the target of the symlink at a path, or
 * NULL. */
const char *path_through(struct arena *a, const char *path,
			 const char *(*link_at)(const void *context, const char *path),
			 const void *context, const char **first);

/* The folder that a file in `folder` means by `path`, below where `folder` stands: "../lib" in
 * "app" is "lib" (in `a`), and "" is where that stands itself. NULL: it is outside. */
const char *path_in_folder(struct arena *a, const char *folder, struct str path);

/* "bin" -> "usr/bin": what the symlinks of a merged /usr lead to. NULL for any other path. */
const char *path_merged_link(const char *path);

#endif
