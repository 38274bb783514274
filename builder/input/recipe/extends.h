/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_EXTENDS_H
#define INPUT_RECIPE_EXTENDS_H

/* A recipe and those it extends: read as one. */

#include "input/recipe/recipe_reader.h"

#define EXTENDS_MAX 8 /* recipes above one */

/* The files, from the recipe up. Their values are borrowed until lineage_drop(). */
struct lineage {
	struct json_doc docs[EXTENDS_MAX + 1];
	const char *paths[EXTENDS_MAX + 1];
	size_t n;
};

void lineage_drop(struct lineage *l);
#define AUTO_LINEAGE __attribute__((cleanup(lineage_drop))) struct lineage

/* Reads a recipe, and what it extends, as one object: without the keys that say how it comes about.
 * Each file's own keys are checked. ERR_INPUT at the value, in the file it stands in. */
MUST_CHECK bool extends_read(struct reader *rd, const char *path, struct lineage *l,
			     struct json_node *root, struct error *e);

#endif
