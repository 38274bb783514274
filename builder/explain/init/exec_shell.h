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

#endif
