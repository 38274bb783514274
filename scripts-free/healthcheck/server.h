/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HEALTHCHECK_SERVER_H
#define HEALTHCHECK_SERVER_H

/* The HTTP server: one epoll loop, a fixed number of connection slots with a deadline each, no
 * allocation. A slot is small because a request head is parsed as it arrives and never stored, so
 * a thousand slow clients fit; one more pushes out the oldest. */

#include <stdbool.h>

#include "healthcheck/slots.h"

/* Opens the listening socket on `port`, all addresses, IPv6 and IPv4. False, errno set. */
bool server_open(struct server *s, const struct board *board, unsigned port);

/* Serves for ever; returns only if epoll fails. */
void server_run(struct server *s);

#endif
