/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_VARIABLES_H
#define INPUT_RECIPE_VARIABLES_H

/* Lists of names and values: environments, labels, annotations. */

#include "input/recipe/source_types.h"

/* The variable of this name, of several the last, which is the one that counts; NULL: there is
 * none. Borrowed until the list grows. */
struct variable *variables_find(const struct variables *l, const char *name);

/* Sets a variable by name: a new one goes last, one that is there keeps its place. And sorts. */
void variables_set(struct arena *a, struct variables *l, struct variable v);
void variables_sort(struct variables *l);

#endif
