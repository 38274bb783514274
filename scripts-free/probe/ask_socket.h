/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_ASK_SOCKET_H
#define PROBE_ASK_SOCKET_H

/* Servers: whether they accept a connection, and what they answer to a request. */

#include "probe/deadline.h"
#include "probe/target.h"

/* Connects to a target of kind HTTP, HTTPS, TCP or UNIX until the deadline; HTTP(S): sends a GET
 * request and reads the first line of the answer (RFC 9112, section 4). False: `why` says what went
 * wrong, with bytes of the server as they came. */
bool ask_socket(const struct target *t, struct deadline deadline, struct objection *why);

/* The status of an answer that begins with the `n` bytes at `s`; 0: it is not of HTTP. Pure. */
unsigned ask_status(const char *s, size_t n);

#endif
