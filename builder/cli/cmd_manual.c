/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild manual page|reference: the files of docs/ that `make docs` writes. */

#include "cli/commands.h"
#include "cli/manual.h"

static const char *const documents[] = { "page", "reference", NULL };

static bool manual_run(struct cli *c, struct error *e)
{
	(void)e;
	if (strcmp(c->operands.v[0], documents[0]) == 0)
		manual_page_print(c->a, c->out);
	else
		manual_reference_print(c->a, c->out);
	return true;
}

const struct command cmd_manual = {
	.name = "manual", .summary = "print docs/imgbuild.1 or docs/reference/cli.md", .hidden = true,
	.operands = { { "page|reference", WORD_CHOICE, documents } }, .wanted = "name a document: page or reference",
	.run = manual_run,
};
