/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_FILE_PLACE_H
#define INPUT_RECIPE_FILE_PLACE_H

/* Places in the files that people write. */

#include "base/arena.h"
#include "format/json/json_node.h"

/* Where something stands in a recipe, for messages and for `why`: "recipes/x.json:12:5". */
struct place {
	const char *file;
	unsigned line, col;
	const struct json_spot
		*first; /* of an entry of another recipe whose place this one took; or NULL */
};

/* "recipes/x.json:12:5" in `a`. */
const char *place_format(struct arena *a, const struct place *p);

/* The same of where the entry began, or NULL. */
const char *place_format_first(struct arena *a, const struct place *p);

#endif
