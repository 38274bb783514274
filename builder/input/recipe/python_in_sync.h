/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_PYTHON_IN_SYNC_H
#define INPUT_RECIPE_PYTHON_IN_SYNC_H

/* Whether a lock file of Python still has what the pyproject.toml beside it, and those of the
 * project's own packages, ask for: an image of one that has not lacks packages. */

#include "input/recipe/source_types.h"

/* Checks what [project] and [tool.poetry] need of each pyproject.toml in the lock's folder and in
 * `folders` below it; `own` are names of packages that are the project's. The files that were read
 * go to `inputs`; one that is not there asks for nothing. ERR_INPUT at the line of pyproject.toml:
 * a package that is not in the lock, or in another version. */
MUST_CHECK bool python_check_in_sync(struct arena *a, const struct dependencies *l,
				     const struct strings *own, const struct strings *folders,
				     struct strings *inputs, struct error *e);

#endif
