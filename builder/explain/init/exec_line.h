/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_EXEC_LINE_H
#define EXPLAIN_INIT_EXEC_LINE_H

/* A command line of a unit as the words a process would get (systemd.service(5), "Command lines"):
 * prefixes are removed, specifiers and variables filled in. */

#include "format/text/unit.h"

struct exec_line {
	struct strings words; /* words.v[0] is the program */
	struct strings used;  /* names of the variables that it took */
	struct strings
		unknown; /* specifiers that mean nothing in an image, variables nobody sets */
};

/* `unit` is its name without ".service": "nginx", "tor@default". ERR_INPUT when quotes do not
 * match.
 */
MUST_CHECK bool exec_line_read(struct arena *a, const char *line, const char *unit,
			       const struct unit *variables, struct exec_line *out,
			       struct error *e);

/* Takes the last word away if it is an option for the value of a variable that nothing sets: one
 * that is named like it ("--user" for TFTP_USERNAME), or any, unless it stands for options. */
bool exec_drop_option(struct arena *a, struct strings *words, const char *name, bool any);

/* The signal that a line sends to the unit's process, "HUP" of "/bin/kill -s HUP $MAINPID", as it
 * stands there (kill(1), kill(1posix)); NULL: the line does something else. */
const char *exec_line_signal(struct arena *a, const char *line);

#endif
