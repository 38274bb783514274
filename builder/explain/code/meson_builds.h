/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_MESON_BUILDS_H
#define EXPLAIN_CODE_MESON_BUILDS_H

/* What the files meson.build of a project tell: its programs, what is installed, what is asked for.
 * Meson is not run: conditions and loops are passed by, and of texts those count that stand there.
 */

#include "explain/code/project.h"

struct meson_build {
	const char *folder, *file; /* below the project's */
	struct str text;	   /* without comments */
};
struct meson_builds LIST(struct meson_build);

/* Reads the project's and those of subdir('...'). */
MUST_CHECK bool meson_builds_read(struct own_project *p, struct meson_builds *out, struct error *e);

/* The first text in quotes after a call, wherever it stands: "app = executable('app', ...)". false:
 * none is left in `rest`, which goes behind it. */
bool meson_next(struct str *rest, const char *call, struct str *out);

/* The file of the program of the project's or the folder's name, else of the first that is not for
 * tests, else of the first, and its name; NULL. Others are told. */
const struct meson_build *meson_find_program(struct own_project *p,
					     const struct meson_builds *builds, struct str *out);

/* Whether anything is installed; whether there are shared libraries. */
bool meson_installs(const struct meson_builds *builds);
bool meson_has_libraries(const struct meson_builds *builds);

/* "project('x', 'cpp', version : '1.3.0')"; NULL: it says none. */
const char *meson_version(struct arena *a, struct str text);

/* Adds to the words of "meson setup" those that switch off what no image needs: tests, examples,
 * manuals. */
MUST_CHECK bool meson_leave_aside(struct own_project *p, struct strings *words, struct error *e);

#endif
