/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_WATCH_COMMAND_H
#define CLI_WATCH_COMMAND_H

/* A command of the user that runs beside us, for sh -c (POSIX). It ends when we say so or when we
 * end, whatever ended us: a process between us and it has our end of a socket to look at. Its
 * process group gets TERM, and after 10 seconds KILL. */

#include "base/error.h"

struct watch_command {
	int fd; /* to the process between; -1: nothing runs */
};

#define WATCH_COMMAND_NONE { -1 }

/* Starts it, with an empty standard input. ERR_SYSTEM. */
MUST_CHECK bool watch_command_start(const char *text, struct watch_command *w, struct error *e);

/* Ends it and waits for that; does nothing when nothing runs. */
void watch_command_stop(struct watch_command *w);

/* Once `fd` can be read: the command has ended by itself. Its status as a shell gives it; -1 if
 * nobody can say. Nothing runs afterwards. */
int watch_command_ended(struct watch_command *w);

#endif
