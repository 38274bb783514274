/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_STEP_LACKS_H
#define MAKE_COMPILE_STEP_LACKS_H

#include "base/str.h"

/* What a step that failed did not find, as compilers, linkers, pkg-config, CMake, make and shells
 * say it: *kind is "header", "library", "module of pkg-config", "package of CMake" or "program",
 * *name is of the text. The last that is told counts. */
bool step_lacks(struct str log, const char **kind, struct str *name);

#endif
