/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_NODE_BUILD_H
#define EXPLAIN_CODE_NODE_BUILD_H

/* The script "build" of a package as steps. */

#include "explain/code/project.h"
#include "format/json/json.h"

/* Adds its steps, and p->dev if they need packages for development. What only a shell or a program
 * that is not known could do is left to decide. true: the script is all steps. */
bool node_build_add(struct own_project *p, const struct json_node *root);

/* The same of a workspace, whose steps run in its folder; *out: it is all steps. */
MUST_CHECK bool node_build_below(struct own_project *p, const struct json_node *root,
				 const char *folder, bool *out, struct error *e);

#endif
