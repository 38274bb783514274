/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild manual DOCUMENT: the files of docs/ that `make docs` writes. */

#include "cli/commands.h"
#include "cli/manual.h"

static const char *const documents[] = { "page",   "recipe-page", "reference",
					 "recipe", "source",	  NULL };

static bool manual_run(struct cli *c, struct error *e)
{
	const char *name = c->operands.v[0];

	if (strcmp(name, "recipe") == 0 || strcmp(name, "source") == 0)
		return manual_keys_print(c->a, name, c->out, e);
	if (strcmp(name, "recipe-page") == 0)
		return manual_recipe_page_print(c->a, c->out, e);
	if (strcmp(name, "page") == 0)
		manual_page_print(c->a, c->out);
	else
		manual_reference_print(c->a, c->out);
	return true;
}

const struct command cmd_manual = {
	.name = "manual",
	.summary = "print a document of docs/ that is made from tables",
	.hidden = true,
	.operands = { { "DOCUMENT", WORD_CHOICE, documents } },
	.wanted = "name a document: page, recipe-page, reference, recipe or source",
	.run = manual_run,
};
