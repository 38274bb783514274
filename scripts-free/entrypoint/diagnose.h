/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_DIAGNOSE_H
#define ENTRYPOINT_DIAGNOSE_H

/* `entrypoint --diagnose`: everything one would look up with a shell, as one JSON document. Changes
 * nothing, shows no secret, and works beside a running PID 1. */

#include "entrypoint/supervisor.h"

/* Writes the document to stdout. Exit status: 0 if the configuration is valid and every directory
 * can be written, else 1. `s` was initialised and is used for running tools only. */
int diagnose_state(struct supervisor *s);

#endif
