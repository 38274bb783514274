/* SPDX-License-Identifier: Apache-2.0 */
/* Whether another try may do better, how long to wait before it, and a file in memory asked for
 * with retries. */

#include "transfer/retry/retry.h"

#include <assert.h>
#include <errno.h>
#include <time.h>

#include "transfer/http/http_url.h"

#define BACKOFF_DOUBLINGS 5

bool http_may_retry(const struct http_request *r)
{
	switch (r->end) {
	case HTTP_CUT:
	case HTTP_UNREACHABLE:
	case HTTP_STALLED:
		return true;
	case HTTP_DONE:
		return r->status == 408 || r->status == 425 || r->status == 429 || r->status >= 500;
	case HTTP_SILENT:
	case HTTP_TOO_LARGE:
	case HTTP_REFUSED:
	case HTTP_LOCAL:
		return false;
	}
	return false;
}

/* splitmix64: spreads any seed; the quality of a die is enough here. */
static uint64_t scatter_bits(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

uint64_t http_delay_ms(const struct http_settings *s, const struct http_request *r, unsigned tries,
		       uint64_t seed)
{
	unsigned doublings = tries > BACKOFF_DOUBLINGS ? BACKOFF_DOUBLINGS : tries - 1;
	uint64_t full = s->backoff_ms << doublings;

	if (r->retry_after_s != UINT64_MAX)
		return 1000 * (r->retry_after_s < s->retry_after_max_s ? r->retry_after_s
								       : s->retry_after_max_s);
	return full / 2 + scatter_bits(seed + tries) % (full / 2 + 1);
}

void http_pause(uint64_t ms)
{
	struct timespec t = { .tv_sec = (time_t)(ms / 1000),
			      .tv_nsec = (long)(ms % 1000) * 1000000 };

	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		continue;
}

/* The collected body of one try. */
struct collect {
	struct buf text;
	struct buf_sink sink;
};

static bool start_again(struct http_request *r, uint64_t at, struct error *e)
{
	struct collect *c = r->owner;

	(void)e;
	assert(at == 0);
	c->text.n = 0;
	return true;
}

void http_try(struct http *h, struct http_request *r)
{
	struct http_patience p = { 0 };
	uint64_t ms;

	assert(!h->running);
	for (unsigned tries = 1;; tries++) {
		http_patience_begin(&h->settings, &p, r);
		http_start(h, r);
		while (!http_next(h, 1000))
			continue;
		if (!http_may_retry(r) || tries >= h->settings.tries ||
		    !http_patience_wait(&h->settings, &p, r, tries, &ms))
			return;
		http_pause(ms);
	}
}

/* Tries until there is an answer that another try will not better. */
static bool retry_ask(struct http *h, struct http_request *r, struct error *e)
{
	char shown[512];

	http_try(h, r);
	if (r->end == HTTP_DONE && r->status < 500 && !http_may_retry(r))
		return true;
	if (r->end == HTTP_LOCAL) {
		*e = r->error;
		return err_wrap(e, "%s", http_url_redact(r->url, shown, sizeof(shown)));
	}
	return err_set(e, r->end == HTTP_TOO_LARGE ? ERR_VERIFY : ERR_NETWORK, "%s: %s",
		       http_url_redact(r->url, shown, sizeof(shown)), r->reason);
}

bool http_get(struct arena *a, struct http *h, const char *url, size_t max, struct str *body,
	      int *status, struct error *e)
{
	return http_get_form(a, h, url, NULL, max, body, status, e);
}

bool http_get_form(struct arena *a, struct http *h, const char *url, const char *accept, size_t max,
		   struct str *body, int *status, struct error *e)
{
	const char *ignored;

	return http_get_page(a, h, url, accept, max, body, &ignored, status, e);
}

bool http_get_page(struct arena *a, struct http *h, const char *url, const char *accept, size_t max,
		   struct str *body, const char **from, int *status, struct error *e)
{
	struct collect c = { .text = { .a = a, .max = max } };
	const char *line = accept ? arena_printf(a, "Accept: %s", accept) : NULL;
	const struct strings lines = { &line, 1, 1 };
	struct http_request r = {
		.url = url,
		.headers = accept ? &lines : NULL,
		.max = max,
		.start = start_again,
		.body = &c.sink.base,
		.owner = &c,
	};

	buf_sink_init(&c.sink, &c.text, url);
	if (!retry_ask(h, &r, e))
		return false;
	*status = r.status;
	*from = r.final_url[0] && strlen(r.final_url) + 1 < sizeof(r.final_url)
			? arena_strdup(a, r.final_url)
			: url;
	*body = r.status == 200 ? buf_str(&c.text) : (struct str){ "", 0 };
	return true;
}
