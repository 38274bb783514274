/* SPDX-License-Identifier: Apache-2.0 */
/* Being let in: Basic, Bearer, tokens that expire, and who must never see what (T22, F25). */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/registry_options.h"
#include "transfer/registry/auth.h"
#include "support/fixture_files.h"
#include "support/fixture_registry_scene.h"

#define TAG "/v2/team/app/manifests/1"
/* "anna:secret" and what it is in base64 */
#define BASIC "YW5uYTpzZWNyZXQ="
#define TOKEN_PATH "/token?service=reg&scope=repository%3Ateam%2Fapp%3Apull"

static const char *put_auths(struct registry_scene *s, const char *fields)
{
	return registry_scene_auth(s, arena_printf(s->a, "{\"auths\":{\"127.0.0.1:%u\":{%s}}}",
						   s->registry.port, fields));
}

static const char *bearer_challenge(struct registry_scene *s, unsigned port)
{
	return arena_printf(
		s->a,
		"WWW-Authenticate: Bearer realm=\"http://127.0.0.1:%u/token\",service=\"reg\","
		"scope=\"repository:team/app:pull\"\r\n",
		port);
}

/* Everything about the image but the first manifest's first answer. */
static void after_challenge(struct registry_scene *s, const char *challenge)
{
	registry_scene_on(s, TAG, 401, challenge,
			  STR("{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}"));
	registry_scene_gives(s);
}

Test(auth, T22_basic_credentials_are_shown_when_asked_for)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	after_challenge(&s, "WWW-Authenticate: Basic realm=\"x\"\r\n");
	r = PULL(&s, "--authfile", put_auths(&s, "\"auth\":\"" BASIC "\""));
	cr_assert(r.ok, "%s", r.message);
	cr_expect(faultd_saw(&s.registry, TAG, "Authorization: Basic " BASIC "\r\n"));
	cr_expect(faultd_saw(&s.registry, registry_scene_blob(&s, &s.image.config_digest),
			     "Authorization: Basic " BASIC "\r\n"));
	registry_scene_end(&s);
}

Test(auth, without_credentials_the_way_to_get_some_is_told)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	registry_scene_on(
		&s, TAG, 401, "WWW-Authenticate: Basic realm=\"x\"\r\n",
		STR("{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"authentication required\"}]}"));
	r = PULL(&s);
	cr_expect_eq(r.e.kind, ERR_NETWORK);
	cr_expect(
		strstr(r.message,
		       "HTTP 401: UNAUTHORIZED: authentication required; no credentials for 127.0.0.1:"),
		"%s", r.message);
	cr_expect(strstr(r.message, "podman login 127.0.0.1:"), "%s", r.message);
	r = PULL(&s, "--authfile", put_auths(&s, "\"auth\":\"" BASIC "\""));
	cr_expect_eq(r.e.kind, ERR_NETWORK);
	cr_expect(strstr(r.message, "/auth.json are not accepted") != NULL, "%s", r.message);
	cr_expect(!strstr(r.message, "secret") && !strstr(r.said, "secret"),
		  "a secret was printed");
	cr_expect_eq(faultd_hits(&s.registry, TAG), 3, "a 401 is answered once");
	registry_scene_end(&s);
}

/* What it asked for is told where that is why it says no, and there alone. */
Test(auth, realm_and_scope_are_told_of_a_refusal_only)
{
	static const struct {
		int status;
		bool told;
	} cases[] = { { 401, true }, { 403, true }, { 404, false } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;
		struct verb_run r;

		registry_scene_begin(&s, &a);
		registry_scene_on(&s, TAG, 401, bearer_challenge(&s, s.registry.port), STR(""));
		registry_scene_on(&s, TOKEN_PATH, 200, NULL, STR("{\"token\":\"t0ken\"}"));
		registry_scene_on(&s, TAG, cases[i].status, NULL, STR(""));
		r = PULL(&s, "--authfile", put_auths(&s, "\"auth\":\"" BASIC "\""));
		cr_expect_not(r.ok);
		cr_expect(strstr(r.message, arena_printf(&a, "HTTP %d", cases[i].status)), "%s",
			  r.message);
		cr_expect_eq(strstr(r.message, "/token\", scope \"repository:team/app:pull\")") !=
				     NULL,
			     cases[i].told, "%s", r.message);
		registry_scene_end(&s);
	}
}

Test(auth, T22_a_token_is_got_with_the_credentials_and_only_it_is_shown)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	after_challenge(&s, bearer_challenge(&s, s.registry.port));
	registry_scene_on(&s, TOKEN_PATH, 200, NULL,
			  STR("{\"token\":\"t0ken\",\"expires_in\":300}"));
	r = PULL(&s, "--authfile", put_auths(&s, "\"auth\":\"" BASIC "\""));
	cr_assert(r.ok, "%s", r.message);
	cr_expect(faultd_saw(&s.registry, TOKEN_PATH, "Authorization: Basic " BASIC "\r\n"));
	cr_expect(faultd_saw(&s.registry, TAG, "Authorization: Bearer t0ken\r\n"));
	cr_expect(!faultd_saw(&s.registry, TAG, "Basic"));
	cr_expect_eq(faultd_hits(&s.registry, TOKEN_PATH), 1, "one token does");
	registry_scene_end(&s);
}

Test(auth, without_credentials_a_token_is_asked_for_anonymously)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	/* also on another host: nothing is shown to it */
	after_challenge(
		&s,
		arena_printf(
			&a,
			"WWW-Authenticate: Bearer realm=\"http://localhost:%u/token\",service=\"reg\"\r\n",
			s.other.port));
	registry_scene_on_other(&s, TOKEN_PATH, 200, NULL, STR("{\"access_token\":\"t\"}"));
	r = PULL(&s);
	cr_assert(r.ok, "%s", r.message);
	cr_expect(faultd_saw(&s.registry, TAG, "Authorization: Bearer t\r\n"));
	cr_expect(!faultd_saw(&s.other, NULL, "Authorization"));
	registry_scene_end(&s);
}

Test(auth, T22_credentials_go_to_another_token_server_only_if_its_user_names_it)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *file;

	registry_scene_begin(&s, &a);
	for (int i = 0; i < 2; i++)
		registry_scene_on(
			&s, TAG, 401,
			arena_printf(
				&a,
				"WWW-Authenticate: Bearer realm=\"http://localhost:%u/token\",service=\"reg\"\r\n",
				s.other.port),
			STR(""));
	registry_scene_gives(&s);
	registry_scene_on_other(&s, TOKEN_PATH, 200, NULL, STR("{\"token\":\"t\"}"));
	file = put_auths(&s, "\"auth\":\"" BASIC "\"");
	r = PULL(&s, "--authfile", file);
	cr_expect_eq(r.e.kind, ERR_NETWORK);
	cr_expect(strstr(r.message,
			 "wants its credentials to be shown to another host, localhost:"),
		  "%s", r.message);
	cr_expect(strstr(r.message,
			 arena_printf(&a, "; if that is right, add --token-server localhost:%u",
				      s.other.port)),
		  "%s", r.message);
	cr_expect_eq(faultd_hits(&s.other, NULL), 0);
	r = PULL(&s, "--authfile", file, "--token-server",
		 arena_printf(&a, "localhost:%u", s.other.port));
	cr_expect(r.ok, "%s", r.message);
	cr_expect(faultd_saw(&s.other, TOKEN_PATH, "Authorization: Basic " BASIC "\r\n"));
	registry_scene_end(&s);
}

Test(auth, T22_another_port_is_another_host)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *file;

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, TAG, 401, bearer_challenge(&s, s.other.port), STR(""));
	after_challenge(&s, bearer_challenge(&s, s.other.port));
	registry_scene_on_other(&s, TOKEN_PATH, 200, NULL, STR("{\"token\":\"t\"}"));
	file = put_auths(&s, "\"auth\":\"" BASIC "\"");
	r = PULL(&s, "--authfile", file);
	cr_expect_eq(r.e.kind, ERR_NETWORK);
	cr_expect(strstr(r.message, arena_printf(&a, "another host, 127.0.0.1:%u; ", s.other.port)),
		  "%s", r.message);
	cr_expect_eq(faultd_hits(&s.other, NULL), 0);
	r = PULL(&s, "--authfile", file, "--token-server",
		 arena_printf(&a, "127.0.0.1:%u", s.other.port));
	cr_expect(r.ok, "%s", r.message);
	registry_scene_end(&s);
}

Test(auth, an_identity_token_is_exchanged_by_post_and_by_get_where_there_is_no_post)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	after_challenge(&s, bearer_challenge(&s, s.registry.port));
	registry_scene_on(&s, "/token", 200, NULL,
			  STR("{\"access_token\":\"t\",\"expires_in\":300}"));
	r = PULL(&s, "--authfile", put_auths(&s, "\"identitytoken\":\"id&1\""));
	cr_assert(r.ok, "%s", r.message);
	cr_expect(faultd_saw(&s.registry, "/token", "POST /token"));
	cr_expect(faultd_saw(&s.registry, "/token",
			     "Content-Type: application/x-www-form-urlencoded"));
	cr_expect(!faultd_saw(&s.registry, "/token", "Authorization"));
	cr_expect(faultd_saw(&s.registry, "/token",
			     "\r\n\r\ngrant_type=refresh_token&client_id=imgbuild&service=reg&"
			     "scope=repository%3Ateam%2Fapp%3Apull&refresh_token=id%261"));
	registry_scene_end(&s);

	registry_scene_begin(&s, &a);
	after_challenge(&s, bearer_challenge(&s, s.registry.port));
	registry_scene_on(&s, TOKEN_PATH, 200, NULL, STR("{\"token\":\"t\"}"));
	r = PULL(&s, "--authfile",
		 put_auths(&s, "\"identitytoken\":\"id\",\"auth\":\"" BASIC "\""));
	cr_assert(r.ok, "%s", r.message);
	cr_expect(faultd_saw(&s.registry, TOKEN_PATH, "Authorization: Basic " BASIC "\r\n"));
	registry_scene_end(&s);
}

Test(auth, a_registry_token_is_shown_as_it_is)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	after_challenge(&s, bearer_challenge(&s, s.registry.port));
	r = PULL(&s, "--authfile", put_auths(&s, "\"registrytoken\":\"mine\""));
	cr_assert(r.ok, "%s", r.message);
	cr_expect(faultd_saw(&s.registry, TAG, "Authorization: Bearer mine\r\n"));
	registry_scene_end(&s);
}

Test(auth, F25_a_token_that_expires_is_renewed)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *blob;

	/* one that has no time left, by its own word */
	registry_scene_begin(&s, &a);
	after_challenge(&s, bearer_challenge(&s, s.registry.port));
	registry_scene_on(&s, TOKEN_PATH, 200, NULL, STR("{\"token\":\"one\",\"expires_in\":0}"));
	registry_scene_on(&s, TOKEN_PATH, 200, NULL, STR("{\"token\":\"two\",\"expires_in\":300}"));
	r = PULL(&s);
	cr_assert(r.ok, "%s", r.message);
	cr_expect(faultd_saw(&s.registry, registry_scene_blob(&s, &s.image.config_digest),
			     "Bearer two\r\n"));
	registry_scene_end(&s);

	/* one that the registry takes no more, in the middle of an upload */
	registry_scene_begin(&s, &a);
	blob = registry_scene_put(&s, &s.image.layers.v[0].digest);
	registry_scene_on(&s, blob, 401, bearer_challenge(&s, s.registry.port), STR(""));
	registry_scene_takes(&s);
	registry_scene_on(&s, "/token?service=reg&scope=repository%3Ateam%2Fapp%3Apull%2Cpush", 200,
			  NULL, STR("{\"token\":\"new\",\"expires_in\":300}"));
	r = PUSH(&s);
	cr_assert(r.ok, "%s", r.message);
	cr_expect(faultd_saw(&s.registry, blob, "Authorization: Bearer new\r\n"));
	cr_expect_eq(faultd_hits(&s.registry, "/v2/team/app/blobs/uploads/"), 3,
		     "the upload went on");
	registry_scene_end(&s);
}

Test(auth, T22_a_redirect_to_another_host_carries_no_credentials)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *blob;

	registry_scene_begin(&s, &a);
	blob = registry_scene_blob(&s, &s.image.layers.v[0].digest);
	registry_scene_on(&s, blob, 307,
			  arena_printf(&a, "Location: http://127.0.0.1:%u/cdn?sig=1\r\n",
				       s.other.port),
			  STR(""));
	registry_scene_on_other(&s, "/cdn?sig=1", 200, NULL,
				(struct str){ s.image.layers.v[0].blob.p,
					      s.image.layers.v[0].blob.n });
	after_challenge(&s, bearer_challenge(&s, s.registry.port));
	registry_scene_on(&s, TOKEN_PATH, 200, NULL, STR("{\"token\":\"t\"}"));
	r = PULL(&s, "--authfile", put_auths(&s, "\"auth\":\"" BASIC "\""));
	cr_assert(r.ok, "%s", r.message);
	cr_expect(faultd_saw(&s.registry, blob, "Authorization: Bearer t\r\n"));
	cr_expect_eq(faultd_hits(&s.other, "/cdn?sig=1"), 1);
	cr_expect(!faultd_saw(&s.other, NULL, "Authorization"));
	registry_scene_end(&s);
}

Test(auth, T22_an_upload_that_leads_to_another_host_carries_no_credentials)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, "/v2/team/app/blobs/uploads/", 401,
			  "WWW-Authenticate: Basic realm=\"x\"\r\n", STR(""));
	registry_scene_on(&s, "/v2/team/app/blobs/uploads/", 202,
			  arena_printf(&a, "Location: http://127.0.0.1:%u/up?id=1\r\n",
				       s.other.port),
			  STR(""));
	registry_scene_on_other(&s, registry_scene_put(&s, &s.image.config_digest), 201, NULL,
				STR(""));
	for (size_t i = 0; i < 2; i++)
		registry_scene_on_other(&s, registry_scene_put(&s, &s.image.layers.v[i].digest),
					201, NULL, STR(""));
	registry_scene_on(&s, TAG, 404, NULL, STR(""));
	registry_scene_on(&s, TAG, 201, NULL, STR(""));
	r = PUSH(&s, "--authfile", put_auths(&s, "\"auth\":\"" BASIC "\""));
	cr_assert(r.ok, "%s", r.message);
	cr_expect(faultd_saw(&s.registry, TAG, "Authorization: Basic"));
	cr_expect_eq(faultd_hits(&s.other, NULL), 3);
	cr_expect(!faultd_saw(&s.other, NULL, "Authorization"));
	registry_scene_end(&s);
}

Test(auth, T22_logins_for_mirrors_are_not_for_registries)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *netrc, *blob;

	registry_scene_begin(&s, &a);
	netrc = arena_printf(&a, "%s/netrc", s.image.dir);
	files_put(netrc, arena_printf(&a,
				      "machine http://127.0.0.1:%u login anna password secret\n"
				      "machine http://127.0.0.1:%u login anna password secret\n",
				      s.registry.port, s.other.port));
	chmod(netrc, 0600);
	setenv("IMGBUILD_NETRC", netrc, 1);
	blob = registry_scene_blob(&s, &s.image.layers.v[0].digest);
	registry_scene_on(&s, blob, 307,
			  arena_printf(&a, "Location: http://127.0.0.1:%u/x\r\n", s.other.port),
			  STR(""));
	registry_scene_on_other(&s, "/x", 200, NULL,
				(struct str){ s.image.layers.v[0].blob.p,
					      s.image.layers.v[0].blob.n });
	registry_scene_gives(&s);
	r = PULL(&s);
	cr_assert(r.ok, "%s", r.message);
	cr_expect_eq(faultd_hits(&s.other, "/x"), 1);
	cr_expect(!faultd_saw(&s.other, NULL, "Authorization"));
	cr_expect(!faultd_saw(&s.registry, NULL, "Authorization"));
	registry_scene_end(&s);
}

Test(auth, what_a_token_server_says_is_told)
{
	static const struct {
		int status;
		const char *body, *message;
	} cases[] = {
		{ 403, "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no\"}]}",
		  "gives no token (credentials of " },
		{ 403, "", "for the scope repository:team/app:pull" },
		{ 400, "{\"error\":\"invalid_scope\",\"error_description\":\"no such thing\"}",
		  "HTTP 400: invalid_scope: no such thing" },
		{ 200, "{}", "its answer holds none" },
		{ 200, "{\"token\":\"a\\r\\nX: y\"}", "its answer holds none" },
		{ 200, "<html>", "its answer holds none" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct registry_scene s;
		struct verb_run r;

		registry_scene_begin(&s, &a);
		after_challenge(&s, bearer_challenge(&s, s.registry.port));
		registry_scene_on(&s, TOKEN_PATH, cases[i].status, NULL, str_of(cases[i].body));
		r = PULL(&s, "--authfile", put_auths(&s, "\"auth\":\"" BASIC "\""));
		cr_expect_eq(r.e.kind, ERR_NETWORK);
		cr_expect(strstr(r.message, "the token server 127.0.0.1 of 127.0.0.1:") != NULL,
			  "%zu: %s", i, r.message);
		cr_expect(strstr(r.message, cases[i].message) != NULL, "%zu: %s", i, r.message);
		cr_expect(!strstr(r.message, "secret"));
		registry_scene_end(&s);
	}
}

Test(auth, T22_odd_challenges_are_refused)
{
	static const struct {
		const char *challenge, *message;
	} cases[] = {
		{ "Negotiate", "a kind of authentication that is not known here: Negotiate" },
		{ "Bearer realm=\"http://example.invalid/token\"",
		  "sends to a token server without https" },
		{ "Bearer realm=\"ftp://127.0.0.1/token\"",
		  "whose address is none: ftp://127.0.0.1/token" },
		{ "Bearer realm=\"http://u:geheim@127.0.0.1/token\"",
		  "whose address is none: http://***@127.0.0.1/token" },
		{ "Bearer realm=\"/token\"", "whose address is none: /token" },
		{ "Bearer realm=\"https://127.0.0.1/token#x\"", "whose address is none: https://" },
		{ "Bearer service=\"x\"", "HTTP 401" },
		{ "", "HTTP 401" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct registry_scene s;
		struct verb_run r;

		registry_scene_begin(&s, &a);
		registry_scene_on(&s, TAG, 401,
				  arena_printf(&a, "WWW-Authenticate: %s\r\n", cases[i].challenge),
				  STR(""));
		r = PULL(&s, "--authfile", put_auths(&s, "\"auth\":\"" BASIC "\""));
		cr_expect_eq(r.e.kind, ERR_NETWORK);
		cr_expect(strstr(r.message, cases[i].message) != NULL, "%zu: %s", i, r.message);
		cr_expect(!strstr(r.message, "geheim"));
		registry_scene_end(&s);
	}
}

/* Clear text to another machine: decided before anything is sent. */
Test(auth, T22_nothing_secret_goes_over_clear_text)
{
	AUTO_ARENA a = { 0 };
	const struct reference ref = { .host = "registry.example", .name = "team/app" };
	struct auth x = { .a = &a,
			  .ref = &ref,
			  .plain = true,
			  .credentials = { .user = "anna", .password = "secret" } };
	struct http_headers reply = { .a = &a };
	AUTO_HTTP h = HTTP_INIT;
	struct error e = { 0 };

	http_headers_line(&reply, STR("WWW-Authenticate: Basic realm=x"));
	cr_assert(http_open(&a, NULL, &h, &e));
	cr_expect_eq(auth_answer(&x, &h, &reply, &e), -1);
	cr_expect(e.kind == ERR_NETWORK &&
			  strstr(e.cause, "credentials are not sent over clear-text http"),
		  "%s", e.cause);
	cr_expect(!x.login);
	/* with https it is shown */
	e = (struct error){ 0 };
	x.plain = false;
	cr_expect_eq(auth_answer(&x, &h, &reply, &e), 1);
	cr_expect_str_eq(x.login->password, "secret");
}

/* What a login takes of memory stays until the end, so neither its size nor their number is the
 * server's to say. */
Test(auth, T22_logins_are_bounded)
{
	AUTO_ARENA a = { 0 };
	const struct reference ref = { .host = "r.example" };
	struct auth x = { .a = &a,
			  .ref = &ref,
			  .challenge.kind = CHALLENGE_BASIC,
			  .credentials = { .user = "anna", .password = "secret", .from = "x" },
			  .number = 999 };
	char *long_one = arena_alloc(&a, 70000);
	struct error e = { 0 };
	uint64_t seconds;

	cr_expect_eq(auth_renew(&x, NULL, &e), 1);
	cr_expect_eq(auth_renew(&x, NULL, &e), -1);
	cr_expect_eq(e.kind, ERR_NETWORK);
	cr_expect_str_eq(e.cause,
			 "r.example asks for a new login after each one; look at the credentials");
	memset(long_one, 'x', 69999);
	long_one[69999] = '\0';
	cr_expect_null(auth_token_read(&a, str_of(arena_printf(&a, "{\"token\":\"%s\"}", long_one)),
				       &seconds));
	cr_expect_str_eq(auth_token_read(&a,
					 str_of(arena_printf(&a, "{\"token\":\"%.60000s\"}",
							     long_one)),
					 &seconds),
			 arena_printf(&a, "%.60000s", long_one));
}

Test(auth, questions_for_tokens_are_encoded)
{
	AUTO_ARENA a = { 0 };
	const char *scopes[] = { "repository:a/b:pull,push", "x y&z" };
	const struct strings list = { scopes, 2, 0 };
	uint64_t seconds;

	cr_expect_str_eq(
		auth_token_url(&a, &(struct challenge){ .realm = "https://h/t", .service = "a b" },
			       &list),
		"https://h/t?service=a%20b&scope=repository%3Aa%2Fb%3Apull%2Cpush&scope=x%20y%26z");
	cr_expect_str_eq(auth_token_url(&a, &(struct challenge){ .realm = "https://h/t?x=1" },
					&(struct strings){ 0 }),
			 "https://h/t?x=1");
	cr_expect_str_eq(
		auth_token_read(&a,
				STR("{\"token\":\"\",\"access_token\":\"b\",\"expires_in\":\"x\"}"),
				&seconds),
		"b");
	cr_expect_eq(seconds, 60);
	cr_expect_null(auth_token_read(&a, STR("{\"token\":null}"), &seconds));
}

Test(auth, T22_a_registry_on_this_machine_is_asked_past_any_proxy)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	setenv("http_proxy", arena_printf(&a, "http://127.0.0.1:%u", s.other.port), 1);
	setenv("no_proxy", "", 1);
	after_challenge(&s, "WWW-Authenticate: Basic realm=\"x\"\r\n");
	r = PULL(&s, "--authfile", put_auths(&s, "\"auth\":\"" BASIC "\""));
	cr_expect(r.ok, "%s", r.message);
	cr_expect_eq(faultd_hits(&s.other, NULL), 0, "a proxy saw the credentials");
	registry_scene_end(&s);
}
