/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

/* The command line. A verb is one file, cli/cmd_VERB.c, with its struct command: what it is called,
 * its operands, its options and what runs it. To add one, write that file and name it in commands.h
 * and commands.c; help, completion, man page and reference follow (make docs). A verb prints
 * results on standard output (through the FILE given) and nothing else; messages go through
 * progress. */

#include <stdio.h>

#include "base/progress.h"
#include "cli/option_table.h"
#include "format/machine/platform.h"

enum progress_mode { PROGRESS_AUTO, PROGRESS_PLAIN, PROGRESS_TTY, PROGRESS_JSON, PROGRESS_QUIET };

/* One command line, read. */
struct session_pool; /* transfer/registry/session.h */

struct cli {
	struct arena *a;
	FILE *out; /* standard output; main flushes and checks it */
	struct progress *progress;
	bool told; /* the error was told as an event of the progress */

	/* of every verb: the table in common_options.c */
	const char *cache_dir;	      /* --cache-dir, or NULL */
	struct strings mirrors;	      /* --mirror, repeatable */
	bool locked, offline, frozen; /* --frozen sets the other two as well */
	bool json;		      /* --json */
	bool explain;		      /* --explain */
	bool timing;		      /* --timing */
	const char *trace;	      /* --trace, or NULL */
	bool quiet, help, version;
	unsigned jobs;		/* -j; 0: all processors */
	unsigned progress_mode; /* --progress: 0, or a mode and 1 */

	/* of this verb */
	const struct command *command; /* NULL: none was given */
	const void *options;	       /* what its table filled: `options_size` bytes */
	struct strings operands;
	struct session_pool *pool; /* of its connections to registries; or NULL */
};

#define OPERANDS_MAX 3

/* "IMAGE", "[RULE]" (may be left out), "RECIPE.json..." (one or more), "[PACKAGE...]". */
struct operand {
	const char *name;
	enum word_kind word;
	const char *const *choices; /* of WORD_CHOICE; ends with NULL */
};

struct command {
	const char *name;
	const char *summary; /* one line for the table of verbs */
	struct operand operands[OPERANDS_MAX];
	const char *wanted;   /* what is said when there are too few operands: "name an image" */
	const char *examples; /* a command line a line, without "imgbuild "; or NULL */
	const char *text;     /* what else is to be known, a paragraph; or NULL */
	const struct option_row
		*options;    /* ends with a row without a name; NULL: none of its own */
	size_t options_size; /* of the struct that the rows fill */
	bool (*run)(struct cli *c, struct error *e);
	bool jails;  /* parses untrusted files, in jails (base/jail.h) */
	bool hidden; /* for the makers of imgbuild: not in help, completion and manual */
};

#endif
