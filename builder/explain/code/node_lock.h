/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_NODE_LOCK_H
#define EXPLAIN_CODE_NODE_LOCK_H

/* Which lock file of a project of Node.js counts. */

#include "explain/code/project.h"
#include "format/json/json.h"

/* Sets `p->lock`, which stays NULL for a project that needs no package. Of several that of the
 * program that package.json names ("packageManager", "devEngines"), else the first of
 * npm-shrinkwrap.json, package-lock.json, pnpm-lock.yaml and yarn.lock. ERR_INPUT, with the command
 * that writes one, where there is none that is known. */
MUST_CHECK bool node_lock_find(struct own_project *p, const struct json_node *root,
			       struct error *e);

/* Whether any lock file that is known stands in the folder. */
bool node_lock_is_there(const struct own_project *p);

#endif
