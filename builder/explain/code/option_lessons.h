/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_OPTION_LESSONS_H
#define EXPLAIN_CODE_OPTION_LESSONS_H

/* What the compiler's words of a build that failed teach about its options. */

#include "explain/code/project.h"
#include "make/compile/build_remains.h"

/* Old sources need options by which GCC takes what it took before, and a program without a build
 * system may need the library of mathematics: whether one was added. */
bool option_lessons_take(struct own_project *p, const struct build_remains *r);

#endif
