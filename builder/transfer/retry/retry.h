/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_RETRY_RETRY_H
#define TRANSFER_RETRY_RETRY_H

/* Trying again: what for, after how long, and how long in all. For one request at a time; who has
 * many at once (transfer/download) asks the same questions. */

#include "transfer/http/http.h"

/* Reads one small file into `a`, with retries. true: the server answered and *status says what;
 * *body is its body when *status is 200 and empty otherwise (404, 403, ...). false: ERR_NETWORK
 * naming the URL (no answer after all tries), or ERR_VERIFY when it has more than `max` bytes.
 * Nothing about the body has been verified. */
MUST_CHECK bool http_get(struct arena *a, struct http *h, const char *url, size_t max,
			 struct str *body, int *status, struct error *e);

/* The same, asking for one of these forms of it ("application/json"). */
MUST_CHECK bool http_get_form(struct arena *a, struct http *h, const char *url, const char *accept,
			      size_t max, struct str *body, int *status, struct error *e);

/* The same of a page whose links are relative to where it came from: *from is that address, after
 * redirects; where that is too long to be known, `url`. */
MUST_CHECK bool http_get_page(struct arena *a, struct http *h, const char *url, const char *accept,
			      size_t max, struct str *body, const char **from, int *status,
			      struct error *e);

/* Works on one request alone, and again as long as another try may do better and settings.tries
 * allows. */
void http_try(struct http *h, struct http_request *r);

/* Waits, for those who try again themselves. */
void http_pause(uint64_t ms);

/* How long one URL has been silent, over all tries of it. Begins zeroed. */
struct http_patience {
	uint64_t since_ms;
};

/* Before each start of a request for that URL. */
void http_patience_begin(const struct http_settings *s, struct http_patience *p,
			 struct http_request *r);

/* After try number `tries` has ended: whether there is time for another one, and in how many ms
 * (what http_delay_ms() says, or less). Tells people of long waits. */
MUST_CHECK bool http_patience_wait(const struct http_settings *s, struct http_patience *p,
				   const struct http_request *r, unsigned tries, uint64_t *ms);

/* How long to wait before try number `tries` + 1, in ms: what the server asked for (clamped), else
 * exponential with jitter from `seed`. */
uint64_t http_delay_ms(const struct http_settings *s, const struct http_request *r, unsigned tries,
		       uint64_t seed);

/* Whether the same URL may do better soon: cut, unreachable, stalled, 408, 425, 429, 5xx. Not when
 * nobody answered: each such try takes as long as a person likes to wait in all. */
bool http_may_retry(const struct http_request *r);

#endif
