/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

/* What shells are given to complete the command line, made from the tables of verbs and options. */

#include "cli/cli.h"

/* completion_posix.c: bash and zsh, which share what they know. */
void completion_bash(struct cli *c);
void completion_zsh(struct cli *c);

/* completion_fish.c */
void completion_fish(struct cli *c);

#endif
