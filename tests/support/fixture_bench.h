/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_BENCH_H
#define SUPPORT_FIXTURE_BENCH_H

/* What the programs of tests/bench measure with. */

#include <sys/types.h>

#include "base/error.h"

/* Milliseconds, from an unknown moment on. */
double bench_now(void);

/* End the program with a message: with errno, and with an error. */
_Noreturn void bench_die(const char *what);
_Noreturn void bench_give_up(const struct error *e);

/* What programs took: seconds, seconds of processors, KiB of the largest. */
struct bench_usage {
	double wall, cpu;
	long peak;
};

/* Seconds of processors that this process took, or those of its children that it waited for:
 * RUSAGE_SELF or RUSAGE_CHILDREN of getrusage(2). */
double bench_cpu(int who);

/* Runs argv[0] in a folder (NULL: here) with no output, and adds what it took. The program ends
 * with a message if that fails. */
void bench_run(const char *dir, const char *const *argv, struct bench_usage *sum);

/* A row of the table of figures, in seconds: ours, the fastest peer, what cannot be undercut, and
 * at most how much ours is to be of the one and of the other. 0: there is none. */
struct bench_row {
	const char *what, *peer_name;
	double ours, peer, limit, goal, limit_goal;
};
void bench_row_head(void);
void bench_row(const struct bench_row *r);

/* A connection to a port there, or -1. `flags` of socket(2): with SOCK_NONBLOCK it may still be on
 * its way. */
int bench_dial(unsigned port, int flags);

/* kB of memory and open descriptors of a process; 0 if it cannot be looked at. */
long bench_resident(pid_t pid);
int bench_descriptors(pid_t pid);

#endif
