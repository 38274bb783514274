/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_HEALTH_H
#define ENTRYPOINT_HEALTH_H

/* The health server as a child: starting it, noticing its death, starting it again. */

#include "entrypoint/supervisor.h"

/* Fills the board from the configuration, starts the health server and waits until it listens,
 * at most 5 s. Logs the cause of a failure. */
bool health_start(struct supervisor *s);

/* Squid reads its configuration again: the ports that are watched are those of s->conf from now on.
 */
void health_follow(struct supervisor *s);

/* It has died: plans a new start at least a second after the last one, or, after HEALTH_RESTARTS
 * in HEALTH_WINDOW_MS, posts EV_FAILED. */
void health_lost(struct supervisor *s);

/* Starts it again. */
void health_restart(struct supervisor *s);

/* May it be started at `now`, given the earlier starts? Returns when, or 0 for never. Pure. */
uint64_t health_next_start(const uint64_t *born, size_t n, uint64_t now);

#endif
