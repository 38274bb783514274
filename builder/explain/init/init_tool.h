/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_INIT_TOOL_H
#define EXPLAIN_INIT_INIT_TOOL_H

/* The program of a package that has no service. */

#include "explain/init/collect.h"

/* Its path and why it is the one, or NULL: the program of the package's name, of that without
 * "-cli" and the like, or of its beginning; java for who provides java-runtime; or the only one it
 * has. */
struct tool_choice {
	const char *path, *why;
};
struct tool_choice tool_find(struct collecting *c);

/* The program by a path that is the same on all machines: a link of the draft to one that has the
 * machine's name in its path, as Java runtimes have. */
const char *tool_portable(struct collecting *c, const char *path);

/* Why there is no such program, with those that the packages have: for what is left to decide. */
const char *tool_unknown(struct collecting *c);

#endif
