/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_CHILD_H
#define ENTRYPOINT_CHILD_H

/* Starting a program and knowing what became of it. A child starts with no blocked signal, the
 * signal dispositions that PID 1 was given, its own process group, /dev/null as input, one or two
 * pipes to us as outputs, and no other descriptor of ours. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "entrypoint/relay.h"

struct child {
	pid_t pid; /* 0: never started */
	bool running;
	int status; /* of waitpid, once it has ended */
	struct relay relay;
	struct relay out; /* its stdout, if the order wants that apart; else closed */
};

struct child_order {
	char *const *argv; /* argv[0] is the path */
	unsigned max_fd;   /* soft RLIMIT_NOFILE at most this; 0: leave it */
	int board_fd;	   /* comes out as descriptor BOARD_FD; -1: none */
	int death_signal;  /* what the child gets if we die */
	void (*line)(void *arg, const char *s, size_t n); /* takes its output */
	void (*out_line)(void *arg, const char *s,
			 size_t n); /* takes its stdout; NULL: `line` does */
	void *arg;
	char *wide; /* for long lines of its stdout; NULL: none come */
	size_t wide_cap;
};

/* Starts it. False, errno set to the cause (that of exec, too), if that fails: then there is no
 * child. EAGAIN of fork is retried for a second. */
bool child_start(struct child *c, const struct child_order *o);

/* Sends `signo` to the child's process group, or to it alone. Harmless if it has ended. */
void child_signal(const struct child *c, int signo);
void child_signal_group(const struct child *c, int signo);

/* The exit code a shell would give for `status`: 0 to 255, or 128 + signal. */
int child_code(int status);

/* "exit code 3", or "signal SIGSEGV (exit code 139)", in `buf`. Returns `buf`. */
const char *child_ending(int status, char *buf, size_t cap);

/* "SIGTERM" for 15; "signal 41" in `buf` for one without a name. */
const char *signal_name(int signo, char *buf, size_t cap);

#endif
