/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_PLACE_H
#define INPUT_RECIPE_PLACE_H

/* Places in the files that people write. */

#include "base/arena.h"

/* Where something stands in a recipe, for messages and for `why`: "recipes/x.json:12:5". */
struct place {
	const char *file;
	unsigned line, col;
};

/* "recipes/x.json:12:5" in `a`. */
const char *place_format(struct arena *a, const struct place *p);

#endif
