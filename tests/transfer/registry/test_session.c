/* SPDX-License-Identifier: Apache-2.0 */
/* Talking to a registry: clear text and TLS, what is too large, what is no answer. */

#include "transfer/registry/session.h"

#include <criterion/criterion.h>

#include "base/parallel.h"
#include "support/fixture_hub.h"
#include "support/fixture_registry_scene.h"
#include "transfer/registry/artifact.h"

struct session_world {
	struct registry_scene s;
	struct session session;
	struct session_options options;
	struct reference to;
	struct error e;
};

static bool session_begin(struct session_world *w, struct arena *a)
{
	static const struct http_settings hasty = {
		.connect_ms = 3000, .stall_s = 5, .stall_rate = 1, .header_max = 65536, .tries = 1
	};
	struct strings scopes = { 0 };

	w->options.settings = &hasty;
	cr_assert(reference_parse(a, w->s.target, &w->to, &w->e));
	return session_open(&w->session, &w->to, &w->options, &scopes, &w->e);
}

static const char *session_message(struct session_world *w, struct arena *a)
{
	return arena_printf(a, "%s%s", w->e.context, w->e.cause);
}

Test(session, clear_text_is_told_where_tls_was_asked_for)
{
	AUTO_ARENA a = { 0 };
	struct session_world w = { .options.tls = SESSION_TLS_ON };
	struct artifact m;
	struct hub h;

	hub_open(&h, true);
	w.s.target = hub_image(&h, "team/app:1");
	cr_assert(session_begin(&w, &a));
	cr_expect_eq(artifact_get(&a, &w.session, "1", &m, &w.e), -1);
	cr_expect_eq(w.e.kind, ERR_NETWORK);
	cr_expect(strstr(session_message(&w, &a),
			 "; if it speaks clear-text http alone: --tls-verify=false"),
		  "%s", session_message(&w, &a));
	session_close(&w.session);
	hub_close(&h);
}

Test(session, https_is_spoken_unless_the_registry_is_on_this_machine)
{
	static const struct {
		const char *target;
		enum session_tls tls;
		const char *base;
	} cases[] = {
		{ "docker://127.0.0.1:5000/x", SESSION_TLS_AUTO, "http://127.0.0.1:5000/v2/x/" },
		{ "docker://localhost:5000/x", SESSION_TLS_AUTO, "http://localhost:5000/v2/x/" },
		{ "docker://127.0.0.1:5000/x", SESSION_TLS_ON, "https://127.0.0.1:5000/v2/x/" },
		{ "docker://127.0.0.1:5000/x", SESSION_TLS_OFF, "http://127.0.0.1:5000/v2/x/" },
		{ "docker://r.example/x", SESSION_TLS_AUTO, "https://r.example/v2/x/" },
		{ "docker://r.example/x", SESSION_TLS_ON, "https://r.example/v2/x/" },
		{ "docker://r.example/x", SESSION_TLS_OFF, "http://r.example/v2/x/" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct session_world w = { .options.tls = cases[i].tls };

		w.s.target = cases[i].target;
		cr_assert(session_begin(&w, &a));
		cr_expect_str_eq(w.session.base, cases[i].base);
		session_close(&w.session);
	}
}

Test(session, credentials_that_cannot_be_read_open_none)
{
	AUTO_ARENA a = { 0 };
	struct session_world w = { .options.authfile = "/nonexistent/auth.json" };

	w.s.target = "docker://r.example/x";
	cr_expect_not(session_begin(&w, &a));
	cr_expect_eq(w.e.kind, ERR_INPUT);
	session_close(&w.session);
	session_close(&(struct session){ .ref = NULL });
}

Test(session, a_blob_is_as_large_as_is_said_and_not_too_large)
{
	static const struct {
		uint64_t size;
		const char *body, *says;
	} cases[] = {
		{ 5, "bytes", NULL },
		{ 5, "byteS", "other bytes came" },
		{ 5, "bytes and more", "payload" },
		{ 5, "byte", "other bytes came" },
		{ (64u << 20) + 1, "bytes", " has 67108865 bytes, more than 67108864" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct session_world w = { .options.tls = SESSION_TLS_AUTO };
		struct document_part part = { .size = cases[i].size,
					      .digest = content_digest_of(STR("bytes"), false) };
		struct str text;
		bool ok;

		registry_scene_begin(&w.s, &a);
		document_part_name(&part, "payload");
		registry_scene_on(&w.s, arena_printf(&a, "/v2/team/app/blobs/%s", part.name), 200,
				  NULL, str_of(cases[i].body));
		cr_assert(session_begin(&w, &a));
		ok = artifact_blob(&a, &w.session, &part, &text, &w.e);
		cr_expect_eq(ok, cases[i].says == NULL, "%zu: %s", i, session_message(&w, &a));
		cr_expect(ok || !cases[i].says || strstr(session_message(&w, &a), cases[i].says),
			  "%zu: %s", i, session_message(&w, &a));
		session_close(&w.session);
		registry_scene_end(&w.s);
	}
}

/* 1 taken, 0 another one was faster, -1. */
Test(session, what_becomes_of_a_tag)
{
	static const struct {
		int status;
		const char *etag;
		int got;
	} cases[] = {
		{ 200, NULL, 1 },  { 201, NULL, 1 },	{ 202, NULL, 1 },  { 204, NULL, 1 },
		{ 205, NULL, -1 }, { 412, "\"e\"", 0 }, { 412, NULL, -1 }, { 404, "\"e\"", -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct session_world w = { .options.tls = SESSION_TLS_AUTO };

		registry_scene_begin(&w.s, &a);
		registry_scene_on(&w.s, "/v2/team/app/manifests/t", cases[i].status, NULL, STR(""));
		cr_assert(session_begin(&w, &a));
		cr_expect_eq(artifact_put(&w.session, "t", MANIFEST_TYPE, STR("{}"), cases[i].etag,
					  &w.e),
			     cases[i].got, "%d: %s", cases[i].status, session_message(&w, &a));
		cr_expect_eq(faultd_saw(&w.s.registry, NULL, "If-Match: \"e\""),
			     cases[i].etag != NULL);
		session_close(&w.session);
		registry_scene_end(&w.s);
	}
}

/* The same words once in a session, and only those for people. */
struct session_words {
	struct progress base;
	unsigned n;
	const char *text;
	struct arena *a;
};

static void session_warn(struct progress *p, const char *text)
{
	struct session_words *w = (struct session_words *)p;

	w->n++;
	w->text = arena_strdup(w->a, text);
}

Test(session, warnings_of_a_registry_are_passed_on_once)
{
	static const struct {
		const char *header;
		bool passed;
	} cases[] = {
		{ "Warning: 299 - \"soon gone\"\r\n", true },
		{ "Warning: 199 - \"soon gone\"\r\n", false },
		{ "Warning: 299\r\n", false },
		{ "X: 299 - \"soon gone\"\r\n", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct session_words words = { { .warn = session_warn }, 0, "", &a };
		struct session_world w = { .options = { .tls = SESSION_TLS_AUTO,
							.progress = &words.base } };
		struct artifact m;

		registry_scene_begin(&w.s, &a);
		registry_scene_on(&w.s, "/v2/team/app/manifests/1", 404, cases[i].header, STR(""));
		cr_assert(session_begin(&w, &a));
		for (int k = 0; k < 2; k++)
			cr_expect_eq(artifact_get(&a, &w.session, "1", &m, &w.e), 0);
		cr_expect_eq(words.n, cases[i].passed, "%zu", i);
		cr_expect(!cases[i].passed || strstr(words.text, " says: 299 - \"soon gone\""),
			  "%s", words.text);
		session_close(&w.session);
		registry_scene_end(&w.s);
	}
}

static bool session_ask_blob(void *ctx, size_t i, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct session_world *w = ctx;
	struct session_call c = { .what = "blob", .http.method = HTTP_HEAD };

	c.http.url = session_url(&a, &w->session, "blobs/%zu", i);
	return session_ask(&a, &w->session, &c, e);
}

#define SESSION_ASKERS 24

/* Who hashes or waits for the disk is none of them. */
Test(session, a_registry_has_so_many_requests_at_once_whoever_asks)
{
	AUTO_ARENA a = { 0 };
	struct session_world w = { .options.tls = SESSION_TLS_AUTO };

	registry_scene_begin(&w.s, &a);
	for (size_t i = 0; i < SESSION_ASKERS; i++)
		registry_scene_on(&w.s, arena_printf(&a, "/v2/team/app/blobs/%zu", i), 200, NULL,
				  STR(""))
			->delay_ms = 100;
	cr_assert(session_begin(&w, &a));
	cr_expect(parallel_for(SESSION_ASKERS, SESSION_ASKERS, session_ask_blob, &w, &w.e), "%s",
		  session_message(&w, &a));
	cr_expect_eq(faultd_hits(&w.s.registry, NULL), (size_t)SESSION_ASKERS);
	cr_expect_geq(faultd_most(&w.s.registry), 2u, "they did not overlap");
	/* one that ends may be met there by the one that follows */
	cr_expect_leq(faultd_most(&w.s.registry), 2u * SESSION_LINES);
	session_close(&w.session);
	registry_scene_end(&w.s);
}
