/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HEALTHCHECK_SERVER_H
#define HEALTHCHECK_SERVER_H

/* The HTTP server: one epoll loop, a fixed number of connection slots with a deadline each, no
 * allocation. A slot is small because a request head is parsed as it arrives and never stored, so
 * a thousand slow clients fit; one more pushes out the oldest. */

#include <stdbool.h>
#include <stdint.h>

#include "healthcheck/checks.h"
#include "healthcheck/http_request.h"
#include "healthcheck/metrics.h"
#include "healthcheck/reply.h"

#define SERVER_SLOTS 1024
#define SERVER_PENDING 8        /* answers that a client did not take at once */
#define SERVER_HEAD_MS 5000     /* to send a request */
#define SERVER_TOTAL_MS 10000   /* for everything */
#define SERVER_KEY_LISTENER 0xffffffffu /* what epoll reports, beside slot numbers */
#define SERVER_KEY_MANAGER 0xfffffffeu
#define SERVER_LINGER_MS 1000   /* to see our answer before the connection goes */

enum slot_state { SLOT_FREE, SLOT_READING, SLOT_WAITING, SLOT_SENDING, SLOT_LINGERING };

struct slot {
	enum slot_state state;
	int fd;
	uint64_t since_ms;      /* accepted */
	uint64_t until_ms;      /* deadline of the present state */
	bool leftover;          /* bytes behind the request, or more of it to come: close gently */
	int pending;            /* index into pending[] while SENDING */
	struct http_request request;
};

struct pending {
	bool used;
	size_t at, len;
	char data[REPLY_MAX];
};

struct server {
	int epoll, listener;
	unsigned limit;         /* slots that may be used: fewer if descriptors are short */
	unsigned used;
	uint64_t look_ms;       /* when deadlines are looked at next */
	uint64_t evicted;
	struct checks checks;
	struct metrics metrics;
	struct slot slots[SERVER_SLOTS];
	struct pending pending[SERVER_PENDING];
};

/* Opens the listening socket on `port`, all addresses, IPv6 and IPv4. False, errno set. */
bool server_open(struct server *s, const struct board *board, unsigned port);

/* Serves for ever; returns only if epoll fails. */
void server_run(struct server *s);

/* epoll_ctl for `fd`, to be reported as `key`. */
bool server_watch(struct server *s, int op, int fd, uint32_t events, uint32_t key);

/* One turn of the loop, waiting at most `ms`. */
bool server_turn(struct server *s, int ms);

#endif
