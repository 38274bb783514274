/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_FOLDER_BELOW_H
#define MAKE_COMPILE_FOLDER_BELOW_H

/* Folders below one that others filled: a symlink among their files must not lead us out. */

#include "base/io.h"

/* Opens the folder `path` below `dir`, making what is missing of it (0755); "" is `dir` itself. -1
 * with ERR_INPUT where something on the way is a symlink or a file, ERR_SYSTEM. */
MUST_CHECK int folder_below_open(int dir, const char *path, struct error *e);

#endif
