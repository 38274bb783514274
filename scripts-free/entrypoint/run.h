/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_RUN_H
#define ENTRYPOINT_RUN_H

/* The way through the states, and what is done about events on it: the one place that knows all
 * parts. */

#include "entrypoint/supervisor.h"

/* For supervisor_init(). */
void run_act(struct supervisor *s, enum act a, int signo);

/* Runs through the states until EXITED. Returns the exit status. */
int supervisor_run(struct supervisor *s);

#endif
