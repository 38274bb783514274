/* SPDX-License-Identifier: Apache-2.0 */
/* Requests over curl's multi interface. Redirects are followed here, not by curl: each step is
 * judged (http_url.h) and gets the credentials of the host it leads to, never those before. Whether
 * and when to try again is decided elsewhere (http_retry.c, fetch.c). */

#include "transfer/http/http.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "transfer/http/curl_library.h"
#include "transfer/http/http_end.h"
#include "transfer/http/http_reply.h"
#include "transfer/http/http_url.h"

#define ASK_FIRST_MIN (1u << 20) /* a larger body is sent once the server wants it */
#define DISCARD_MAX (1u << 20)	 /* most bytes of an error page that are read */
#define BUFFER_SIZE (256L << 10) /* of a transfer, each way; curl's 16 KiB cost a call each */

/* A request while it runs. */
struct http_transfer {
	struct http *http;
	struct http_request *r;
	CURL *easy;
	struct curl_slist *headers;
	char url[HTTP_URL_MAX]; /* where we are, after redirects */
	unsigned redirects;
	struct http_reply reply;
	uint64_t header_bytes; /* of all replies to this request */
	uint64_t discarded;
	uint64_t sent; /* bytes of the request's own body */
	bool idle;     /* not in the multi handle; http_next() gives it back */
	bool started;  /* r->start() was called */
	bool stopped;  /* a callback ended it and set r->end and r->reason */
	char curl_says[CURL_ERROR_SIZE];
};

/* Ends a transfer from within a callback. */
static size_t transfer_stop(struct http_transfer *t, enum http_end end, const char *reason)
{
	t->stopped = true;
	t->r->end = end;
	snprintf(t->r->reason, sizeof(t->r->reason), "%s", reason);
	return 0;
}

static bool has_body_for_us(const struct http_transfer *t)
{
	return t->r->body && t->r->method != HTTP_HEAD &&
	       (t->reply.status == 200 || t->reply.status == 206);
}

/* Once the headers are there: is this a body we take? */
static bool transfer_judge(struct http_transfer *t)
{
	const struct http_request *r = t->r;
	const struct http_reply *reply = &t->reply;
	uint64_t at = 0, end;

	if (!has_body_for_us(t))
		return true;
	if (reply->status == 206) {
		if (r->from == 0 || reply->range_from != r->from)
			return transfer_stop(t, HTTP_REFUSED,
					     "a part of the file that was not asked for");
		at = r->from;
	}
	if (reply->length == UINT64_MAX || reply->chunked)
		return true;
	if (__builtin_add_overflow(at, reply->length, &end) || end > r->max) {
		char reason[96];

		snprintf(reason, sizeof(reason), "%llu bytes announced, at most %llu expected",
			 (unsigned long long)reply->length, (unsigned long long)(r->max - at));
		return transfer_stop(t, HTTP_TOO_LARGE, reason);
	}
	return true;
}

static size_t on_header(char *p, size_t size, size_t n, void *user)
{
	struct http_transfer *t = user;

	(void)size;
	t->header_bytes += n;
	if (t->header_bytes > t->http->settings.header_max)
		return transfer_stop(t, HTTP_REFUSED, "more headers than a file needs");
	if (t->reply.ended && t->reply.status >= 200)
		return n; /* trailers; only after 1xx does another reply follow */
	http_reply_line(&t->reply, (struct str){ p, n }, time(NULL));
	if (t->r->answer)
		http_headers_line(t->r->answer, (struct str){ p, n });
	if (t->reply.ended && !transfer_judge(t))
		return 0;
	return n;
}

static bool begin_body(struct http_transfer *t)
{
	struct http_request *r = t->r;

	if (t->started)
		return true;
	t->started = true;
	if (!r->start || r->start(r, t->reply.status == 206 ? r->from : 0, &r->error))
		return true;
	return transfer_stop(t, HTTP_LOCAL, "the file could not be kept");
}

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
	struct http_transfer *t = user;
	struct http_request *r = t->r;
	uint64_t at = t->reply.status == 206 ? r->from : 0;

	(void)size;
	if (!has_body_for_us(t)) {
		if (r->complaint)
			buf_add(r->complaint, (struct str){ p, n });
		t->discarded += n;
		return t->discarded > DISCARD_MAX ? transfer_stop(t, HTTP_DONE, "") : n;
	}
	if (!begin_body(t))
		return 0;
	if (n > r->max - at - r->received)
		return transfer_stop(t, HTTP_TOO_LARGE, "more bytes than expected");
	if (!r->body->write(r->body, (struct str){ p, n }, &r->error))
		return transfer_stop(t, HTTP_LOCAL, "the file could not be kept");
	r->received += n;
	r->moved_ms = http_clock_ms();
	return n;
}

/* curl asks for more of the request's body. */
static size_t on_read(char *p, size_t size, size_t n, void *user)
{
	struct http_transfer *t = user;

	n *= size;
	if (!http_upload_read(t->r->upload, t->sent, p, &n, &t->r->error)) {
		transfer_stop(t, HTTP_LOCAL, "the file could not be read");
		return CURL_READFUNC_ABORT;
	}
	t->sent += n;
	t->r->moved_ms = http_clock_ms();
	return n;
}

/* A connection that was kept had died: what was sent is sent again. */
static int on_seek(void *user, curl_off_t to, int whence)
{
	struct http_transfer *t = user;

	if (whence != SEEK_SET || to < 0 || (uint64_t)to > http_upload_size(t->r->upload))
		return CURL_SEEKFUNC_CANTSEEK;
	t->sent = (uint64_t)to;
	return CURL_SEEKFUNC_OK;
}

bool http_open(struct arena *a, const struct http_settings *settings, struct http *h,
	       struct error *e)
{
	*h = (struct http)HTTP_INIT;
	h->a = a;
	if (settings)
		h->settings = *settings;
	else
		http_settings_from_env(a, &h->settings);
	h->auth = arena_alloc(a, sizeof(*h->auth));
	if (h->settings.auth_file &&
	    !http_auth_load(a, h->settings.auth_file, h->settings.auth_named, h->auth, e))
		return false;
	h->curl = arena_alloc(a, sizeof(*h->curl));
	if (!curl_library_load(CURL_LIBRARY, h->curl, e))
		return false;
	if (h->curl->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) {
		h->multi = h->curl->multi_init();
		if (h->multi)
			return true;
		h->curl->global_cleanup();
	}
	return err_set(e, ERR_SYSTEM, "the HTTP library cannot be initialised");
}

/* Releases what the client holds for a request, which is no longer running. */
static void transfer_release(struct http *h, struct http_request *r)
{
	struct http_request **at = &h->running;

	while (*at && *at != r)
		at = &(*at)->next;
	if (*at)
		*at = r->next;
	r->next = NULL;
	if (!r->transfer)
		return;
	h->curl->multi_remove_handle(h->multi, r->transfer->easy);
	h->curl->easy_cleanup(r->transfer->easy);
	h->curl->slist_free_all(r->transfer->headers);
	free(r->transfer);
	r->transfer = NULL;
}

void http_close(struct http *h)
{
	if (!h->multi)
		return;
	while (h->running)
		transfer_release(h, h->running);
	h->curl->multi_cleanup(h->multi);
	h->curl->global_cleanup();
	h->multi = NULL;
}

/* Options that no request changes: what we never do, and how long we wait. */
static bool set_policy(const struct curl_library *l, CURL *c, const struct http_settings *s)
{
	return l->easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_HTTP09_ALLOWED, 0L) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	       (!s->ca_file || l->easy_setopt(c, CURLOPT_CAINFO, s->ca_file) == CURLE_OK) &&
	       (!s->ca_dir || l->easy_setopt(c, CURLOPT_CAPATH, s->ca_dir) == CURLE_OK) &&
	       (!s->direct || l->easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK) &&
	       l->easy_setopt(c, CURLOPT_USERAGENT, HTTP_USER_AGENT) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_BUFFERSIZE, BUFFER_SIZE) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_UPLOAD_BUFFERSIZE, BUFFER_SIZE) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)s->connect_ms) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)s->stall_rate) == CURLE_OK;
}

static bool add_header(struct http_transfer *t, const char *line)
{
	struct curl_slist *more = t->http->curl->slist_append(t->headers, line);

	if (more)
		t->headers = more;
	return more != NULL;
}

static bool set_headers(struct http_transfer *t)
{
	const struct http_request *r = t->r;
	char line[192];

	if (r->from) {
		snprintf(line, sizeof(line), "%llu-", (unsigned long long)r->from);
		if (t->http->curl->easy_setopt(t->easy, CURLOPT_RANGE, line) != CURLE_OK)
			return false;
		snprintf(line, sizeof(line), "If-Range: %s", r->validator);
		if (!add_header(t, line))
			return false;
	}
	for (size_t i = 0; r->headers && i < r->headers->n; i++)
		if (!add_header(t, r->headers->v[i]))
			return false;
	return (http_upload_size(r->upload) >= ASK_FIRST_MIN || add_header(t, "Expect:")) &&
	       t->http->curl->easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK;
}

static bool set_method(struct http_transfer *t)
{
	const struct curl_library *l = t->http->curl;
	curl_off_t size = (curl_off_t)http_upload_size(t->r->upload);
	enum http_method m = t->r->method;
	CURL *c = t->easy;

	if (m == HTTP_GET || m == HTTP_HEAD)
		return l->easy_setopt(c, CURLOPT_NOBODY, (long)(m == HTTP_HEAD)) == CURLE_OK;
	return l->easy_setopt(c, m == HTTP_PUT ? CURLOPT_UPLOAD : CURLOPT_POST, 1L) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_INFILESIZE_LARGE, size) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, size) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_READFUNCTION, on_read) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_READDATA, t) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_SEEKFUNCTION, on_seek) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_SEEKDATA, t) == CURLE_OK;
}

static bool set_request(struct http_transfer *t)
{
	const struct curl_library *l = t->http->curl;
	long ms = http_whole_ms(t->r->max + http_upload_size(t->r->upload));
	long stall = (long)http_stall_s(&t->http->settings, t->r);
	CURL *c = t->easy;

	return set_headers(t) && set_method(t) &&
	       l->easy_setopt(c, CURLOPT_TIMEOUT_MS, ms) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_LOW_SPEED_TIME, stall) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_HEADERDATA, t) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_WRITEDATA, t) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_ERRORBUFFER, t->curl_says) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_PRIVATE, t) == CURLE_OK;
}

/* The credentials of the host that t->url names, and no others. */
static bool set_login(struct http_transfer *t)
{
	const struct curl_library *l = t->http->curl;
	const struct http_login *login = t->r->login;
	struct http_url url, first;
	CURL *c = t->easy;

	if (!http_url_split(str_of(t->url), &url) || !http_url_split(str_of(t->r->url), &first))
		return false;
	if (url.userinfo.n || (login && !http_url_same_origin(&url, &first)))
		login = NULL;
	else if (!login)
		login = http_auth_find(t->http->auth, &url);
	if (login && login->token)
		return l->easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER) == CURLE_OK &&
		       l->easy_setopt(c, CURLOPT_XOAUTH2_BEARER, login->token) == CURLE_OK;
	return l->easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_XOAUTH2_BEARER, NULL) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_USERNAME, login ? login->login : NULL) == CURLE_OK &&
	       l->easy_setopt(c, CURLOPT_PASSWORD, login ? login->password : NULL) == CURLE_OK;
}

/* Sends the request to t->url. Credentials first: user information in a URL overrides them. */
static bool send_to(struct http_transfer *t)
{
	http_reply_init(&t->reply);
	if (t->r->answer)
		t->r->answer->v.n = 0;
	if (t->r->complaint)
		*t->r->complaint = (struct buf){ .a = t->r->complaint->a,
						 .max = t->r->complaint->max };
	http_url_redact(t->url, t->r->final_url, sizeof(t->r->final_url));
	return set_login(t) &&
	       t->http->curl->easy_setopt(t->easy, CURLOPT_URL, t->url) == CURLE_OK &&
	       t->http->curl->multi_add_handle(t->http->multi, t->easy) == CURLM_OK;
}

void http_start(struct http *h, struct http_request *r)
{
	struct http_transfer *t = calloc(1, sizeof(*t));
	struct http_url url;

	assert(r->method != HTTP_GET || r->body);
	assert(r->from == 0 || (r->validator && r->validator[0] && r->from <= r->max));
	http_request_reset(r);
	r->transfer = t;
	r->next = h->running;
	h->running = r;
	if (!t || !(t->easy = h->curl->easy_init())) {
		err_set(&r->error, ERR_SYSTEM, "out of memory");
		return;
	}
	t->http = h;
	t->r = r;
	t->idle = true;
	if (!http_url_split(str_of(r->url), &url)) {
		transfer_stop(t, HTTP_REFUSED, "not an http or https address");
		return;
	}
	snprintf(t->url, sizeof(t->url), "%s", r->url);
	if (set_policy(h->curl, t->easy, &h->settings) && set_request(t) && send_to(t))
		t->idle = false;
	else
		err_set(&r->error, ERR_SYSTEM, "the HTTP library refuses a setting");
}

/* Goes on to where a redirect leads. false: the transfer has ended, and t->r says why. */
static bool transfer_follow(struct http_transfer *t)
{
	const char *to = NULL, *fault = NULL;
	char reason[64], next[HTTP_URL_MAX];

	t->http->curl->easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &to);
	/* curl puts the login we gave it into this address: http_url_redirect() takes it out */
	fault = to ? http_url_redirect(t->url, to, next) : "to nowhere that can be understood";
	if (t->r->method == HTTP_POST || t->r->method == HTTP_PUT)
		fault = "elsewhere, which only questions may be";
	if (!fault && ++t->redirects > HTTP_REDIRECTS_MAX)
		fault = "on and on";
	if (fault) {
		snprintf(reason, sizeof(reason), "redirected %s", fault);
		return transfer_stop(t, HTTP_REFUSED, reason);
	}
	memcpy(t->url, next, sizeof(next));
	t->http->curl->multi_remove_handle(t->http->multi, t->easy);
	t->discarded = 0;
	if (send_to(t))
		return true;
	err_set(&t->r->error, ERR_SYSTEM, "the HTTP library refuses a setting");
	return transfer_stop(t, HTTP_LOCAL, "the redirect cannot be followed");
}

/* Fills in what the caller reads. */
static void transfer_conclude(struct http_transfer *t, CURLcode code)
{
	struct http_request *r = t->r;
	const struct http_reply *reply = &t->reply;

	r->status = reply->status;
	r->length = reply->length;
	r->retry_after_s = reply->retry_after_s;
	snprintf(r->resume, sizeof(r->resume), "%s", http_reply_validator(reply));
	if (t->stopped)
		return;
	r->end = http_end_of(t->http->curl, t->easy, code);
	if (r->end == HTTP_DONE && has_body_for_us(t) && !begin_body(t))
		return;
	r->framed = r->end == HTTP_DONE &&
		    (reply->http2 || reply->chunked || reply->length != UINT64_MAX);
	if (r->end == HTTP_LOCAL)
		err_set(&r->error, ERR_SYSTEM, "%s", t->http->curl->easy_strerror(code));
	if (r->end != HTTP_DONE)
		snprintf(r->reason, sizeof(r->reason), "%s",
			 t->curl_says[0] ? t->curl_says : t->http->curl->easy_strerror(code));
}

/* A request that has ended, as curl tells; NULL: none, or it goes on after a redirect. */
static struct http_request *next_ended(struct http *h)
{
	const CURLMsg *msg;
	int left;

	while ((msg = h->curl->multi_info_read(h->multi, &left))) {
		struct http_transfer *t = NULL;
		CURLcode code = msg->data.result; /* msg is gone once its handle is removed */
		struct http_request *r;

		h->curl->easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &t);
		r = t->r;
		if (code == CURLE_OK && http_reply_redirects(&t->reply) && transfer_follow(t))
			continue;
		transfer_conclude(t, code);
		if (r->end == HTTP_DONE && r->status != 200 && r->status != 206)
			snprintf(r->reason, sizeof(r->reason), "HTTP %d%s", r->status,
				 http_auth_hint(r->status));
		transfer_release(h, r);
		return r;
	}
	return NULL;
}

static struct http_request *next_idle(struct http *h)
{
	for (struct http_request *r = h->running; r; r = r->next) {
		if (!r->transfer || r->transfer->idle) {
			transfer_release(h, r);
			return r;
		}
	}
	return NULL;
}

struct http_request *http_next(struct http *h, unsigned timeout_ms)
{
	uint64_t deadline = http_clock_ms() + timeout_ms;
	struct http_request *r = next_idle(h);
	int running;

	while (!r) {
		uint64_t now;

		h->curl->multi_perform(h->multi, &running);
		r = next_ended(h);
		http_tell_silence(h);
		now = http_clock_ms();
		if (r || now >= deadline)
			break;
		h->curl->multi_poll(h->multi, NULL, 0, (int)(deadline - now), NULL);
	}
	return r;
}
