/* SPDX-License-Identifier: Apache-2.0 */
/* One file that changes, and what the store remembers of it. Of a broken transfer nothing is kept:
 * the file may be another one a minute later. */

#include "transfer/download/feed.h"

#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/size.h"
#include "transfer/retry/retry.h"

#define FEED_OLD_S (7 * 24 * 3600) /* older data are worth a warning */
#define FEED_HEAD 64		   /* bytes that tell a web page */

/* What the store knows of an address. */
struct feed_memory {
	struct digest digest;
	uint64_t size;
	int64_t when;
	const char *etag, *modified; /* as the server wrote them; "" if it did not */
};

/* One file on its way. */
struct feed_work {
	struct arena *a;
	const struct feed_context *c;
	const char *url, *name;
	struct feed_memory m;
	bool known; /* `m` is of a copy that the store has */
	int fd;	    /* of the copy, or -1 */
	struct http_request request;
	struct http_headers answer;
	struct strings headers;
	struct store_put put;
};

static struct digest feed_key(const struct feed_work *w)
{
	return digest_of(str_of(arena_printf(w->a, "feed/1\n%s\n", w->url)));
}

static bool feed_read_memory(struct arena *a, struct str text, struct feed_memory *m)
{
	struct str hex, size, date, etag, modified;

	if (!str_next(&text, ' ', &hex) || !str_next(&text, '\n', &size) ||
	    !str_next(&text, '\n', &date) || !str_next(&text, '\n', &etag) ||
	    !str_next(&text, '\n', &modified) || !digest_parse(hex, &m->digest) ||
	    !str_u64(size, &m->size) || !date_parse(date, &m->when))
		return false;
	m->etag = str_dup(a, etag);
	m->modified = str_dup(a, modified);
	return true;
}

/* Looks for a copy that is whole. */
static bool feed_recall(struct feed_work *w, struct error *e)
{
	struct digest key = feed_key(w);
	struct str text;
	int got = store_get_action(w->a, w->c->store, &key, &text, e);

	if (got > 0 && feed_read_memory(w->a, text, &w->m))
		got = store_open_blob(w->c->store, &w->m.digest, w->m.size, &w->fd, e);
	else if (got > 0)
		got = 0;
	w->known = got > 0;
	return got >= 0;
}

static bool feed_remember(const struct feed_work *w, struct error *e)
{
	struct digest key = feed_key(w);
	char date[DATE_TEXT];

	date_text(w->m.when, date);
	return store_put_action(w->c->store, &key,
				str_of(arena_printf(w->a, "%s %llu\n%s\n%s\n%s\n",
						    digest_hex_dup(w->a, &w->m.digest),
						    (unsigned long long)w->m.size, date, w->m.etag,
						    w->m.modified)),
				e);
}

/* Only https, and http on this machine. */
static bool feed_check_url(const char *url, const char *name, struct error *e)
{
	struct http_url parts;

	if (!http_url_split(str_of(url), &parts))
		return err_set(e, ERR_USAGE, "\"%s\" is not an http or https address", name);
	return parts.https || http_url_loopback(&parts) ||
	       err_set(e, ERR_USAGE,
		       "%s: nobody signs such data, so they have to come by https, or from a file",
		       name);
}

/* A header line's value that may be sent back as it came. */
static const char *feed_validator(const struct http_headers *h, const char *name)
{
	const char *value = http_headers_get(h, name, 0);

	for (const char *p = value; p && *p; p++) {
		if ((unsigned char)*p < ' ' || (unsigned char)*p > '~' || p - value > 255)
			return "";
	}
	return value ? value : "";
}

/* The data's own date, or now. */
static int64_t feed_date(const struct http_headers *h)
{
	const char *value = http_headers_get(h, "Last-Modified", 0);
	int64_t when, now = (int64_t)time(NULL);

	return value && date_parse(str_of(value), &when) && when <= now ? when : now;
}

static bool feed_begin_body(struct http_request *r, uint64_t at, struct error *e)
{
	struct feed_work *w = r->owner;

	(void)at;
	store_put_abort(&w->put);
	w->put = (struct store_put)STORE_PUT_INIT;
	return store_put_begin(w->c->store, &w->put, w->name, e);
}

static void feed_prepare(struct feed_work *w)
{
	w->answer.a = w->a;
	if (w->known && w->m.etag[0])
		*list_push(w->a, &w->headers) = arena_printf(w->a, "If-None-Match: %s", w->m.etag);
	if (w->known && w->m.modified[0])
		*list_push(w->a, &w->headers) = arena_printf(w->a, "If-Modified-Since: %s",
							     w->m.modified);
	w->request = (struct http_request){ .url = w->url,
					    .headers = &w->headers,
					    .max = FEED_MAX,
					    .start = feed_begin_body,
					    .body = &w->put.sink.base,
					    .answer = &w->answer,
					    .owner = w };
}

/* A server that does not answer is an error, though the store may have an older copy: whoever wants
 * that says so. */
static bool feed_fail(const struct feed_work *w, struct error *e)
{
	const struct http_request *r = &w->request;
	char date[DATE_TEXT] = "";

	if (r->end == HTTP_LOCAL) {
		*e = r->error;
		return err_wrap(e, "%s", w->name);
	}
	if (r->end == HTTP_TOO_LARGE)
		return err_set(e, ERR_VERIFY, "%s: %s; vulnerability data have at most %llu MiB",
			       w->name, r->reason, (unsigned long long)(FEED_MAX >> 20));
	if (w->known)
		date_text(w->m.when, date);
	return err_set(e, ERR_NETWORK, "%s: %s%s%s", w->name, r->reason,
		       w->known ? "; --offline takes what the store has, of " : "", date);
}

/* What a proxy or a portal says in place of the data. */
static bool feed_refuse_page(const struct feed_work *w, struct error *e)
{
	char head[FEED_HEAD];
	ssize_t n = pread(w->fd, head, sizeof(head), 0);
	struct str text;

	if (n < 0)
		return err_sys(e, "read %s in the store", w->name);
	text = str_trim((struct str){ head, (size_t)n });
	return !text.n || text.p[0] != '<' ||
	       err_set(e, ERR_VERIFY, "%s: it is a web page, not vulnerability data", w->name);
}

/* What came gets its name in the store, and is opened as whoever reads it would. */
static bool feed_take(struct feed_work *w, struct error *e)
{
	int got;

	w->m = (struct feed_memory){ .when = feed_date(&w->answer),
				     .etag = feed_validator(&w->answer, "ETag"),
				     .modified = feed_validator(&w->answer, "Last-Modified") };
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	if (!store_put_commit(&w->put, NULL, &w->m.digest, &w->m.size, e))
		return false;
	got = store_open_blob(w->c->store, &w->m.digest, w->m.size, &w->fd, e);
	if (got <= 0)
		return got == 0 && err_set(e, ERR_SYSTEM, "%s: the store lost it", w->name);
	return feed_refuse_page(w, e) && feed_remember(w, e);
}

static bool feed_fetch(struct feed_work *w, struct error *e)
{
	struct progress *progress = w->c->progress;
	AUTO_HTTP http = HTTP_INIT;

	if (!http_open(w->a, NULL, &http, e))
		return false;
	http.settings.progress = progress;
	progress_begin(progress, "cve", "asking for %s", w->name);
	feed_prepare(w);
	http_try(&http, &w->request);
	if (w->request.end == HTTP_DONE && w->request.status == 304 && w->known) {
		progress_end(progress, "cve", true, "nothing newer");
		return true;
	}
	if (w->request.end != HTTP_DONE || w->request.status != 200)
		return feed_fail(w, e);
	if (!feed_take(w, e))
		return false;
	progress_end(progress, "cve", false, "%s", size_text(w->a, w->m.size));
	return true;
}

static void feed_tell_age(const struct feed_context *c, const struct feed *f)
{
	char date[DATE_TEXT];

	date_text(f->when, date);
	if (f->when + FEED_OLD_S < (int64_t)time(NULL))
		progress_warn(c->progress, "%s: these data are of %s", f->name, date);
	else if (c->offline)
		progress_note(c->progress, "%s: as it was on %s", f->name, date);
}

static bool feed_find(struct feed_work *w, struct error *e)
{
	if (!feed_check_url(w->url, w->name, e) || !feed_recall(w, e))
		return false;
	if (!w->c->offline)
		return feed_fetch(w, e);
	return w->known ||
	       err_set(e, ERR_NETWORK, "%s is not in the store: run this once without --offline",
		       w->name);
}

bool feed_open(struct arena *a, const struct feed_context *c, const char *url, struct feed *out,
	       struct error *e)
{
	struct feed_work w = { .a = a, .c = c, .url = url, .fd = -1, .put = STORE_PUT_INIT };
	char shown[512];
	bool ok;

	w.name = arena_strdup(a, http_url_redact(url, shown, sizeof(shown)));
	ok = feed_find(&w, e);
	store_put_abort(&w.put);
	*out = (struct feed){ .fd = w.fd, .name = w.name, .when = w.m.when };
	if (ok)
		feed_tell_age(c, out);
	else if (w.fd >= 0)
		close(w.fd);
	return ok;
}
