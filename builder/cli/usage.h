/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_USAGE_H
#define CLI_USAGE_H

/* What --help prints. */

#include "cli/cli.h"

/* imgbuild --help, and imgbuild VERB --help. */
void usage_print(struct arena *a, FILE *out);
void usage_print_verb(struct arena *a, const struct command *command, FILE *out);

#endif
