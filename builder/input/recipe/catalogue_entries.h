/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_CATALOGUE_ENTRIES_H
#define INPUT_RECIPE_CATALOGUE_ENTRIES_H

/* Which entries of images.json are of one recipe: those whose "recipe" is its file, by whatever
 * path or link. Private to this folder. */

#include "input/recipe/recipe_reader.h"

/* The entries of a section ("images", "bases"), for those of one recipe: starts with the section
 * and the recipe, and `at` 0. */
struct entries_of {
	struct reader *rd;
	const struct json_node *section;
	const struct recipe *recipe;
	size_t at; /* where to look next */
};

/* The next of them; false: there is no more. */
bool entries_next(struct entries_of *l, struct json_node *entry);

#endif
