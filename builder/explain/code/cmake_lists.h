/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_CMAKE_LISTS_H
#define EXPLAIN_CODE_CMAKE_LISTS_H

/* What the files CMakeLists.txt of a project tell: its programs, what is installed, what is asked
 * for. CMake is not run: conditions and loops are passed by, and of variables those are known that
 * have one word. */

#include "explain/code/cmake_project.h"

/* Reads the project's and those of add_subdirectory(). */
MUST_CHECK bool cmake_lists_read(struct own_project *p, struct cmake_lists *out, struct error *e);

/* The program of the project's name, or of `name`, that of its image, else the first that is
 * installed, else the first that is the project's own and not for tests; NULL: there is none. */
const struct cmake_program *cmake_lists_choose(const struct cmake_lists *l, const char *name);

#endif
