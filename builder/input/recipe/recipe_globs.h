/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_RECIPE_GLOBS_H
#define INPUT_RECIPE_RECIPE_GLOBS_H

/* Patterns over paths as a recipe has them: what they mean is known in make/tree/path_select.h. */

#include "input/recipe/file_place.h"

/* A pattern of "keep" or "drop" (make/tree/path_select.h). */
struct glob {
	const char *text;
	struct place at;
};

struct globs LIST(struct glob);

#endif
