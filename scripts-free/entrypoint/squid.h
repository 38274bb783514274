/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_SQUID_H
#define ENTRYPOINT_SQUID_H

/* Squid as a child: starting it, knowing when it serves, saying how it ended. */

#include "entrypoint/supervisor.h"

/* Starts Squid with the wrapper configuration and waits, at most 30 s, until it listens on one of
 * its ports (decision 9). Logs the cause of a failure. */
bool squid_start(struct supervisor *s);

/* Logs that Squid has died, and the end of its own log. Once. */
void squid_report(struct supervisor *s);

#endif
