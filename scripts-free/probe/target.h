/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_TARGET_H
#define PROBE_TARGET_H

/* What is asked, as the command line says it. Pure: nothing is opened or looked up.
 *
 *   http://HOST[:PORT][/PATH]       a GET request is answered with a status from 200 to 399
 *   https://HOST[:PORT][/PATH][#ca=FILE[,name=NAME]]
 *                                   the same over TLS, whatever the certificate; or one that the
 *                                   authorities in FILE vouch for, and that is for NAME
 *   tcp://HOST:PORT                 somebody accepts connections
 *   unix:///PATH                    the same, on a Unix socket
 *   file:///PATH[?max-age=TIME]     the file exists, and was written at most TIME ago
 *   process:NAME                    a process of this name runs
 *
 * HOST is an IPv4 address, an IPv6 address in brackets, or localhost (127.0.0.1): a name would need
 * a resolver, and a probe asks its own container. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "probe/objection.h"

#define TARGET_TEXT_MAX 2048 /* bytes of a target, and of its path */

enum target_kind {
	TARGET_HTTP,
	TARGET_HTTPS,
	TARGET_TCP,
	TARGET_UNIX,
	TARGET_FILE,
	TARGET_PROCESS,
};

struct target {
	enum target_kind kind;
	char host[64];		    /* for the Host line: "127.0.0.1:8080", "[::1]:8080" */
	char path[TARGET_TEXT_MAX]; /* with the query of HTTP; the name of a process */
	struct sockaddr_storage address;
	socklen_t address_size;
	char authorities[256]; /* the file of ca=; "": any certificate will do */
	char peer[256];	       /* name=; "": it may be for anybody */
	uint64_t max_age_ms;   /* UINT64_MAX: any */
};

/* Reads one target. False: `why` says what is wrong with it and what to write. */
bool target_parse(const char *s, struct target *out, struct objection *why);

/* "500ms", "3s", "1m", "2h" or "3" (seconds), from 1 ms to 30 days, in milliseconds. */
bool target_parse_time(const char *s, uint64_t *ms);

#endif
