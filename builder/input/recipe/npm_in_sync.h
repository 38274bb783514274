/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_NPM_IN_SYNC_H
#define INPUT_RECIPE_NPM_IN_SYNC_H

/* Whether a lock file of npm still has what the package.json beside it, and those of its
 * workspaces, ask for: npm ci refuses one that has not, and an image of it lacks packages. */

#include "input/recipe/source_types.h"

/* Checks "dependencies" and "devDependencies". The package.json files that were read go to
 * `inputs`; one that is not there asks for nothing. ERR_INPUT at the line of package.json. */
MUST_CHECK bool npm_check_in_sync(struct arena *a, const struct dependencies *l,
				  struct strings *inputs, struct error *e);

#endif
