/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_OWN_PROJECT_H
#define SUPPORT_FIXTURE_OWN_PROJECT_H

/* A project of few files, and what imgbuild init makes of it before anything is built. */

#include "explain/code/project.h"

typedef bool own_project_read(struct own_project *p, struct error *e);

/* Writes the files ("NAME", text, ..., NULL) into a folder "app" and reads that; scripts ("#!...")
 * are executable unless they are called *.sh. Gives the recipe
 * and the source, without blanks at line beginnings; or the error. */
const char *own_project_texts(struct arena *a, own_project_read *read, const char *const *files);

/* The same; gives what is left to decide, one a line. The project has to be good. */
const char *own_project_left(struct arena *a, own_project_read *read, const char *const *files);

/* The same; gives the libraries that it asks for, "module zlib app/meson.build:2" a line: "cmake",
 * "linked", "package". */
const char *own_project_libraries(struct arena *a, own_project_read *read,
				  const char *const *files);

/* The same; gives the value of a key that was chosen, and where it is from: "VALUE: FROM". */
const char *own_project_chosen(struct arena *a, own_project_read *read, const char *const *files,
			       const char *key);

#endif
