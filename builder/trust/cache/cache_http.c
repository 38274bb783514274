/* SPDX-License-Identifier: Apache-2.0 */
/* A cache behind GET, HEAD and PUT: bazel-remote, or a web server with WebDAV. */

#include "trust/cache/cache_server.h"

#include "transfer/retry/retry.h"
#include "trust/cache/action_result.h"

/* bazel-remote speaks protobuf to who does not ask for JSON. */
#define ACCEPT_JSON "Accept: application/json"
#define SEND_JSON "Content-Type: application/json"

static const char *http_cache_url(struct arena *a, const struct cache_server *s, const char *shelf,
				  const struct digest *d)
{
	return arena_printf(a, "%s/%s/%s", s->place->address, shelf, digest_hex_dup(a, d));
}

static bool http_cache_open(struct cache_server *s, const struct cache_settings *settings,
			    struct error *e)
{
	struct http_settings http;

	cache_http_settings(&s->a, settings, &http);
	return http_open(&s->a, &http, &s->http, e);
}

static void http_cache_close(struct cache_server *s)
{
	http_close(&s->http);
}

/* A request and its answer, whatever its status. ERR_NETWORK when there is none, or when the server
 * is not well. */
static bool http_cache_ask(struct cache_server *s, struct http_request *r, const char *what,
			   struct error *e)
{
	http_try(&s->http, r);
	if (r->end == HTTP_LOCAL) {
		*e = r->error;
		return err_wrap(e, "%s", what);
	}
	if (r->end == HTTP_TOO_LARGE)
		return err_set(e, ERR_VERIFY, "%s: %s", what, r->reason);
	if (r->end == HTTP_DONE && r->status < 500 && !http_may_retry(r))
		return true;
	return err_set(e, ERR_NETWORK, "%s: %s", what, r->reason);
}

/* Statuses that mean the same to whoever asked. */
static bool http_cache_refused(const struct http_request *r, const char *what, struct error *e)
{
	return err_set(e, ERR_NETWORK, "%s: HTTP %d", what, r->status);
}

struct http_cache_text {
	struct buf buf;
	struct buf_sink sink;
};

/* A try that follows a broken one begins anew. */
static bool http_cache_begin_text(struct http_request *r, uint64_t at, struct error *e)
{
	struct http_cache_text *t = r->owner;

	(void)at;
	(void)e;
	t->buf.n = 0;
	return true;
}

static int http_cache_find(struct arena *a, struct cache_server *s, const struct digest *key,
			   struct str *record, struct error *e)
{
	static const char *const lines[] = { ACCEPT_JSON };
	const struct strings headers = { (const char **)(uintptr_t)lines, 1, 1 };
	struct http_cache_text text = { .buf = { .a = a, .max = ACTION_RESULT_MAX } };
	struct http_request r = { .url = http_cache_url(a, s, "ac", key),
				  .headers = &headers,
				  .max = ACTION_RESULT_MAX,
				  .start = http_cache_begin_text,
				  .body = &text.sink.base,
				  .owner = &text };

	buf_sink_init(&text.sink, &text.buf, "entry");
	if (!http_cache_ask(s, &r, "entry", e))
		return -1;
	if (r.status == 404)
		return 0;
	if (r.status != 200)
		return http_cache_refused(&r, "entry", e), -1;
	return action_result_read(a, buf_str(&text.buf), record, e) ? 1 : -1;
}

struct http_cache_blob {
	struct store_put put;
	const struct store *store;
	const char *label;
};

static bool http_cache_begin_blob(struct http_request *r, uint64_t at, struct error *e)
{
	struct http_cache_blob *b = r->owner;

	(void)at; /* no part of a file is ever asked for */
	store_put_abort(&b->put);
	b->put = (struct store_put)STORE_PUT_INIT;
	if (!store_put_begin(b->store, &b->put, b->label, e))
		return false;
	r->body = &b->put.sink.base;
	return true;
}

static bool http_cache_fetch(struct cache_server *s, const struct cache_blob *b,
			     const struct store *to, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const struct store_expect expect = { b->digest, b->size };
	struct http_cache_blob x = { .put = STORE_PUT_INIT,
				     .store = to,
				     .label = cache_blob_label(&a, b) };
	struct http_request r = { .url = http_cache_url(&a, s, "cas", &b->digest),
				  .max = b->size,
				  .start = http_cache_begin_blob,
				  .body = &x.put.sink.base,
				  .owner = &x };
	bool ok = http_cache_ask(s, &r, x.label, e);

	if (ok && r.status == 404)
		ok = err_set(e, ERR_INPUT, "%s is missing", x.label);
	else if (ok && r.status != 200)
		ok = http_cache_refused(&r, x.label, e);
	ok = ok && store_put_commit(&x.put, &expect, NULL, NULL, e);
	store_put_abort(&x.put);
	return ok;
}

static bool http_cache_put(struct cache_server *s, const char *url, const char *type,
			   const struct http_upload *upload, const char *what, struct error *e)
{
	const struct strings headers = { &type, 1, 1 };
	struct http_request r = {
		.url = url, .method = HTTP_PUT, .headers = &headers, .upload = upload
	};

	if (!http_cache_ask(s, &r, what, e))
		return false;
	return (r.status >= 200 && r.status <= 204) || http_cache_refused(&r, what, e);
}

static bool http_cache_put_blob(struct cache_server *s, const struct cache_blob *b,
				const struct store *from, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *label = cache_blob_label(&a, b);
	struct http_upload upload = { .size = b->size };
	AUTO_FD fd = -1;
	int got = store_open_blob(from, &b->digest, b->size, &fd, e);

	if (got == 0)
		return err_set(e, ERR_SYSTEM, "%s vanished from the store", label);
	upload.fd = fd;
	return got > 0 &&
	       http_cache_put(s, http_cache_url(&a, s, "cas", &b->digest),
			      "Content-Type: application/octet-stream", &upload, label, e);
}

static bool http_cache_keep(struct cache_server *s, const struct cache_gift *g, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct http_upload upload = { .text = action_result_text(&a, g->record, g->text),
				      .fd = -1 };

	if (!http_cache_put_blob(s, &g->record->result, g->store, e))
		return false;
	list_each(b, &g->record->blobs) {
		if (!http_cache_put_blob(s, b, g->store, e))
			return false;
	}
	return http_cache_put(s, http_cache_url(&a, s, "ac", &g->record->key), SEND_JSON, &upload,
			      "entry", e);
}

const struct cache_transport cache_http = { http_cache_open, http_cache_close, http_cache_find,
					    http_cache_fetch, http_cache_keep };
