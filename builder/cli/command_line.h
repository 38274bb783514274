/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COMMAND_LINE_H
#define CLI_COMMAND_LINE_H

/* Reads a command line:
 *
 *   - options stand before or after operands: --name VALUE, --name=VALUE, -n VALUE, -nVALUE, -abn
 * VALUE;
 *     "--" ends them, "-" is an operand; only those of every verb stand before the verb
 *   - an option is given once, unless its row says that it is a list
 *   - the verb "build" may be left out before a recipe, before images.json and before the name of
 * an image that images.json has */

#include "cli/cli.h"

/* Reads the words after the program's name. c->command is NULL when there is no verb among them.
 * When help is asked for, nothing else is checked. ERR_USAGE. */
MUST_CHECK bool command_line_read(struct cli *c, const char *const *words, size_t n,
				  struct error *e);

#endif
