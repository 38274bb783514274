/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_RECIPE_MERGE_H
#define INPUT_RECIPE_RECIPE_MERGE_H

/* What a recipe that extends another one means: the table of docs/how-to/recipes.md. Works on JSON
 * before anything is read, so that every value keeps the place of the file it stands in. */

#include "input/recipe/recipe_reader.h"

/* `parent` (the other recipe, expanded) without what the "remove" of `child` names, then with what
 * `child` says. Both live in the arena of the reader, and so does *out. ERR_INPUT at the value. */
MUST_CHECK bool merge_recipes(struct reader *rd, const struct json_node *parent,
			      const struct json_node *child, struct json_node *out,
			      struct error *e);

/* The recipe without these members (NULL-terminated). Lives as *out of merge_recipes() does. */
struct json_node merge_without(struct reader *rd, const struct json_node *recipe,
			       const char *const *keys);

/* Checks the keys of the "remove" of a recipe. */
MUST_CHECK bool merge_check_remove(struct reader *rd, const struct json_node *remove,
				   struct error *e);

#endif
