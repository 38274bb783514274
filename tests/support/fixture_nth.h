/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_NTH_H
#define SUPPORT_FIXTURE_NTH_H

/* Faults at every point: runs some work in a child process and makes its n-th system call of given
 * kinds fail, or kills the child there. With n = 1, 2, ... until nothing is hit any more, every
 * such point of the work has been tried. Uses seccomp's user notification, which sees all threads
 * of the child at once (strace's inject counts for each thread by itself); processes that the child
 * starts do not count. */

#include <stdbool.h>

struct nth_fault {
	const char *const
		*calls; /* names of system calls, NULL-terminated; unknown ones are ignored */
	unsigned at;	/* which of them, from 1; 0: none */
	int error;	/* errno it fails with; 0: the child is killed instead */
};

struct nth_result {
	bool hit;	/* there was such a call */
	char call[32];	/* its name */
	unsigned count; /* such calls in all */
	bool killed;
	int status; /* exit status, if it exited */
};

/* false where the machine has no user notification: skip the test. */
bool nth_run(const struct nth_fault *fault, int (*work)(void *user), void *user,
	     struct nth_result *result);

#endif
