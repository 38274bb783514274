/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/cli.h"

/* All verbs, in the order in which help shows them; ends with NULL. */
extern const struct command *const commands[];

#define command_each(c) for (const struct command *const *c = commands; *c; c++)

/* The verb of this name, or NULL. */
const struct command *command_named(const char *name);

/* The verb that is nearest to a word, for "did you mean", or NULL; `a` is for the search alone. */
const char *command_nearest(struct arena *a, const char *name);

/* The error for a word that is neither a verb nor an image of images.json, with the nearest of
 * both; false. */
bool command_unknown(const char *name, struct error *e);

/* Each is in the file of its name. */
extern const struct command cmd_attest, cmd_audit, cmd_build, cmd_completion, cmd_diff, cmd_elf,
	cmd_explain, cmd_fetch, cmd_gc, cmd_graph, cmd_help, cmd_index, cmd_init, cmd_lock,
	cmd_manual, cmd_plan, cmd_pull, cmd_push, cmd_rebase, cmd_recipe, cmd_sbom, cmd_schema,
	cmd_sign, cmd_store, cmd_test, cmd_trust, cmd_update, cmd_verify, cmd_verify_signature,
	cmd_version, cmd_why;

#endif
