/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions of a run share tokens: a server is asked once for what many want. */

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>

#include "support/fixture_registry_scene.h"
#include "transfer/http/http.h"
#include "transfer/registry/artifact.h"
#include "transfer/registry/session.h"

#define TAG "/v2/team/app/manifests/1"
#define TOKEN_PATH "/token?service=reg&scope=repository%3Ateam%2Fapp%3Apull"
#define TOKEN_PUSH TOKEN_PATH "%2Cpush"
#define BASIC "\"auth\":\"YW5uYTpzZWNyZXQ=\""
#define OTHER "\"auth\":\"YmVydDpzZWNyZXQ=\""

struct token_world {
	struct arena a;
	struct registry_scene s;
	struct session_pool pool;
	const char *login; /* a file, or NULL */
};

static const char *token_challenge(struct token_world *w)
{
	return arena_printf(&w->a,
			    "WWW-Authenticate: Bearer realm=\"http://127.0.0.1:%u/token\","
			    "service=\"reg\",scope=\"repository:team/app:pull\"\r\n",
			    w->s.registry.port);
}

static void token_world_open(struct token_world *w)
{
	*w = (struct token_world){ .pool = SESSION_POOL_INIT };
	registry_scene_begin(&w->s, &w->a);
}

static void token_world_close(struct token_world *w)
{
	session_pool_close(&w->pool);
	registry_scene_end(&w->s);
	arena_free(&w->a);
}

static void token_world_login(struct token_world *w, const char *fields)
{
	w->login = registry_scene_auth(&w->s,
				       arena_printf(&w->a, "{\"auths\":{\"127.0.0.1:%u\":{%s}}}",
						    w->s.registry.port, fields));
}

/* A session that asks for the manifest: 1, 0 when it is not there, -1. */
static int token_session(struct token_world *w, const char *actions)
{
	const struct session_options options = { .authfile = w->login, .pool = &w->pool };
	AUTO_ARENA a = { 0 };
	struct strings scopes = { 0 };
	struct reference ref;
	struct session session;
	struct artifact m;
	struct error e = { 0 };
	int got;

	cr_assert(reference_parse(&a, w->s.target, &ref, &e));
	*list_push(&a, &scopes) = arena_printf(&a, "repository:team/app:%s", actions);
	cr_assert(session_open(&session, &ref, &options, &scopes, &e), "%s", e.cause);
	got = artifact_get(&a, &session, "1", &m, &e);
	session_close(&session);
	return got;
}

static void token_gives(struct token_world *w, const char *token, unsigned seconds)
{
	registry_scene_on(&w->s, TOKEN_PATH, 200, NULL,
			  str_of(arena_printf(&w->a, "{\"token\":\"%s\",\"expires_in\":%u}", token,
					      seconds)));
}

static void token_manifest(struct token_world *w, int status)
{
	registry_scene_on(&w->s, TAG, status,
			  status == 401 ? token_challenge(w)
					: "Content-Type: " MANIFEST_TYPE "\r\n",
			  status == 401 ? STR("") : w->s.manifest);
}

Test(shared_tokens, a_hundred_sessions_ask_once)
{
	struct token_world w;

	token_world_open(&w);
	token_world_login(&w, BASIC);
	token_manifest(&w, 401);
	token_manifest(&w, 200);
	token_gives(&w, "one", 300);
	for (int i = 0; i < 100; i++)
		cr_assert_eq(token_session(&w, "pull"), 1, "%d", i);
	cr_expect_eq(faultd_hits(&w.s.registry, TOKEN_PATH), 1u);
	cr_expect_eq(faultd_hits(&w.s.registry, TAG), 101u, "one of them was refused first");
	token_world_close(&w);
}

Test(shared_tokens, another_scope_or_login_asks_for_itself)
{
	struct token_world w;

	token_world_open(&w);
	token_world_login(&w, BASIC);
	for (int i = 0; i < 3; i++) {
		token_manifest(&w, 401);
		token_manifest(&w, 200);
	}
	token_gives(&w, "one", 300);
	registry_scene_on(&w.s, TOKEN_PUSH, 200, NULL,
			  STR("{\"token\":\"two\",\"expires_in\":300}"));
	cr_expect_eq(token_session(&w, "pull"), 1);
	cr_expect_eq(token_session(&w, "pull,push"), 1);
	cr_expect_eq(faultd_hits(&w.s.registry, TOKEN_PUSH), 1u);
	token_world_login(&w, OTHER);
	cr_expect_eq(token_session(&w, "pull"), 1);
	cr_expect_eq(faultd_hits(&w.s.registry, TOKEN_PATH), 2u, "it is somebody else");
	token_world_close(&w);
}

Test(shared_tokens, one_that_expires_is_asked_for_again)
{
	struct token_world w;

	token_world_open(&w);
	for (int i = 0; i < 2; i++) {
		token_manifest(&w, 401);
		token_manifest(&w, 200);
	}
	token_gives(&w, "one", 0);
	token_gives(&w, "two", 300);
	cr_expect_eq(token_session(&w, "pull"), 1);
	cr_expect_eq(token_session(&w, "pull"), 1);
	cr_expect_eq(token_session(&w, "pull"), 1);
	cr_expect_geq(faultd_hits(&w.s.registry, TOKEN_PATH), 2u);
	cr_expect_leq(faultd_hits(&w.s.registry, TOKEN_PATH), 3u, "the last one counts");
	cr_expect(faultd_saw(&w.s.registry, TAG, "Bearer two\r\n"));
	token_world_close(&w);
}

Test(shared_tokens, one_that_is_refused_is_shown_to_nobody_else)
{
	struct token_world w;

	token_world_open(&w);
	token_manifest(&w, 401);
	token_manifest(&w, 200);
	token_manifest(&w, 401); /* of the second session: it was taken back */
	token_manifest(&w, 200);
	token_gives(&w, "one", 300);
	token_gives(&w, "two", 300);
	for (int i = 0; i < 3; i++)
		cr_expect_eq(token_session(&w, "pull"), 1, "%d", i);
	cr_expect_eq(faultd_hits(&w.s.registry, TOKEN_PATH), 2u);
	cr_expect_eq(faultd_hits(&w.s.registry, TAG), 5u);
	token_world_close(&w);
}

/* ---- many at once ---- */

struct token_asker {
	struct shared_tokens *l;
	const char *login; /* whose */
	bool got;
	char token[8];
};

/* Its question, and what it borrows. */
struct token_question {
	struct credentials credentials;
	struct strings scopes;
	struct challenge challenge;
	struct token_wish wish;
};

static void token_ask_as(const char *login, struct token_question *q)
{
	*q = (struct token_question){
		.credentials = { .user = login, .password = "p" },
		.challenge = { .kind = CHALLENGE_BEARER, .realm = "https://t.example/" },
	};
	q->wish = (struct token_wish){ .host = "r.example",
				       .credentials = &q->credentials,
				       .scopes = &q->scopes,
				       .challenge = &q->challenge };
	q->wish.begins = shared_tokens_begins(&q->wish);
}

static void *token_thread(void *of)
{
	struct token_asker *t = of;
	AUTO_ARENA a = { 0 };
	struct token_question q;
	struct token_given given;

	token_ask_as(t->login, &q);
	t->got = shared_tokens_begin(t->l, &a, &q.wish, &given) ||
		 shared_tokens_take(t->l, &a, &q.wish, &given);
	if (t->got)
		snprintf(t->token, sizeof(t->token), "%s", given.token);
	else
		shared_tokens_answer(t->l, &q.wish, NULL);
	return NULL;
}

/* Whether they come before or after the answer: all have it, but for somebody else. */
Test(shared_tokens, of_many_at_once_one_asks)
{
	const struct token_given one = { .token = "one", .until_ms = UINT64_MAX };
	struct shared_tokens l = SHARED_TOKENS_INIT;
	struct token_asker others[4];
	pthread_t threads[ARRAY_SIZE(others)];
	struct token_question q;
	struct token_given given;
	AUTO_ARENA a = { 0 };

	token_ask_as("anna", &q);
	cr_assert_not(shared_tokens_take(&l, &a, &q.wish, &given));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		others[i] = (struct token_asker){ &l, i ? "anna" : "bert", false, "" };
		cr_assert_eq(pthread_create(&threads[i], NULL, token_thread, &others[i]), 0);
	}
	shared_tokens_answer(&l, &q.wish, &one);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		pthread_join(threads[i], NULL);
		cr_expect_eq(others[i].got, i > 0, "%zu", i);
		cr_expect_str_eq(others[i].token, i ? "one" : "");
	}
	shared_tokens_forget(&l, "one");
	cr_expect_not(shared_tokens_begin(&l, &a, &q.wish, &given));
	cr_expect_not(shared_tokens_take(&l, &a, &q.wish, &given), "it was refused");
	shared_tokens_answer(&l, &q.wish, NULL);
	shared_tokens_close(&l);
}
