/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_EXPANDED_H
#define INPUT_RECIPE_EXPANDED_H

/* A recipe as text, whatever files say it. */

#include "input/recipe/recipe_reader.h"

/* Writes a recipe that has been read without fault as one JSON text, for the folder of `file`:
 * paths to files of the repository are written as they are there. ERR_INPUT at a path to a file
 * that comes with imgbuild. */
MUST_CHECK bool expanded_write(struct reader *rd, const struct json_node *root, const char *file,
			       struct buf *out, struct error *e);

/* The same text for comparing, in the reader's arena: paths that no recipe could say stand in it as
 * they are. */
const char *expanded_text_of(struct reader *rd, const struct json_node *root, const char *file);

#endif
