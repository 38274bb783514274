/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_PREPARE_H
#define ENTRYPOINT_PREPARE_H

/* Everything that has to be right before Squid is started, in order. */

#include "entrypoint/supervisor.h"

/* The work of the state VALIDATING. False if something is wrong (it has been logged) or if a stop
 * came (the state is then another one). */
bool prepare_everything(struct supervisor *s);

#endif
