/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_YARN_PROJECT_H
#define INPUT_RECIPE_YARN_PROJECT_H

/* What yarn.lock answers is asked by package.json, and by those of the workspaces that it names:
 * both together say who needs whom. */

#include "base/buf.h"
#include "format/text/npm_graph.h"
#include "input/recipe/source_types.h"

/* Makes the graph of the project whose lock file has the text; npm_graph_mark() is done. The
 * package.json files go to `inputs`, what they ask for to `texts`. ERR_INPUT at the line: the lock
 * file is malformed, lacks what is asked for, or has a package from git, from a file or a folder,
 * or without SHA-512. */
MUST_CHECK bool yarn_project_make(struct arena *a, struct str text, const struct dependencies *l,
				  struct npm_graph *out, struct strings *inputs, struct buf *texts,
				  struct error *e);

#endif
