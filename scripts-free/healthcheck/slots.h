/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HEALTHCHECK_SLOTS_H
#define HEALTHCHECK_SLOTS_H

/* The server's state: a slot for each connection, and what of an answer is still to be sent. The
 * loop (server.h) fills slots, an exchange (exchange.h) works on one. */

#include <stdbool.h>
#include <stdint.h>

#include "healthcheck/checks.h"
#include "healthcheck/http_request.h"
#include "healthcheck/metrics.h"
#include "healthcheck/reply.h"

#define SERVER_SLOTS 1024
#define SERVER_PENDING 8		/* answers that a client did not take at once */
#define SERVER_HEAD_MS 5000		/* to send a request */
#define SERVER_TOTAL_MS 10000		/* for everything */
#define SERVER_KEY_LISTENER 0xffffffffu /* what epoll reports, beside slot numbers */
#define SERVER_KEY_MANAGER 0xfffffffeu
#define SERVER_LINGER_MS 1000 /* to see our answer before the connection goes */

enum slot_state { SLOT_FREE, SLOT_READING, SLOT_WAITING, SLOT_SENDING, SLOT_LINGERING };

struct slot {
	enum slot_state state;
	int fd;
	uint64_t since_ms; /* accepted */
	uint64_t until_ms; /* deadline of the present state */
	bool leftover;	   /* bytes behind the request, or more of it to come: close gently */
	int pending;	   /* index into pending[] while SENDING */
	struct health_request request;
};

struct pending {
	bool used;
	size_t at, len;
	char data[REPLY_MAX];
};

struct server {
	int epoll, listener;
	unsigned limit; /* slots that may be used: fewer if descriptors are short */
	unsigned used;
	uint64_t look_ms; /* when deadlines are looked at next */
	uint64_t evicted;
	struct checks checks;
	struct metrics metrics;
	struct slot slots[SERVER_SLOTS];
	struct pending pending[SERVER_PENDING];
};

/* epoll_ctl for `fd`, to be reported as `key`. */
bool server_watch(struct server *s, int op, int fd, uint32_t events, uint32_t key);

#endif
