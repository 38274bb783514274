/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_EXEC_SHELL_H
#define EXPLAIN_INIT_EXEC_SHELL_H

/* Units that start their program by a shell: ExecStart=/bin/sh -c "...; exec /usr/sbin/mariadbd
 * $OPTIONS". */

#include "explain/init/exec_line.h"

/* Where `line` is `sh -c SCRIPT`: the words of the program that the script becomes in the end, with
 * what the unit's variables give and without what only a shell would know. false: it is not, or
 * nothing in it is a program by its path; `line` is as it was. */
bool exec_shell_read(struct arena *a, const struct unit *variables, struct exec_line *line);

/* What a script of /etc/init.d gives the program that it starts. */
struct exec_script {
	struct strings words; /* behind "--", with what the variables give */
	const char *user;     /* of --chuid, or NULL */
	bool background;      /* --background: the program itself stays in the foreground */
};

/* The variables that a script of /etc/init.d sets, without the comments behind them, as
 * unit_read_variables() adds them. Any bytes. */
void exec_script_variables(struct arena *a, struct str text, struct unit *out);

/* The first "start-stop-daemon --start ..." of a script, with the variables that it sets. false: it
 * has none. */
bool exec_script_read(struct arena *a, struct str text, const struct unit *variables,
		      struct exec_script *out);

#endif
