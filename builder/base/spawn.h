/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SPAWN_H
#define BASE_SPAWN_H

/* Other programs: started by posix_spawn(3), and waited for. What they find does not hang on who
 * started us: standard input is empty, and every signal does what it does by default. Of our
 * descriptors they have standard output and error, and what they are given; all others close on
 * exec. */

#include <sys/types.h>

#include "base/str.h"

/* A descriptor of ours, and its number in the program. */
struct spawn_fd {
	int ours, theirs;
};

struct spawn {
	const char *const *argv;    /* ends with NULL; argv[0] is looked up in our PATH */
	const char *const *env;	    /* ends with NULL; NULL: our environment */
	const char *dir;	    /* its working folder; NULL: ours */
	const struct spawn_fd *fds; /* set one after the other: no `ours` is an earlier `theirs` */
	size_t n;
};

/* 1 and *pid, which is to be waited for; 0: not installed; -1 with ERR_SYSTEM. */
MUST_CHECK int spawn_start(const struct spawn *s, pid_t *pid, struct error *e);

/* Waits for a child; *status is that of waitpid(2). ERR_SYSTEM naming `name`. */
MUST_CHECK bool spawn_wait(pid_t pid, const char *name, int *status, struct error *e);

#endif
