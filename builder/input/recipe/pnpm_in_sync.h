/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_PNPM_IN_SYNC_H
#define INPUT_RECIPE_PNPM_IN_SYNC_H

/* Whether pnpm-lock.yaml still has what the package.json beside it, and those of its workspaces,
 * ask for: pnpm install --frozen-lockfile refuses one that has not. */

#include "format/text/pnpm_lock.h"
#include "input/recipe/source_types.h"

/* Compares "dependencies", "optionalDependencies" and "devDependencies" with what was asked when
 * the lock file was written. The package.json files that were read go to `inputs`; one that is not
 * there asks for nothing. What they say of Node.js goes to `l->others`. ERR_INPUT at the line. */
MUST_CHECK bool pnpm_check_in_sync(struct arena *a, struct dependencies *l,
				   const struct pnpm_asking *asking, struct strings *inputs,
				   struct error *e);

#endif
