/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_REMOVE_H
#define ENTRYPOINT_REMOVE_H

/* Removing what an earlier, interrupted start has left. Never follows a symbolic link. */

#include <stdbool.h>

/* Removes the directory `path` with what is in it, at most three levels deep. Harmless if it does
 * not exist. True if nothing is left. */
bool remove_tree(const char *path);

/* Removes every directory beside `path` whose name is that of `path` followed by `pattern`. */
void remove_siblings(const char *path, const char *pattern);

#endif
