/* SPDX-License-Identifier: Apache-2.0 */
/* From a challenge to a login. Decides who may see what; knows no files and no image. */

#include "transfer/registry/auth.h"

#include <stdio.h>
#include <sys/param.h>

#include "transfer/http/http_url.h"
#include "format/json/jsonx.h"
#include "transfer/retry/retry.h"
#include "transfer/registry/registry_problem.h"

#define ANSWER_MAX (1u << 20)
#define COMPLAINT_MAX (64u << 10)
#define TOKEN_MAX (64u << 10)
#define CHALLENGES_MAX 16 /* headers that are read */
#define LOGINS_MAX 1000	  /* each is kept to the end: a request may be using it */
#define EXPIRES_DEFAULT_S 60
#define EXPIRES_EARLY_MS 5000 /* a token is renewed so long before its end */

/* Percent-encodes what is not unreserved (RFC 3986, 2.3). */
static void query_encode(struct buf *out, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    strchr("-._~", c))
			buf_putc(out, *s);
		else
			buf_printf(out, "%%%02X", c);
	}
}

static void query_add_pair(struct buf *out, char before, const char *name, const char *value)
{
	buf_putc(out, before);
	buf_printf(out, "%s=", name);
	query_encode(out, value);
}

const char *auth_token_url(struct arena *a, const struct challenge *c, const struct strings *scopes)
{
	struct buf url = { .a = a };
	char before = strchr(c->realm, '?') ? '&' : '?';

	buf_puts(&url, c->realm);
	if (c->service) {
		query_add_pair(&url, before, "service", c->service);
		before = '&';
	}
	for (size_t i = 0; i < scopes->n; i++) {
		query_add_pair(&url, before, "scope", scopes->v[i]);
		before = '&';
	}
	return buf_cstr(&url);
}

static struct str refresh_text(struct arena *a, const struct auth *x)
{
	struct buf text = { .a = a }, scopes = { .a = a };

	for (size_t i = 0; i < x->scopes.n; i++)
		buf_printf(&scopes, "%s%s", i ? " " : "", x->scopes.v[i]);
	buf_puts(&text, "grant_type=refresh_token&client_id=imgbuild");
	if (x->challenge.service)
		query_add_pair(&text, '&', "service", x->challenge.service);
	query_add_pair(&text, '&', "scope", buf_cstr(&scopes));
	query_add_pair(&text, '&', "refresh_token", x->credentials.identity);
	return buf_str(&text);
}

const char *auth_token_read(struct arena *a, struct str text, uint64_t *expires_in_s)
{
	AUTO_JSON doc = { 0 };
	struct error ignored = { 0 };
	struct json_node root, seconds;
	const char *token;

	*expires_in_s = EXPIRES_DEFAULT_S;
	if (!json_parse("token", text, &doc, &ignored))
		return NULL;
	root = json_root(&doc);
	token = jsonx_text(a, &root, "token");
	if (!token || !token[0])
		token = jsonx_text(a, &root, "access_token");
	for (const char *p = token; p && *p; p++) {
		if (*p <= ' ' || *p == 0x7f)
			return NULL; /* a header has no room for it */
	}
	if (jsonx_get(&root, "expires_in", &seconds) &&
	    !json_as_u64(&seconds, expires_in_s, &ignored))
		*expires_in_s = EXPIRES_DEFAULT_S;
	return token && token[0] && strlen(token) <= TOKEN_MAX ? token : NULL;
}

/* Two servers on one machine need not be one person's: the port counts. */
static bool is_at(const char *authority, const struct http_url *u, struct arena *a)
{
	struct http_url named;

	return http_url_split(str_of(arena_printf(a, "%s://%s/", u->https ? "https" : "http",
						  authority)),
			      &named) &&
	       http_url_same_origin(&named, u);
}

/* Whether it is the registry itself, or the server that its user named: "auth.example" and
 * "auth.example:443" are named by either. */
static bool is_trusted(const struct auth *x, const struct http_url *u)
{
	return is_at(x->ref->host, u, x->a) || (x->token_server && is_at(x->token_server, u, x->a));
}

static bool has_secret(const struct credentials *c)
{
	return c->user || c->identity;
}

/* Whether the realm may be asked at all, and with our credentials. */
static bool check_realm(const struct auth *x, struct error *e)
{
	const char *realm = x->challenge.realm;
	char shown[256], port[8] = "";
	struct http_url u;

	if (!http_url_split(str_of(realm), &u) || u.userinfo.n || strchr(realm, '#'))
		return err_set(e, ERR_NETWORK,
			       "%s sends to a token server whose address is none: %s", x->ref->host,
			       http_url_redact(realm, shown, sizeof(shown)));
	if (!u.https && !(x->plain && x->loopback && http_url_loopback(&u)))
		return err_set(e, ERR_NETWORK, "%s sends to a token server without https: %s",
			       x->ref->host, realm);
	if (has_secret(&x->credentials) && !is_trusted(x, &u)) {
		if (u.port != (u.https ? 443 : 80))
			snprintf(port, sizeof(port), ":%u", u.port);
		return err_set(e, ERR_NETWORK,
			       "%s wants its credentials to be shown to another host, " STR_FMT
			       "%s; if that is right, add --token-server " STR_FMT "%s",
			       x->ref->host, STR_ARG(u.host), port, STR_ARG(u.host), port);
	}
	return true;
}

static bool token_refused(struct arena *a, const struct auth *x, const struct http_request *r,
			  struct error *e)
{
	const char *why = r->end == HTTP_DONE ? problem_text(a, buf_str(r->complaint)) : "";
	const char *with = has_secret(&x->credentials)
				   ? arena_printf(a, " (credentials of %s)", x->credentials.from)
				   : "";
	struct http_url u = { .host = { "", 0 } };

	if (!http_url_split(str_of(r->url), &u))
		u.host.n = 0;
	return err_set(e, r->end == HTTP_LOCAL ? ERR_SYSTEM : ERR_NETWORK,
		       "the token server " STR_FMT
		       " of %s gives no token%s for the scope %s: %s%s%s",
		       STR_ARG(u.host), x->ref->host, with, strings_join(a, &x->scopes, " "),
		       r->reason[0] ? r->reason : "its answer holds none", why[0] ? ": " : "", why);
}

/* Asks once. 1: there is a token, 0: another way may do (404 to a refresh), -1. */
static int token_ask(struct auth *x, struct http *h, bool refresh, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a, .max = ANSWER_MAX },
		   complaint = { .a = &a, .max = COMPLAINT_MAX };
	struct http_upload form = { .fd = -1 };
	struct buf_sink sink;
	const struct http_login basic = { .login = x->credentials.user,
					  .password = x->credentials.password };
	struct http_request r = {
		.url = refresh ? x->challenge.realm : auth_token_url(&a, &x->challenge, &x->scopes),
		.method = refresh ? HTTP_POST : HTTP_GET,
		.max = ANSWER_MAX,
		.body = &sink.base,
		.complaint = &complaint,
		.login = !refresh && basic.login ? &basic : NULL,
		.upload = refresh ? &form : NULL,
	};
	struct http_login *login;
	const char *token = NULL;
	uint64_t seconds = 0;

	if (refresh)
		form.text = refresh_text(&a, x);
	buf_sink_init(&sink, &text, "token");
	http_try(h, &r);
	if (refresh && r.end == HTTP_DONE && (r.status == 404 || r.status == 405))
		return 0;
	if (r.end == HTTP_DONE && r.status == 200)
		token = auth_token_read(&a, buf_str(&text), &seconds);
	if (!token) {
		token_refused(&a, x, &r, e);
		return -1;
	}
	login = arena_alloc(x->a, sizeof(*login));
	login->token = arena_strdup(x->a, token);
	x->login = login;
	seconds = MIN(seconds, 86400);
	x->until_ms = http_clock_ms() + seconds * 1000;
	if (seconds * 1000 > 2 * EXPIRES_EARLY_MS)
		x->until_ms -= EXPIRES_EARLY_MS;
	return 1;
}

static int auth_ask_token(struct auth *x, struct http *h, struct error *e)
{
	int got = x->credentials.identity ? token_ask(x, h, true, e) : 0;

	return got ? got : token_ask(x, h, false, e);
}

/* ---- with other sessions ---- */

static struct token_wish auth_wish(const struct auth *x)
{
	return (struct token_wish){ x->ref->host, x->plain,	 x->token_server, &x->credentials,
				    &x->scopes,	  &x->challenge, x->begins };
}

static void auth_show(struct auth *x, const struct token_given *t)
{
	struct http_login *login = arena_alloc(x->a, sizeof(*login));

	login->token = t->token;
	x->login = login;
	x->until_ms = t->until_ms;
}

void auth_begin(struct auth *x)
{
	struct token_wish w = auth_wish(x);
	struct token_given given;

	if (!x->shared)
		return;
	w.begins = x->begins = shared_tokens_begins(&w);
	if (!shared_tokens_begin(x->shared, x->a, &w, &given))
		return;
	auth_show(x, &given);
	x->challenge = given.challenge;
	x->scopes = given.scopes;
}

static int auth_take_token(struct auth *x, struct http *h, struct error *e)
{
	const struct token_wish w = auth_wish(x);
	struct token_given given;
	int got;

	if (!check_realm(x, e))
		return -1;
	if (x->shared && shared_tokens_take(x->shared, x->a, &w, &given)) {
		auth_show(x, &given);
		return 1;
	}
	got = auth_ask_token(x, h, e);
	if (got > 0)
		given = (struct token_given){ x->login->token, x->until_ms, x->challenge,
					      x->scopes };
	if (x->shared)
		shared_tokens_answer(x->shared, &w, got > 0 ? &given : NULL);
	return got;
}

/* What needs no token server. */
static int take_credentials(struct auth *x)
{
	struct http_login *login = arena_alloc(x->a, sizeof(*login));

	if (x->challenge.kind == CHALLENGE_BEARER)
		login->token = x->credentials.bearer;
	login->login = x->credentials.user;
	login->password = x->credentials.password;
	if (!login->token && !login->login)
		return 0;
	x->login = login;
	x->until_ms = UINT64_MAX;
	return 1;
}

int auth_renew(struct auth *x, struct http *h, struct error *e)
{
	const struct challenge *c = &x->challenge;
	int got = 0;

	x->login = NULL;
	if (++x->number > LOGINS_MAX) {
		err_set(e, ERR_NETWORK,
			"%s asks for a new login after each one; look at the credentials",
			x->ref->host);
		return -1;
	}
	if (c->kind == CHALLENGE_OTHER) {
		err_set(e, ERR_NETWORK,
			"%s asks for a kind of authentication that is not known here: %s",
			x->ref->host, c->scheme);
		return -1;
	}
	if (c->kind != CHALLENGE_NONE && x->plain && !x->loopback) {
		err_set(e, ERR_NETWORK,
			"%s asks who we are, and credentials are not sent over clear-text http; leave out "
			"--tls-verify=false",
			x->ref->host);
		return -1;
	}
	if (c->kind == CHALLENGE_BASIC || (c->kind == CHALLENGE_BEARER && x->credentials.bearer))
		got = take_credentials(x);
	else if (c->kind == CHALLENGE_BEARER && c->realm)
		got = auth_take_token(x, h, e);
	return got;
}

/* Our own scope says at least as much as the registry's for our repository; what it wants besides
 * is asked for, too. */
static void add_scope(struct auth *x, const char *scope)
{
	const char *ours = arena_printf(x->a, "repository:%s:", x->ref->name);

	if (scope && scope[0] && !str_starts(str_of(scope), str_of(ours)) &&
	    !strings_has(&x->scopes, scope) && x->scopes.n < 4)
		*list_push(x->a, &x->scopes) = scope;
}

static const char *copy_or_null(struct arena *a, const char *text)
{
	return text ? arena_strdup(a, text) : NULL;
}

int auth_answer(struct auth *x, struct http *h, const struct http_headers *reply, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct challenge c = { .kind = CHALLENGE_NONE };
	const char *value;

	if (x->shared && x->login && x->login->token) /* it was shown, and is no good */
		shared_tokens_forget(x->shared, x->login->token);
	for (size_t i = 0;
	     i < CHALLENGES_MAX && (value = http_headers_get(reply, "WWW-Authenticate", i)); i++)
		challenge_read(&scratch, str_of(value), &c);
	x->challenge = (struct challenge){ c.kind, copy_or_null(x->a, c.scheme),
					   copy_or_null(x->a, c.realm),
					   copy_or_null(x->a, c.service),
					   copy_or_null(x->a, c.scope) };
	add_scope(x, x->challenge.scope);
	return auth_renew(x, h, e);
}
