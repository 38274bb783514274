/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_PID_FILE_H
#define ENTRYPOINT_PID_FILE_H

/* Squid's PID file: one left over from an earlier container must not stop this one. */

#include "entrypoint/supervisor.h"

/* Removes a stale PID file and makes the link that other programs may look for. Fails only if a
 * Squid that is alive holds the file and we are not PID 1. */
bool pid_file_clear(struct supervisor *s);

#endif
