/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

/* The command line: one file per verb (cli/NAME.c), one table in commands.c. A verb prints results on
 * standard output (through the FILE given) and nothing else; messages go through progress. */

#include <stdio.h>

#include "base/progress.h"
#include "format/machine/platform.h"

enum progress_mode { PROGRESS_AUTO, PROGRESS_PLAIN, PROGRESS_TTY, PROGRESS_JSON, PROGRESS_QUIET };

/* Options that every verb takes, already parsed; and the verb's own arguments. */
struct cli {
	struct arena *a;
	FILE *out;			/* standard output; main flushes and checks it */
	struct progress *progress;
	bool told;			/* the error was told as an event of the progress */
	const char *cache_dir;		/* --cache-dir, or NULL */
	struct strings mirrors;		/* --mirror, repeatable */
	bool locked, offline;		/* --locked, --offline; --frozen sets both */
	bool json;			/* --json */
	bool explain;			/* --explain */
	unsigned jobs;			/* -j; 0: all processors */
	int argc;			/* arguments after the verb, common options removed */
	char **argv;			/* argv[0] is the verb */
};

struct command {
	const char *name;
	const char *usage;		/* "RECIPE.json..." */
	const char *summary;		/* one line for the table of verbs */
	const char *help;		/* examples first, then its own options */
	bool (*run)(struct cli *c, struct error *e);
	bool jails;			/* parses untrusted files, in jails (base/jail.h) */
};

bool cmd_build(struct cli *c, struct error *e);
bool cmd_lock(struct cli *c, struct error *e);
bool cmd_update(struct cli *c, struct error *e);
bool cmd_fetch(struct cli *c, struct error *e);
bool cmd_elf(struct cli *c, struct error *e);
bool cmd_why(struct cli *c, struct error *e);
bool cmd_schema(struct cli *c, struct error *e);
bool cmd_version(struct cli *c, struct error *e);
bool cmd_completion(struct cli *c, struct error *e);

/* What main does itself with the common options. */
struct cli_common {
	bool help, version, frozen, quiet;
	const char *progress;		/* --progress, or NULL */
};

/* The lines of help about them. */
extern const char cli_common_help[];

/* Takes the common options out of c->argv; what is left are the verb's own arguments. "--" ends
 * them. ERR_USAGE. */
bool cli_parse(struct cli *c, struct cli_common *o, struct error *e);

/* "plain" -> PROGRESS_PLAIN. ERR_USAGE. */
bool cli_progress_mode(const char *name, enum progress_mode *mode, struct error *e);

/* A verb's own option: on a match sets *value (flags leave it) and moves *i. Forms "--name VALUE"
 * and "--name=VALUE". 1 matched, 0 not this one, -1 error (ERR_USAGE: value missing). */
int cli_option(struct cli *c, int *i, const char *name, bool takes_value, const char **value,
	       struct error *e);

/* The options of one verb, as a table: one of `value` and `flag` is set. */
struct cli_known {
	const char *name;
	const char **value;
	bool *flag;
};

/* Takes them out of the arguments after the verb; what is left is `rest`, at most `max` of them (0:
 * any number). ERR_USAGE for options that are not in the table. */
bool cli_arguments(struct cli *c, const struct cli_known *known, size_t n, size_t max,
		   struct strings *rest, struct error *e);

/* The entry of `names` (n of them) that is `name`, or -1 with ERR_USAGE: "--format is a, b or c",
 * and which of them is the nearest. */
int cli_choice(const char *option, const char *name, const char *const *names, size_t n,
	       struct error *e);

/* The option --platform LIST: 1 and the list, 0, -1. And what is meant when there was none. */
int cli_platforms(struct cli *c, int *i, struct platforms *out, struct error *e);
void cli_default_platform(struct cli *c, struct platforms *out);

/* The error for an argument nobody knows: with the nearest of `known` (n names) as a suggestion. */
bool cli_unknown(const char *verb, const char *argument, const char *const *known, size_t n,
		 struct error *e);

#endif
