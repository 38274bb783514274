/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_SOURCE_STEPS_H
#define INPUT_RECIPE_SOURCE_STEPS_H

#include "input/recipe/recipe_reader.h"

/* "steps" of a source: what is run, and beside what. ERR_INPUT with the place. */
MUST_CHECK bool source_read_steps(struct reader *rd, const struct json_node *root,
				  struct source_recipe *s, struct error *e);

#endif
