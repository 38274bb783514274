/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_NODE_DEPENDENCIES_H
#define INPUT_RECIPE_NODE_DEPENDENCIES_H

/* The lock files of Node.js as "dependencies" of a source: what stands where, and which files that
 * takes. */

#include "base/buf.h"
#include "input/recipe/source_types.h"

/* Each takes the text of its lock file, `out->file`, and compares it with the package.json files
 * beside it and in its workspaces: these go to `inputs`, and what counts of them to `texts`.
 * ERR_INPUT at the line. */
MUST_CHECK bool dependencies_of_npm(struct arena *a, struct str text, struct dependencies *out,
				    struct strings *inputs, struct buf *texts, struct error *e);
MUST_CHECK bool dependencies_of_pnpm(struct arena *a, struct str text, struct dependencies *out,
				     struct strings *inputs, struct buf *texts, struct error *e);
MUST_CHECK bool dependencies_of_yarn(struct arena *a, struct str text, struct dependencies *out,
				     struct strings *inputs, struct buf *texts, struct error *e);

#endif
