/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_BENCH_LINK_H
#define SUPPORT_FIXTURE_BENCH_LINK_H

/* A slow link to a port of the loopback address: a port of its own, all connections to which share
 * so many bits a second in each direction, and whose bytes arrive half a round trip later. The
 * first bytes of a connection are a round trip later still, as after a handshake. It has no losses
 * and no slow start: who opens a connection has all that the others leave. tc would do the same in
 * a network namespace, but not every kernel has its delay (sch_netem). Errors end the program. */

#include <sys/types.h>

struct bench_link {
	unsigned port; /* to connect to */
	pid_t pid;
};

void bench_link_open(struct bench_link *l, unsigned to, double megabits, double round_trip_ms);
void bench_link_close(struct bench_link *l);

#endif
