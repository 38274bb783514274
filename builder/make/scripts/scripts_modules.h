/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_SCRIPTS_SCRIPTS_MODULES_H
#define MAKE_SCRIPTS_SCRIPTS_MODULES_H

/* Programs that read a folder into which packages put files, and write what they found beside it:
 * without such a file they write nothing. Private to make/scripts. */

#include "make/tree/tree.h"

/* Whether a program, by its name without folder, is one of them. */
bool script_lists_modules(const char *program);

/* Why nothing is missing: the tree has no file that any of `programs` (paths or names) would list.
 * NULL: it has one, or the tree is not known. In `a`. */
const char *script_modules_absent(struct arena *a, const struct tree *t,
				  const struct strings *programs);

#endif
