/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HEALTHCHECK_METRICS_H
#define HEALTHCHECK_METRICS_H

/* /metrics: Squid's own counters, fetched through its manager at most once a second, and what the
 * supervisor knows, in the Prometheus text format. The names are those of squid-exporter. */

#include <stdbool.h>
#include <stdint.h>

#include "common/text.h"
#include "healthcheck/checks.h"
#include "healthcheck/http_request.h"

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define METRICS_REPLY_MAX 32768 /* of Squid; more is cut */
#define METRICS_FETCH_MS 2000
#define METRICS_FRESH_MS 1000

enum metrics_result { METRICS_UNKNOWN, METRICS_OK, METRICS_REFUSED, METRICS_DOWN };

struct metrics {
	int fd;		   /* connection to Squid; -1 if none */
	bool sent;	   /* the request went out */
	unsigned port;	   /* of Squid */
	unsigned form;	   /* which form of the request is being tried */
	uint64_t until_ms; /* deadline of the fetch */
	uint64_t fetched_ms;
	enum metrics_result result; /* of the last fetch */
	size_t len;
	char data[METRICS_REPLY_MAX]; /* Squid's answer; after METRICS_OK its body, NUL-terminated
				       */
};

void metrics_init(struct metrics *m);

/* Starts a fetch if one is needed. True if m->fd is new and has to be watched. */
bool metrics_request(struct metrics *m, struct checks *c);

/* Is a fetch under way? */
bool metrics_pending(const struct metrics *m);

/* The connection has something to say. True when the fetch has ended. */
bool metrics_event(struct metrics *m);

/* Ends a fetch that takes too long. True if it did. */
bool metrics_expire(struct metrics *m);

/* The answer to a request for /metrics. */
void metrics_reply(struct metrics *m, struct checks *c, enum request_method method,
		   struct text *out);

#endif
