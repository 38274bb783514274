/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_TUNNEL_H
#define MAKE_COMPILE_TUNNEL_H

/* Ways out of a sandbox that has no network: each leads from one port of its loopback address to
 * one host and port outside, which whoever runs imgbuild has named, and to nothing else. For
 * compiler caches and compile servers (launcher.h). */

#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"

struct error;

#define TUNNEL_MAX 32

struct tunnel {
	const char *host, *service; /* outside: getaddrinfo(3) takes both */
	uint16_t port;		    /* inside, on 127.0.0.1 */
};

struct tunnels LIST(struct tunnel);

/* Opens them (at most TUNNEL_MAX) into the network namespace of the process `init`, and gives the
 * process that carries the bytes: a child of this one, to be ended with tunnels_close(). A host
 * that does not answer is not an error: who connects inside sees the connection closed. ERR_SYSTEM.
 */
MUST_CHECK bool tunnels_open(const struct tunnels *t, pid_t init, pid_t *carrier, struct error *e);
void tunnels_close(pid_t carrier);

#endif
