/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_STOP_H
#define ENTRYPOINT_STOP_H

/* The way down. Squid is told to finish (TERM), then to hurry (INT, three seconds before the grace
 * ends, or at once when no connection is left), then killed; the health server answers 503 until
 * Squid is gone and is stopped last. PID 1 leaves when no child is left. */

#include "entrypoint/supervisor.h"

/* A stop was asked for before Squid was in service: nothing is in flight, so everything is ended
 * within 1.5 s. `signo` is what asked. */
void stop_abandon(struct supervisor *s, int signo);

/* Starts the orderly stop; `signo` is 0 if no signal asked for it. */
void stop_begin(struct supervisor *s, int signo);

/* Tells Squid to finish now. */
void stop_interrupt(struct supervisor *s);

/* Kills every child. `signo` is 0 when the grace has ended, else what asked for it. */
void stop_kill(struct supervisor *s, int signo);

/* One turn of waiting for the children to go; posts the deadlines and, at last, EV_ALL_GONE. */
void stop_continue(struct supervisor *s);

struct stop_times {
	uint64_t interrupt, kill; /* milliseconds after TERM */
};

/* The deadlines for a grace of `grace` seconds; `in_service` if Squid has accepted connections. */
struct stop_times stop_deadlines(unsigned grace, bool in_service);

/* The shutdown_lifetime with which Squid serves its clients until the interrupt comes: seconds. */
unsigned stop_lifetime(unsigned grace);

#endif
