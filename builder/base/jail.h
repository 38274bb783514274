/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JAIL_H
#define BASE_JAIL_H

/* A child process without authority, for parsers of untrusted bytes. It has the memory it was
 * forked with, one pipe to write results to, and nothing else: no other descriptor, no new
 * privileges, no file system (Landlock), no system calls but those that memory and that pipe need
 * (seccomp: anything else kills it), bounded memory, processor time and lifetime. Whoever takes
 * control of it can lie in what it writes, which is why the reader checks that again.
 *
 * The parent may have other threads; what the child runs may use malloc, but no lock that another
 * thread could have held at the fork. */

#include <sys/types.h>

#include "base/io.h"
#include "base/progress.h"

struct jail_limits {
	uint64_t memory;		/* bytes of address space on top of what it starts with */
	unsigned cpu_seconds, wall_seconds;
};

struct jail {
	struct source base;		/* what the child writes; ends when it closes the pipe */
	pid_t pid;			/* 0: no child */
	int fd;
	int64_t deadline;		/* CLOCK_MONOTONIC, nanoseconds */
	struct jail_limits limits;
	char block[65536];
};

/* Runs `work` in a child: it writes to `out`, and true is success. `name` is for messages.
 * ERR_SYSTEM if the child cannot be made. Afterwards read &j->base to its end, then call
 * jail_finish(). */
MUST_CHECK bool jail_start(struct jail *j, const char *name, const struct jail_limits *limits,
			   bool (*work)(void *ctx, int out), void *ctx, struct error *e);

/* Waits for the child. ERR_INPUT when it did not succeed: the bytes it read made it crash, go
 * beyond a limit, or try something forbidden. */
MUST_CHECK bool jail_finish(struct jail *j, struct error *e);

/* Ends and reaps the child, if there is one; for the failure path. */
void jail_drop(struct jail *j);
#define AUTO_JAIL __attribute__((cleanup(jail_drop))) struct jail

/* Says once, as a warning, which of the two protections this kernel lacks; nothing if it
 * has both. */
void jail_report(struct progress *p);

#endif
