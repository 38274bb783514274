/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild recipe: a recipe with all that it has from others. */

#include "cli/commands.h"
#include "input/recipe/recipe.h"

struct recipe_options {
	bool expanded;
	const char *variant;
};

static bool recipe_run(struct cli *c, struct error *e)
{
	const struct recipe_options *o = c->options;
	struct buf text = { .a = c->a };

	if (!o->expanded)
		return err_set(e, ERR_USAGE,
			       "recipe: add --expanded to print the recipe with what it extends");
	if (!recipe_expanded(c->a, c->operands.v[0], o->variant, &text, e))
		return false;
	fwrite(text.p, 1, text.n, c->out);
	return true;
}

static const struct option_row recipe_options[] = {
	{ "--expanded", 0, NULL,
	  "print it as one file that extends nothing; paths are relative to the folder of RECIPE.json",
	  OPTION_IS_FLAG(struct recipe_options, expanded) },
	{ "--variant", 0, "NAME", "this variant alone, as a recipe of its own",
	  OPTION_IS_TEXT(struct recipe_options, variant) },
	{ NULL },
};

const struct command cmd_recipe = {
	.name = "recipe",
	.summary = "print a recipe with what it extends",
	.operands = { { "RECIPE.json", WORD_RECIPE } },
	.wanted = "name a recipe",
	.examples = "recipe --expanded recipes/cephalo-slim.json",
	.text = "The result has the same lock and gives the same image.",
	.options = recipe_options,
	.options_size = sizeof(struct recipe_options),
	.run = recipe_run,
};
