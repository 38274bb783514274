/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_NPM_TREE_H
#define FORMAT_TEXT_NPM_TREE_H

/* Who needs whom among the packages of a lock file of npm. */

#include "format/text/npm_lock.h"

/* Adds `cpu`, as Node calls a processor ("x64"), to `left_out` of each package that npm does not
 * install there: optional ones that do not fit, what cannot do without them, and what only these
 * need (npm's @npmcli/arborist: optionalSet). `others` need packages as well. With `node`, the
 * version of Node.js, those do not fit either that are for another; it may be NULL. */
void npm_tree_leave_out(struct arena *a, struct npm_entries *l, const struct npm_entries *others,
			const char *cpu, const char *node);

#endif
