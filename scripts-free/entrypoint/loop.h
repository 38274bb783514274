/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_LOOP_H
#define ENTRYPOINT_LOOP_H

/* The one loop that waits for children, their output, the log's readers and signals. Everything
 * that waits, waits in supervisor_turn(), so signals are acted on and orphans are reaped in every
 * state. */

#include "entrypoint/supervisor.h"

/* Waits at most `ms` for anything to happen and handles what happened: signals, ended children,
 * output. The state may be another one afterwards. */
void supervisor_turn(struct supervisor *s, int ms);

/* Applies the policy to `ev` (`signo` for those that are signals, else 0). */
void supervisor_post(struct supervisor *s, enum event ev, int signo);

#endif
