/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_BUILTIN_H
#define INPUT_RECIPE_BUILTIN_H

/* What comes with imgbuild: archives, bases and toolchains, their files, and locks to start from.
 * They stand in a folder that has the form of a repository (images.json, recipes/, rootfs/, locks/,
 * docs/recipe.schema.json): share/imgbuild of an installation, or the source tree. A repository's
 * own entries come before them. */

#include "base/digest.h"

#define RECIPE_CATALOGUE "images.json" /* at the root of a repository */
#define BUILTIN_MARK "(built-in) "     /* before the paths of such files where people read them */

/* One of these files that something was read from. */
struct builtin_file {
	const char *name; /* below the folder: "recipes/cc-debian13.json" */
	struct digest sha256;
};

struct builtin_files LIST(struct builtin_file);

/* The folder: $IMGBUILD_DATA; else ../share/imgbuild of the folder that the program is in; else
 * that folder. *out is NULL if nothing came along. ERR_USAGE if IMGBUILD_DATA names no such folder.
 */
MUST_CHECK bool builtin_find(struct arena *a, const char **out, struct error *e);

/* Whether a path leads into the folder `data` (NULL: nothing does), and what it is below it; else
 * NULL. */
const char *builtin_below(const char *data, const char *path);

/* As people know it: with the mark if it is below `data`, else as it is. */
const char *builtin_shown(struct arena *a, const char *data, const char *path);

/* Adds a file, or all files of a folder, each once. ERR_SYSTEM. */
MUST_CHECK bool builtin_note(struct arena *a, const char *data, const char *path,
			     struct builtin_files *out, struct error *e);

/* The first that differs between two sorted lists, or is in one only; NULL: they are the same. */
const char *builtin_difference(const struct builtin_files *x, const struct builtin_files *y);

/* Whether a file of both has other bytes: a list that lacks a name is of another recipe. */
bool builtin_has_changed(const struct builtin_files *x, const struct builtin_files *y);

/* Brings them into order, each name once. */
void builtin_sort(struct builtin_files *l);

#endif
