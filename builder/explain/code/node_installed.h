/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_NODE_INSTALLED_H
#define EXPLAIN_CODE_NODE_INSTALLED_H

/* Commands that packages install: the lock file of npm tells them and their files, those of pnpm
 * and yarn do not, and a table has the well-known ones. */

#include "explain/code/project.h"
#include "format/json/json.h"

/* "node_modules/vite/bin/vite.js", of a package that the project has: for development, too, or else
 * not; of several with such a command one that package.json (`root`) asks for. NULL: none is known.
 */
const char *node_installed_path(const struct own_project *p, const struct json_node *root,
				const char *command, bool development);

#endif
