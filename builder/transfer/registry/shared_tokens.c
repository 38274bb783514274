/* SPDX-License-Identifier: Apache-2.0 */
/* Copies: a session may use its own to its end. */

#include "transfer/registry/shared_tokens.h"

#include <stdlib.h>

#include "base/wire.h"
#include "transfer/http/http.h"

struct shared_token {
	struct digest begins;	  /* sessions that show it at once */
	struct digest key;	  /* what the server is asked */
	struct arena a;		  /* of what follows */
	struct token_given given; /* token NULL: none yet, or it was no good */
	bool asking;
};

static void token_clear(struct shared_token *t)
{
	arena_free(&t->a);
	t->given = (struct token_given){ .token = NULL };
}

void shared_tokens_close(struct shared_tokens *l)
{
	list_each(t, &l->v) {
		token_clear(*t);
		free(*t);
	}
	arena_free(&l->a);
	l->a = (struct arena){ 0 };
	l->v.v = NULL;
	l->v.n = l->v.cap = 0;
}

/* ---- what counts for whom ---- */

static void token_put_asker(struct buf *out, const struct token_wish *w)
{
	wire_put_texts(out, w->scopes);
	wire_put_text(out, w->credentials->user);
	wire_put_text(out, w->credentials->password);
	wire_put_text(out, w->credentials->identity);
	wire_put_text(out, w->credentials->bearer);
	wire_put_text(out, w->token_server);
}

static struct digest token_key(const struct token_wish *w)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };

	wire_put_text(&text, w->challenge->realm);
	wire_put_text(&text, w->challenge->service);
	token_put_asker(&text, w);
	return digest_of(buf_str(&text));
}

struct digest shared_tokens_begins(const struct token_wish *w)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };

	wire_put_text(&text, w->host);
	wire_put(&text, w->plain);
	token_put_asker(&text, w);
	return digest_of(buf_str(&text));
}

static bool token_is_good(const struct shared_token *t)
{
	return t->given.token && t->given.until_ms > http_clock_ms();
}

static struct shared_token *token_find(const struct shared_tokens *l, const struct digest *key)
{
	list_each(t, &l->v) {
		if (digest_eq(&(*t)->key, key))
			return *t;
	}
	return NULL;
}

/* One for this question; in the place of one that is of no use any more when there are many. */
static struct shared_token *token_add(struct shared_tokens *l, const struct digest *key)
{
	struct shared_token *at = NULL;

	for (size_t i = 0; l->v.n == SHARED_TOKENS_MAX && i < l->v.n && !at; i++) {
		if (!l->v.v[i]->asking && !token_is_good(l->v.v[i]))
			at = l->v.v[i];
	}
	if (at) {
		token_clear(at);
	} else if (l->v.n < SHARED_TOKENS_MAX) {
		at = calloc(1, sizeof(*at));
		if (at)
			*list_push(&l->a, &l->v) = at;
	}
	if (at)
		at->key = *key;
	return at;
}

static const char *copy_or_none(struct arena *a, const char *text)
{
	return text ? arena_strdup(a, text) : NULL;
}

static struct token_given token_copy(struct arena *a, const struct token_given *t)
{
	const struct challenge *c = &t->challenge;
	struct token_given out = {
		.token = arena_strdup(a, t->token),
		.until_ms = t->until_ms,
		.challenge = { c->kind, copy_or_none(a, c->scheme), copy_or_none(a, c->realm),
			       copy_or_none(a, c->service), copy_or_none(a, c->scope) },
	};

	list_each(scope, &t->scopes)
		*list_push(a, &out.scopes) = arena_strdup(a, *scope);
	return out;
}

/* ---- for sessions ---- */

bool shared_tokens_begin(struct shared_tokens *l, struct arena *a, const struct token_wish *w,
			 struct token_given *out)
{
	const struct shared_token *found = NULL;

	pthread_mutex_lock(&l->lock);
	list_each(t, &l->v) {
		if (digest_eq(&(*t)->begins, &w->begins) && token_is_good(*t))
			found = *t; /* of several the last has the most scopes */
	}
	if (found)
		*out = token_copy(a, &found->given);
	pthread_mutex_unlock(&l->lock);
	return found != NULL;
}

bool shared_tokens_take(struct shared_tokens *l, struct arena *a, const struct token_wish *w,
			struct token_given *out)
{
	const struct digest key = token_key(w);
	struct shared_token *t;
	bool good;

	pthread_mutex_lock(&l->lock);
	while ((t = token_find(l, &key)) && t->asking)
		pthread_cond_wait(&l->answered, &l->lock);
	good = t && token_is_good(t);
	if (good) {
		*out = token_copy(a, &t->given);
	} else {
		t = t ? t : token_add(l, &key);
		if (t)
			t->asking = true;
	}
	pthread_mutex_unlock(&l->lock);
	return good;
}

void shared_tokens_answer(struct shared_tokens *l, const struct token_wish *w,
			  const struct token_given *got)
{
	const struct digest key = token_key(w);
	struct shared_token *t;

	pthread_mutex_lock(&l->lock);
	t = token_find(l, &key);
	if (t) {
		token_clear(t);
		t->asking = false;
		t->begins = w->begins;
	}
	if (t && got)
		t->given = token_copy(&t->a, got);
	pthread_cond_broadcast(&l->answered);
	pthread_mutex_unlock(&l->lock);
}

void shared_tokens_forget(struct shared_tokens *l, const char *token)
{
	pthread_mutex_lock(&l->lock);
	list_each(t, &l->v) {
		if (!(*t)->asking && (*t)->given.token && strcmp((*t)->given.token, token) == 0)
			token_clear(*t);
	}
	pthread_mutex_unlock(&l->lock);
}
