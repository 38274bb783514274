/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CATALOGUE_OPERAND_H
#define CLI_CATALOGUE_OPERAND_H

/* Recipes as they are named on a command line: the path of one, the name of an image that
 * images.json has, or images.json itself, which means all of its images. */

#include "cli/cli.h"

/* Whether a word can only be a path: it ends in ".json" or has a slash in it. */
bool operand_is_file(const char *word);

/* Whether images.json of this folder, or of one above, has an image of this name. */
bool catalogue_has_image(struct arena *a, const char *name);

/* Adds the names of all of them, to suggest one. */
void catalogue_names(struct arena *a, struct strings *out);

/* The paths of the recipes that `words` name. ERR_INPUT, also for a name that is unknown. */
MUST_CHECK bool catalogue_recipes(struct arena *a, const struct strings *words, struct strings *out,
				  struct error *e);

#endif
