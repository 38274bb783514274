/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JOBSERVER_H
#define BASE_JOBSERVER_H

/* A client of the jobserver of GNU make(1), "POSIX Jobserver Interaction" in its manual. Who runs
 * imgbuild from a make with -j shares its processors: everybody may run one job, and one more for
 * each token taken from a pipe and written back later. */

#include "base/error.h"

#define JOBSERVER_MAX 63

struct jobserver {
	int in, out;		    /* the pipe; -1: there is no jobserver */
	unsigned n;		    /* tokens taken */
	char tokens[JOBSERVER_MAX]; /* what is given back is what was taken */
};
#define JOBSERVER_INIT { .in = -1, .out = -1 }

/* Opens the jobserver that `makeflags`, the value of MAKEFLAGS (may be NULL), names as descriptors
 * or as a fifo. false when there is none, or make did not hand it down. */
bool jobserver_open(struct jobserver *j, const char *makeflags);

/* Takes as many of `want` tokens as are free now and says how many it holds. Never waits. */
unsigned jobserver_take(struct jobserver *j, unsigned want);

/* Gives back what was taken. */
void jobserver_give_back(struct jobserver *j);

/* Gives back and closes; safe at any time. */
void jobserver_close(struct jobserver *j);
#define AUTO_JOBSERVER __attribute__((cleanup(jobserver_close))) struct jobserver

#endif
