/* SPDX-License-Identifier: Apache-2.0 */
/* Exchanges with a registry. What is asked and why, push and pull know. */

#include "transfer/registry/session.h"

#include <stdio.h>

#include "transfer/http/http_url.h"
#include "transfer/retry/retry.h"
#include "transfer/registry/registry_problem.h"

#define TRIES 5
#define STALL_S 60 /* a registry that stores a large layer is silent for long */
#define PATIENCE_MS 120000
#define SPEAKS_TLS "; if it speaks https: --tls-verify=true"

static void set_address(struct session *s, const struct session_options *o)
{
	const char *host = s->ref->host;
	struct http_url u = { .host = { "", 0 } };
	bool plain;

	if (!http_url_split(str_of(arena_printf(&s->a, "http://%s/", host)), &u))
		u.host.n = 0;
	s->auth.loopback = http_url_loopback(&u);
	plain = o->tls == SESSION_TLS_OFF || (o->tls == SESSION_TLS_AUTO && s->auth.loopback);
	s->auth.plain = plain;
	s->settings.direct = s->auth.loopback;
	s->base = arena_printf(&s->a, "%s://%s/v2/%s/", plain ? "http" : "https", host,
			       s->ref->name);
}

bool session_open(struct session *s, const struct reference *ref, const struct session_options *o,
		  const struct strings *scopes, struct error *e)
{
	*s = (struct session){ .ref = ref, .progress = o->progress, .pool = o->pool };
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->line_free, NULL);
	http_settings_from_env(&s->a, &s->settings);
	s->settings.stall_s = STALL_S;
	s->settings.tries = TRIES;
	s->settings.patience_ms = PATIENCE_MS;
	s->settings.retry_after_max_s = PATIENCE_MS / 1000;
	if (o->settings)
		s->settings = *o->settings;
	s->settings.progress = o->progress;
	s->settings.auth_file = NULL; /* nor may a registry lead us to the mirrors that it names */
	s->auth = (struct auth){ .a = &s->a, .ref = ref, .token_server = o->token_server };
	list_append(&s->a, &s->auth.scopes, scopes);
	set_address(s, o);
	if (!credentials_find(&s->a, o->authfile, ref, &s->auth.credentials, e))
		return false;
	if (s->auth.credentials.said)
		progress_warn(s->progress, "%s", s->auth.credentials.said);
	s->auth.shared = o->pool ? &o->pool->tokens : NULL;
	auth_begin(&s->auth);
	return true;
}

/* ---- connections ---- */

static void session_line_drop(struct session_line *l)
{
	struct arena own = l->a;

	http_close(&l->http);
	arena_free(&own);
}

void session_pool_close(struct session_pool *p)
{
	list_each(l, &p->idle)
		session_line_drop(*l);
	arena_free(&p->a);
	p->a = (struct arena){ 0 };
	p->idle.v = NULL;
	p->idle.n = p->idle.cap = 0;
	shared_tokens_close(&p->tokens);
}

static struct session_line *session_pool_take(struct session_pool *p)
{
	struct session_line *l = NULL;

	if (!p)
		return NULL;
	pthread_mutex_lock(&p->lock);
	if (p->idle.n)
		l = p->idle.v[--p->idle.n];
	pthread_mutex_unlock(&p->lock);
	return l;
}

static void session_pool_give(struct session_pool *p, struct session_line *l)
{
	if (!p) {
		session_line_drop(l);
		return;
	}
	pthread_mutex_lock(&p->lock);
	*list_push(&p->a, &p->idle) = l;
	pthread_mutex_unlock(&p->lock);
}

void session_close(struct session *s)
{
	if (!s->ref)
		return;
	for (size_t i = 0; i < SESSION_LINES && s->lines[i]; i++)
		session_pool_give(s->pool, s->lines[i]);
	arena_free(&s->a);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->line_free);
	s->ref = NULL;
}

/* One that other sessions used before knows their settings, which are gone. */
static struct session_line *session_open_line(struct session *s, struct error *e)
{
	struct session_line *l = session_pool_take(s->pool);
	struct arena own = { 0 };

	if (l) {
		l->http.settings = s->settings;
		return l;
	}
	l = arena_alloc(&own, sizeof(*l));
	*l = (struct session_line){ .busy = false };
	l->a = own;
	if (http_open(&l->a, &s->settings, &l->http, e))
		return l;
	session_line_drop(l);
	return NULL;
}

/* The place of one that is free, or where one more may be opened; NULL: all are in use. */
static struct session_line **session_free_line(struct session *s)
{
	for (size_t i = 0; i < SESSION_LINES; i++) {
		if (!s->lines[i] || !s->lines[i]->busy)
			return &s->lines[i];
	}
	return NULL;
}

/* Waits for one if need be. */
static struct session_line *session_take_line(struct session *s, struct error *e)
{
	struct session_line **l;

	pthread_mutex_lock(&s->lock);
	while (!(l = session_free_line(s)))
		pthread_cond_wait(&s->line_free, &s->lock);
	if (!*l)
		*l = session_open_line(s, e);
	if (*l)
		(*l)->busy = true;
	pthread_mutex_unlock(&s->lock);
	return *l;
}

static void give_line(struct session *s, struct session_line *l)
{
	pthread_mutex_lock(&s->lock);
	l->busy = false;
	pthread_cond_signal(&s->line_free);
	pthread_mutex_unlock(&s->lock);
}

/* What became of a login is told to all that wait for it. */
static int note_login(struct session *s, int got, const struct error *e)
{
	s->no_login = got < 0 ? *e : (struct error){ 0 };
	return got;
}

/* The login of this moment, renewed if it is at its end. */
static bool take_login(struct session *s, struct session_line *l, const struct http_login **login,
		       unsigned *number, struct error *e)
{
	bool ok = true;

	pthread_mutex_lock(&s->lock);
	if (s->auth.login && s->auth.until_ms <= http_clock_ms())
		ok = note_login(s, auth_renew(&s->auth, &l->http, e), e) >= 0;
	*login = s->auth.login;
	*number = s->auth.number;
	pthread_mutex_unlock(&s->lock);
	return ok;
}

/* A 401 came for login `number`: 1 there is another one now, 0 there is none to try, -1 it cannot
 * be had. */
static int new_login(struct session *s, struct session_line *l, const struct session_call *c,
		     unsigned number, struct error *e)
{
	int got = 1;

	pthread_mutex_lock(&s->lock);
	if (s->auth.number == number) {
		got = note_login(s, auth_answer(&s->auth, &l->http, &c->answer, e), e);
	} else if (s->no_login.kind != ERR_NONE) {
		*e = s->no_login;
		got = -1;
	}
	pthread_mutex_unlock(&s->lock);
	return got;
}

static void session_try_once(struct http *h, struct http_request *r)
{
	http_start(h, r);
	while (!http_next(h, 1000))
		continue;
}

/* Credentials are for the registry's own address: a Location may lead elsewhere. */
static bool session_is_own_url(const struct session *s, const char *url)
{
	struct http_url ours, its;

	return http_url_split(str_of(s->base), &ours) && http_url_split(str_of(url), &its) &&
	       http_url_same_origin(&ours, &its);
}

static bool session_exchange(struct session *s, struct session_line *l, struct session_call *c,
			     struct error *e)
{
	bool ours = session_is_own_url(s, c->http.url);

	for (bool again = false;; again = true) {
		unsigned number;
		int got;

		if (!take_login(s, l, &c->http.login, &number, e))
			return false;
		if (!ours)
			c->http.login = NULL;
		if (c->once)
			session_try_once(&l->http, &c->http);
		else
			http_try(&l->http, &c->http);
		if (c->http.end != HTTP_DONE || c->http.status != 401 || again || !ours)
			return true;
		got = new_login(s, l, c, number, e);
		if (got <= 0)
			return got == 0;
	}
}

/* What a registry has to say to people is said once, and changes nothing. */
static void pass_warning(struct session *s, const struct session_call *c)
{
	const char *text = session_header(c, "Warning");
	bool first;

	if (!text || !str_starts(str_of(text), STR("299 ")))
		return;
	pthread_mutex_lock(&s->lock);
	first = !s->warned;
	s->warned = true;
	pthread_mutex_unlock(&s->lock);
	if (first)
		progress_warn(s->progress, "%s says: %.300s", s->ref->host, text);
}

bool session_send(struct arena *a, struct session *s, struct session_call *c, struct error *e)
{
	struct session_line *l = session_take_line(s, e);
	bool ok;

	if (!l)
		return false;
	c->answer = (struct http_headers){ .a = a };
	c->complaint = (struct buf){ .a = a, .max = SESSION_COMPLAINT_MAX };
	c->http.answer = &c->answer;
	c->http.complaint = &c->complaint;
	ok = session_exchange(s, l, c, e);
	c->http.login = NULL;
	give_line(s, l);
	if (!ok)
		return err_wrap(e, "%s", c->what);
	if (c->http.end == HTTP_LOCAL) {
		*e = c->http.error;
		return err_wrap(e, "%s", c->what);
	}
	pass_warning(s, c);
	return true;
}

bool session_ask(struct arena *a, struct session *s, struct session_call *c, struct error *e)
{
	return session_send(a, s, c, e) && (c->http.end == HTTP_DONE || session_failed(s, c, e));
}

static bool session_begin_body(struct http_request *r, uint64_t at, struct error *e)
{
	struct buf *body = r->owner;

	(void)at;
	(void)e;
	body->n = 0;
	return true;
}

bool session_get(struct arena *a, struct session *s, struct session_call *c, struct buf *body,
		 struct error *e)
{
	struct buf_sink sink;

	buf_sink_init(&sink, body, c->what);
	c->http.max = c->http.max ? c->http.max : body->max;
	c->http.start = session_begin_body;
	c->http.body = &sink.base;
	c->http.owner = body;
	return session_ask(a, s, c, e);
}

bool session_failed(struct session *s, const struct session_call *c, struct error *e)
{
	const char *advice = "";

	/* the words of OpenSSL and of curl for the other protocol */
	if (!s->auth.plain && strstr(c->http.reason, "wrong version number"))
		advice = "; if it speaks clear-text http alone: --tls-verify=false";
	if (s->auth.plain && strstr(c->http.reason, "HTTP/0.9"))
		advice = SPEAKS_TLS;
	return err_set(e, c->http.end == HTTP_TOO_LARGE ? ERR_VERIFY : ERR_NETWORK,
		       "%s/%s: %s: %s%s", s->ref->host, s->ref->name, c->what, c->http.reason,
		       advice);
}

/* What to do about it, where that is known. */
static const char *session_advice(struct arena *a, struct session *s, int status, const char *why)
{
	const struct credentials *k = &s->auth.credentials;

	/* what servers with TLS say to clear text; nothing, when they were only asked (HEAD) */
	if (status == 400 && s->auth.plain && (!why[0] || strstr(why, "HTTPS")))
		return SPEAKS_TLS;
	if (status == 405)
		return "; it may be read-only, as a mirror is";
	if (status != 401 && status != 403)
		return "";
	if (!k->from)
		return arena_printf(
			a,
			"; no credentials for %s were found: podman login %s, or name a file with "
			"--authfile",
			s->ref->host, s->ref->host);
	return arena_printf(a, "; the credentials of %s are not accepted", k->from);
}

/* What a registry asked for that said no. */
static const char *session_asked(struct arena *a, const struct session *s, int status)
{
	const struct challenge *c = &s->auth.challenge;

	if ((status != 401 && status != 403) || !c->realm)
		return "";
	return arena_printf(a, " (realm \"%.200s\", scope \"%.200s\")", c->realm,
			    s->auth.scopes.n ? s->auth.scopes.v[0] : "");
}

bool session_refused(struct arena *a, struct session *s, const struct session_call *c,
		     struct error *e)
{
	const char *why = problem_text(a, buf_str(&c->complaint));

	return err_set(e, ERR_NETWORK, "%s/%s: %s: HTTP %d%s%s%s%s", s->ref->host, s->ref->name,
		       c->what, c->http.status, why[0] ? ": " : "", why,
		       session_advice(a, s, c->http.status, why),
		       session_asked(a, s, c->http.status));
}

const char *session_url(struct arena *a, const struct session *s, const char *fmt, ...)
{
	char below[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(below, sizeof(below), fmt, ap);
	va_end(ap);
	return arena_printf(a, "%s%s", s->base, below);
}

const char *session_header(const struct session_call *c, const char *name)
{
	return http_headers_get(&c->answer, name, 0);
}

const char *session_next_page(struct arena *a, const struct session_call *c)
{
	const char *link = session_header(c, "Link");
	char url[HTTP_URL_MAX];
	struct str target, rest;

	if (!link || link[0] != '<' || !strstr(link, "rel=\"next\"") ||
	    !str_cut(str_of(link + 1), '>', &target, &rest) ||
	    http_url_join(c->http.url, str_dup(a, target), url))
		return NULL;
	return arena_strdup(a, url);
}
