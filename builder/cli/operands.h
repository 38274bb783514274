/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_OPERANDS_H
#define CLI_OPERANDS_H

/* The words of a command line that are not options, as the verb's struct operand rows have them. */

#include "cli/cli.h"

bool operand_is_repeated(const struct operand *o);

/* What the k-th word after the verb is, or NULL: there may be none. */
const struct operand *operand_at(const struct command *command, size_t k);

/* "IMAGE TESTS..." */
const char *operands_text(struct arena *a, const struct command *command);

/* Takes one more word; ERR_USAGE when it is one too many. */
MUST_CHECK bool operands_push(struct cli *c, const char *word, struct error *e);

/* Whether there are enough, and fixed words are those that there are. ERR_USAGE. */
MUST_CHECK bool operands_check(struct cli *c, struct error *e);

#endif
