/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_DEPENDENCY_FILES_H
#define INPUT_RESOLVE_DEPENDENCY_FILES_H

/* Files that the lock file of a language names: found on the servers that the recipe or the
 * language's own settings name, and checked against that lock file. */

#include "input/resolve/archive_state.h"

/* Adds a file to `out` for each dependency of `r`, with its size, SHA-256 and URL, and has it in
 * the store. What the lock before has of the same path is taken as long as it is what the
 * language's lock file wants. ERR_INPUT when no server is named; ERR_VERIFY at the line of the lock
 * file for bytes that are others; ERR_NETWORK, ERR_SYSTEM. */
MUST_CHECK bool dependencies_lock(struct arena *a, const struct archive_state *s,
				  const struct source_recipe *r, struct locked_source *out,
				  struct error *e);

#endif
