/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_PNPM_SETTINGS_H
#define INPUT_RECIPE_PNPM_SETTINGS_H

/* What a project tells pnpm about node_modules (pnpm.io: settings), in .npmrc and in
 * pnpm-workspace.yaml beside the lock file. */

#include "input/recipe/source_types.h"

/* Whether packages that only packages need are to stand in node_modules of the project, too:
 * shamefully-hoist, node-linker=hoisted, public-hoist-pattern=*. Files that were read go to
 * `inputs`. */
MUST_CHECK bool pnpm_hoists(struct arena *a, const struct dependencies *l, struct strings *inputs,
			    bool *out, struct error *e);

#endif
