/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_USAGE_H
#define CLI_USAGE_H

/* What --help prints. */

#include "cli/cli.h"

/* How a verb is called: "imgbuild audit [OPTION...] IMAGE". */
const char *usage_synopsis(struct arena *a, const struct command *command);

/* "-o, --output DIR"; a row without a letter has no comma. */
const char *usage_label(struct arena *a, const struct option_row *row);

/* imgbuild --help, and imgbuild VERB --help. */
void usage_print(struct arena *a, FILE *out);
void usage_print_verb(struct arena *a, const struct command *command, FILE *out);

#endif
