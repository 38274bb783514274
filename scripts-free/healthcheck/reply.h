/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HEALTHCHECK_REPLY_H
#define HEALTHCHECK_REPLY_H

/* What the server answers: from a parsed request and the state of Squid to the bytes to send. */

#include <stdbool.h>

#include "common/text.h"
#include "healthcheck/checks.h"
#include "healthcheck/http_request.h"

#define REPLY_MAX 16384 /* the longest answer, head and body */

/* Does the request ask for /metrics (then reply_metrics is to be used)? */
bool reply_wants_metrics(const struct health_request *r);

/* Builds the whole answer to a decided request, but one for metrics, in `out`. */
void reply_build(const struct health_request *r, struct checks *c, struct text *out);

/* Builds an answer with `status`, `type` and `body`; the body is left out for HEAD. */
void reply_with(struct text *out, int status, enum request_method method, const char *type,
		const char *body);

/* The answers to a request that did not arrive in time, and to one too many. */
void reply_timeout(struct text *out);
void reply_busy(struct text *out);

#endif
