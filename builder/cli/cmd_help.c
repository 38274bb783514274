/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild help [VERB] */

#include "cli/commands.h"
#include "cli/usage.h"

/* Help is there for verbs alone: names of images and of packages are no guesses here. */
static bool help_unknown(const char *name, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *near = command_nearest(&a, name);

	if (near)
		return err_set(
			e, ERR_USAGE,
			"help: unknown verb \"%s\"; did you mean \"%s\"? imgbuild --help lists "
			"them",
			name, near);
	return err_set(e, ERR_USAGE, "help: unknown verb \"%s\"; imgbuild --help lists them", name);
}

static bool help_run(struct cli *c, struct error *e)
{
	const struct command *about;

	if (c->operands.n == 0) {
		usage_print(c->a, c->out);
		return true;
	}
	about = command_named(c->operands.v[0]);
	if (!about)
		return help_unknown(c->operands.v[0], e);
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
