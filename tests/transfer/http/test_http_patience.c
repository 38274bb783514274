/* SPDX-License-Identifier: Apache-2.0 */
/* Long waits are told and have an end, with the patience made short. */

#include <criterion/criterion.h>

#include "support/fixture_depot.h"
#include "support/fixture_faultd.h"
#include "transfer/download/fetch.h"
#include "transfer/http/http.h"
#include "transfer/retry/retry.h"
#include "transfer/registry/session.h"

/* Keeps what is told, one line each. */
struct patience_listener {
	struct progress base;
	struct arena a;
	struct buf text;
};

static void patience_warn(struct progress *p, const char *text)
{
	struct patience_listener *l = (struct patience_listener *)p;

	l->text.a = &l->a;
	buf_printf(&l->text, "%s\n", text);
}

static void listener_step(struct progress *p, const char *id, const char *text)
{
	(void)p, (void)id, (void)text;
}

static void listener_end(struct progress *p, const char *id, const char *text, bool cached)
{
	(void)p, (void)id, (void)text, (void)cached;
}

static void listener_advance(struct progress *p, const char *id, uint64_t current, uint64_t total)
{
	(void)p, (void)id, (void)current, (void)total;
}

static const struct progress listening = {
	.begin = listener_step,
	.end = listener_end,
	.advance = listener_advance,
	.note = patience_warn,
	.warn = patience_warn,
};

struct waiting {
	struct depot d;
	struct faultd server;
	struct patience_listener told;
};

static void waiting_begin(struct waiting *w, const struct fault_reply *script, size_t n)
{
	*w = (struct waiting){ .told = { .base = listening } };
	depot_open(&w->d);
	w->d.settings.retry_after_max_s = 60;
	w->d.settings.patience_ms = 700;
	w->d.settings.tell_ms = 100;
	w->d.settings.progress = &w->told.base;
	faultd_start(&w->server, script, n);
}

static void waiting_end(struct waiting *w)
{
	faultd_stop(&w->server);
	depot_close(&w->d);
	arena_free(&w->told.a);
}

/* A GET of "/x": its status, 0 for none, and how long it took. */
static int waiting_get(struct waiting *w, uint64_t *ms)
{
	AUTO_HTTP http = HTTP_INIT;
	struct error e = { 0 };
	uint64_t begun = http_clock_ms();
	struct str body;
	int status = 0;

	cr_assert(http_open(&w->d.a, &w->d.settings, &http, &e));
	if (!http_get(&w->d.a, &http, faultd_url(&w->d.a, &w->server, "/x"), 100, &body, &status,
		      &e))
		status = 0;
	*ms = http_clock_ms() - begun;
	return status;
}

Test(http_patience, F9_a_wait_asked_for_is_told_and_ends)
{
	static const struct fault_reply script[] = {
		{ .path = "/x", .status = 429, .headers = "Retry-After: 3600\r\n" },
	};
	struct waiting w;
	uint64_t ms;

	waiting_begin(&w, script, 1);
	cr_expect_eq(waiting_get(&w, &ms), 0);
	cr_expect(ms >= 500 && ms <= 800, "%llu ms", (unsigned long long)ms);
	cr_expect_eq(faultd_hits(&w.server, "/x"), 2, "it is asked once more before the end");
	cr_expect(strstr(buf_cstr(&w.told.text),
			 arena_printf(&w.d.a,
				      "http://127.0.0.1:%u: HTTP 429; asking it again in 1 s\n",
				      w.server.port)),
		  "%s", buf_cstr(&w.told.text));
	waiting_end(&w);
}

Test(http_patience, F9_a_silent_server_is_told_once_and_given_up)
{
	static const struct fault_reply script[] = {
		{ .path = "/x", .framing = FAULT_RAW, .end = FAULT_HANG }
	};
	struct waiting w;
	const char *first;
	uint64_t ms;

	waiting_begin(&w, script, 1);
	w.d.settings.patience_ms = 1000;
	w.d.settings.tries = 50;
	cr_expect_eq(waiting_get(&w, &ms), 0);
	cr_expect(ms >= 900 && ms <= 3000, "%llu ms", (unsigned long long)ms);
	first = strstr(buf_cstr(&w.told.text),
		       "is silent; waiting for it, but not longer than 1 s\n");
	cr_expect(first != NULL, "%s", buf_cstr(&w.told.text));
	waiting_end(&w);
}

Test(http_patience, F9_what_moves_is_waited_for)
{
	static const struct fault_reply script[] = {
		{ .path = "/x", .body = { "0123456789", 10 }, .drip_ms = 4 },
	};
	struct waiting w;
	uint64_t ms;

	waiting_begin(&w, script, 1);
	w.d.settings.patience_ms = 10; /* the headers alone take longer */
	cr_expect_eq(waiting_get(&w, &ms), 200);
	waiting_end(&w);
}

Test(http_patience, F9_downloads_have_the_same_patience)
{
	static const struct fault_reply script[] = {
		{ .path = "/x", .status = 503, .headers = "Retry-After: 100\r\n" },
	};
	struct waiting w;
	struct want want = { .name = "x", .size = 3 };
	struct fetch_options o = { .settings = &w.d.settings, .progress = &w.told.base };
	struct error e = { 0 };
	uint64_t begun;

	waiting_begin(&w, script, 1);
	*list_push(&w.d.a, &want.urls) = faultd_url(&w.d.a, &w.server, "/x");
	begun = http_clock_ms();
	cr_expect_not(fetch_wants_with(&w.d.store, &o, &want, 1, &e));
	cr_expect_eq(e.kind, ERR_NETWORK);
	cr_expect(http_clock_ms() - begun <= 1000);
	cr_expect(strstr(buf_cstr(&w.told.text), ": HTTP 503; asking it again in 1 s\n"), "%s",
		  buf_cstr(&w.told.text));
	waiting_end(&w);
}

/* Told after 5 s, ended after 35 s for mirrors and 120 s for registries. */
Test(http_patience, mirrors_and_registries_have_their_own)
{
	static const struct reference ref = { .host = "127.0.0.1:1", .name = "a", .tag = "1" };
	const struct strings none = { 0 };
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	struct http_settings s;
	struct session session;

	http_settings_from_env(&a, &s);
	cr_expect_eq(s.tell_ms, 5000);
	cr_expect_eq(s.patience_ms, 35000);
	cr_assert(session_open(&session, &ref, &(struct session_options){ .tls = SESSION_TLS_AUTO },
			       &none, &e),
		  "%s", e.cause);
	cr_expect_eq(session.settings.tell_ms, 5000);
	cr_expect_eq(session.settings.patience_ms, 120000);
	session_close(&session);
}
