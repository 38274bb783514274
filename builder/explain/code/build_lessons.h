/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_BUILD_LESSONS_H
#define EXPLAIN_CODE_BUILD_LESSONS_H

/* What a build that failed teaches about the project: its steps look for headers and programs that
 * no file of the project names, and make programs that are called otherwise than was guessed. */

#include "explain/code/project.h"
#include "make/compile/build_remains.h"

/* Adds to p->libraries what the step did not find, but for what is in `tried`, which takes it. */
void build_lessons_add_lacks(struct own_project *p, const struct build_remains *r,
			     struct strings *tried);

/* What was published has what its script "build" makes, and may lack what that is made of: leaves
 * out a build that failed, where what starts is there without it. Whether it did. */
bool build_lessons_leave_build(struct own_project *p, const struct build_remains *r);

/* A file that a step did not find, and that is there, but that .gitignore leaves out: it has been
 * added to git in spite of that. Whether one is taken in. */
bool build_lessons_take_ignored(struct own_project *p, const struct build_remains *r);

/* All was compiled, and a library that no package has is missing in the image: it may be one of the
 * project's own that nothing installs. Whether steps were added that put it there. */
bool build_lessons_take_libraries(struct own_project *p, const struct build_remains *r);

/* What ninja cannot read, or what has no rule for it, make can: whether CMake is told so. */
bool build_lessons_take_make(struct own_project *p, const struct build_remains *r);

/* Where what should be installed is not there: installs what was built, or keeps what was
 * installed, but for what is in `tried`, which takes it. Whether that changes the recipe. */
bool build_lessons_take_program(struct own_project *p, const struct build_remains *r,
				struct strings *tried);

#endif
