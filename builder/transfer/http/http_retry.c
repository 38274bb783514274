/* SPDX-License-Identifier: Apache-2.0 */
/* Patience: the settings, how long to wait before another try, and the two small questions (a
 * file in memory, is it there) asked with retries. Knows no curl. */

#include "transfer/http/http.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "transfer/http/http_url.h"

#define BACKOFF_DOUBLINGS 5
#define WHOLE_BASE_MS 120000		/* a whole transfer may take this long, and on top */
#define WHOLE_BYTES_PER_MS 16		/* a millisecond for so many bytes */

void http_settings_from_env(struct arena *a, struct http_settings *out)
{
	const char *bundle = getenv("CURL_CA_BUNDLE");
	const char *file = bundle && bundle[0] ? bundle : getenv("SSL_CERT_FILE");
	const char *dir = getenv("SSL_CERT_DIR");
	const char *netrc = getenv("IMGBUILD_NETRC");
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	*out = (struct http_settings){
		.connect_ms = 10000, .stall_s = 10, .stall_rate = 1000, .header_max = 256 * 1024,
		.backoff_ms = 500, .retry_after_max_s = 60, .patience_ms = 35000, .tell_ms = 5000, .tries = 3, .per_host = 6, .total = 16,
	};
	if (file && file[0])
		out->ca_file = file;
	else if (dir && dir[0])
		out->ca_dir = dir;
	out->auth_named = netrc && netrc[0];
	if (out->auth_named)
		out->auth_file = netrc;
	else if (config && config[0] == '/')
		out->auth_file = arena_printf(a, "%s/imgbuild/auth", config);
	else if (home && home[0] == '/')
		out->auth_file = arena_printf(a, "%s/.config/imgbuild/auth", home);
}

uint64_t http_clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* A whole file at the least speed we put up with. */
long http_whole_ms(uint64_t bytes)
{
	uint64_t ms = WHOLE_BASE_MS + bytes / WHOLE_BYTES_PER_MS;

	return ms < INT32_MAX ? (long)ms : INT32_MAX;
}

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
static uint64_t scatter(uint64_t x)
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
	return full / 2 + scatter(seed + tries) % (full / 2 + 1);
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
static bool ask(struct http *h, struct http_request *r, struct error *e)
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
	struct collect c = { .text = { .a = a, .max = max } };
	struct http_request r = {
		.url = url, .max = max, .start = start_again, .body = &c.sink.base, .owner = &c,
	};

	buf_sink_init(&c.sink, &c.text, url);
	if (!ask(h, &r, e))
		return false;
	*status = r.status;
	*body = r.status == 200 ? buf_str(&c.text) : (struct str){ "", 0 };
	return true;
}

bool http_exists(struct http *h, const char *url, bool *exists, uint64_t *size, struct error *e)
{
	struct http_request r = { .url = url, .method = HTTP_HEAD };
	char shown[512];

	if (!ask(h, &r, e))
		return false;
	*exists = r.status == 200;
	if (size)
		*size = r.length;
	return r.status == 200 || r.status == 403 || r.status == 404 || r.status == 410 ||
	       err_set(e, ERR_NETWORK, "%s: %s", http_url_redact(url, shown, sizeof(shown)),
		       r.reason);
}
