/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild completion SHELL */

#include "cli/commands.h"
#include "cli/completion.h"

static const char *const shells[] = { "bash", "zsh", "fish", NULL };
static void (*const completions[])(struct cli *c) = { completion_bash, completion_zsh,
						      completion_fish };

static bool completion_run(struct cli *c, struct error *e)
{
	int shell = option_choice("completion", c->operands.v[0], shells, e);

	if (shell < 0)
		return false;
	completions[shell](c);
	return true;
}

const struct command cmd_completion = {
	.name = "completion",
	.summary = "print what a shell needs to complete the command line",
	.operands = { { "bash|zsh|fish", WORD_CHOICE, shells } },
	.wanted = "name a shell: bash, zsh or fish",
	.examples = "completion bash > ~/.local/share/bash-completion/completions/imgbuild\n"
		    "completion zsh > ~/.zfunc/_imgbuild\n"
		    "completion fish > ~/.config/fish/completions/imgbuild.fish",
	.text = "To try it in the shell that runs: eval \"$(imgbuild completion bash)\", source <(imgbuild completion zsh), "
		"imgbuild completion fish | source.",
	.run = completion_run,
};
