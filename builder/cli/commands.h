/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

/* The table of verbs: the one place to add one. It ends with a NULL name. */

#include "cli/cli.h"

extern const struct command commands[];

#endif
