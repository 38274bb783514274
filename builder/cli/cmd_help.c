/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild help [VERB] */

#include "cli/commands.h"
#include "cli/usage.h"

static bool help_run(struct cli *c, struct error *e)
{
	const struct command *about;

	if (c->operands.n == 0) {
		usage_print(c->a, c->out);
		return true;
	}
	about = command_named(c->operands.v[0]);
	if (!about)
		return command_unknown(c->operands.v[0], e);
	usage_print_verb(c->a, about, c->out);
	return true;
}

const struct command cmd_help = {
	.name = "help",
	.summary = "help for imgbuild or for one verb",
	.operands = { { "[VERB]", WORD_VERB } },
	.examples = "help\nhelp audit",
	.run = help_run,
};
