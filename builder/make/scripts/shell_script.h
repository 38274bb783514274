/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_SCRIPTS_SHELL_SCRIPT_H
#define MAKE_SCRIPTS_SHELL_SCRIPT_H

/* What was read out of a shell script: the commands, and the functions that it defines. Filled by
 * shell.c and, for substitutions within words, by way of shell_word.c. */

#include "base/str.h"

struct shell_command {
	struct strings words;  /* words.v[0] is the command; none: redirections alone */
	struct strings writes; /* files named by > and >>, but /dev/... */
};

struct shell_script {
	struct LIST(struct shell_command) commands; /* in the order in which they end */
	struct strings functions;		    /* defined in the script, sorted */
};

#endif
