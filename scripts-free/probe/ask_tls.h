/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_ASK_TLS_H
#define PROBE_ASK_TLS_H

/* A request and the beginning of its answer over TLS 1.2 (RFC 5246). In the program that is
 * compiled with -DPROBE_TLS and linked with BearSSL; the other one says that it has none.
 *
 * Whatever certificate the server shows is taken, unless the target names authorities: the probe
 * asks its own container whether it answers, and sends nothing that is secret. */

#include <sys/types.h>

#include "probe/deadline.h"
#include "probe/target.h"

/* Whether this program can ask it at all. */
bool ask_tls_is_there(void);

/* Over a connected socket to `t`: sends `n` bytes, then reads until a line ends, `cap` bytes are
 * there or the server closes. How many bytes `line` has got; -1: `why` says what went wrong. */
ssize_t ask_tls(int fd, const struct target *t, const char *request, size_t n, char *line,
		size_t cap, struct deadline deadline, struct objection *why);

#endif
