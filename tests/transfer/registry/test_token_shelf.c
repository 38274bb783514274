/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that sessions share: who asks, who waits, how many are kept. */

#include "transfer/registry/shared_tokens.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "transfer/http/http.h"

#define LATER (http_clock_ms() + 600000)

static const struct credentials nobody = { .user = NULL };
static const struct challenge asked = { .realm = "http://127.0.0.1/token", .service = "reg" };

/* What is asked for: a scope. */
static struct token_wish shelf_wish(struct arena *a, const char *scope)
{
	struct strings *scopes = arena_alloc(a, sizeof(*scopes));
	struct token_wish w = {
		.host = "r.example", .credentials = &nobody, .scopes = scopes, .challenge = &asked
	};

	*list_push(a, scopes) = scope;
	w.begins = shared_tokens_begins(&w);
	return w;
}

/* The token, "ask" if who asked has to get one. */
static const char *shelf_take(struct shared_tokens *l, struct arena *a, const struct token_wish *w)
{
	struct token_given given = { .token = NULL };

	return shared_tokens_take(l, a, w, &given) ? given.token : "ask";
}

static void shelf_answer(struct shared_tokens *l, const struct token_wish *w, const char *token,
			 uint64_t until_ms)
{
	const struct token_given given = { token, until_ms, asked, *w->scopes };

	shared_tokens_answer(l, w, &given);
}

Test(token_shelf, one_is_kept_until_its_end_or_until_it_is_refused)
{
	AUTO_ARENA a = { 0 };
	struct shared_tokens l = SHARED_TOKENS_INIT;
	const struct token_wish w = shelf_wish(&a, "pull"), other = shelf_wish(&a, "push");

	cr_expect_str_eq(shelf_take(&l, &a, &w), "ask");
	shelf_answer(&l, &w, "one", LATER);
	cr_expect_str_eq(shelf_take(&l, &a, &w), "one");
	cr_expect_str_eq(shelf_take(&l, &a, &other), "ask");
	shared_tokens_answer(&l, &other, NULL);
	cr_expect_str_eq(shelf_take(&l, &a, &other), "ask", "nothing came of it");
	shelf_answer(&l, &other, "two", http_clock_ms());
	cr_expect_str_eq(shelf_take(&l, &a, &other), "ask", "it is at its end");
	shelf_answer(&l, &other, "three", LATER);
	shared_tokens_forget(&l, "one");
	cr_expect_str_eq(shelf_take(&l, &a, &other), "three");
	cr_expect_str_eq(shelf_take(&l, &a, &w), "ask");
	/* while it is asked for, there is none to be forgotten */
	shared_tokens_forget(&l, "three");
	shelf_answer(&l, &w, "four", LATER);
	cr_expect_str_eq(shelf_take(&l, &a, &w), "four");
	cr_expect_str_eq(shelf_take(&l, &a, &other), "ask");
	shared_tokens_answer(&l, &other, NULL);
	shared_tokens_close(&l);
}

/* When there is no room, one that is of no use any more makes it, and none that is asked for. */
Test(token_shelf, so_many_are_kept)
{
	AUTO_ARENA a = { 0 };
	struct shared_tokens l = SHARED_TOKENS_INIT;
	struct token_wish first = shelf_wish(&a, "0"), more = shelf_wish(&a, "more"),
			  again = shelf_wish(&a, "again");

	for (unsigned i = 0; i < SHARED_TOKENS_MAX; i++) {
		const struct token_wish w = shelf_wish(&a, arena_printf(&a, "%u", i));

		cr_assert_str_eq(shelf_take(&l, &a, &w), "ask");
		shelf_answer(&l, &w, arena_printf(&a, "t%u", i), LATER);
	}
	cr_expect_eq(l.v.n, SHARED_TOKENS_MAX);
	cr_expect_str_eq(shelf_take(&l, &a, &more), "ask");
	shelf_answer(&l, &more, "m", LATER);
	cr_expect_str_eq(shelf_take(&l, &a, &more), "ask", "it is not kept");
	cr_expect_str_eq(shelf_take(&l, &a, &first), "t0");
	shared_tokens_forget(&l, "t0");
	cr_expect_str_eq(shelf_take(&l, &a, &first), "ask");
	cr_expect_str_eq(shelf_take(&l, &a, &more), "ask", "the first is being asked for");
	shelf_answer(&l, &more, "m", LATER);
	cr_expect_str_eq(shelf_take(&l, &a, &more), "ask");
	shared_tokens_answer(&l, &first, NULL);
	cr_expect_eq(l.v.n, SHARED_TOKENS_MAX);
	shared_tokens_close(&l);
	cr_expect_str_eq(shelf_take(&l, &a, &again), "ask", "it is usable again");
	shared_tokens_answer(&l, &again, NULL);
	shared_tokens_close(&l);
}

struct token_waiter {
	struct shared_tokens *l;
	const struct token_wish *w;
	char got[16];
};

static void *wait_for_token(void *ctx)
{
	AUTO_ARENA a = { 0 };
	struct token_waiter *x = ctx;

	snprintf(x->got, sizeof(x->got), "%s", shelf_take(x->l, &a, x->w));
	return NULL;
}

Test(token_shelf, others_wait_for_who_asks, .timeout = 30)
{
	AUTO_ARENA a = { 0 };
	struct shared_tokens l = SHARED_TOKENS_INIT;
	const struct token_wish w = shelf_wish(&a, "pull");
	struct token_waiter x = { &l, &w, "" };
	pthread_t thread;

	cr_expect_str_eq(shelf_take(&l, &a, &w), "ask");
	cr_assert_eq(pthread_create(&thread, NULL, wait_for_token, &x), 0);
	usleep(100000);
	cr_expect_str_eq(x.got, "", "it waits");
	shelf_answer(&l, &w, "one", LATER);
	pthread_join(thread, NULL);
	cr_expect_str_eq(x.got, "one");
	shared_tokens_close(&l);
}
