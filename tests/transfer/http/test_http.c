/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP client: single requests, credentials (T22), and the rules that are pure functions. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "transfer/http/http_auth.h"
#include "transfer/http/http_reply.h"
#include "transfer/http/http_url.h"
#include "support/fixture_depot.h"
#include "support/fixture_faultd.h"
#include "transfer/retry/retry.h"
#include "support/fixture_files.h"

Test(http, urls_are_taken_apart_or_refused)
{
	static const struct {
		const char *url;
		bool ok, https;
		const char *userinfo, *host;
		unsigned port;
		const char *rest;
	} cases[] = {
		{ "http://h/p", true, false, "", "h", 80, "/p" },
		{ "HTTPS://H.example:8443/p?q#f", true, true, "", "H.example", 8443, "/p?q#f" },
		{ "https://u:p@h", true, true, "u:p", "h", 443, "" },
		{ "http://[::1]:81/", true, false, "", "[::1]", 81, "/" },
		{ "http://h?q=a@b", true, false, "", "h", 80, "?q=a@b" },
		{ "http://h:/", true, false, "", "h", 80, "/" },
		{ "http://h:0/", false, false, "", "", 0, "" },
		{ "http://h:65536/", false, false, "", "", 0, "" },
		{ "http://h:8x/", false, false, "", "", 0, "" },
		{ "http:///p", false, false, "", "", 0, "" },
		{ "http://a@b@c/", false, false, "", "", 0, "" },
		{ "http://[::1/", false, false, "", "", 0, "" },
		{ "http://[::1]x/", false, false, "", "", 0, "" },
		{ "http://h\\@evil/", false, false, "", "", 0, "" },
		{ "http://h /", false, false, "", "", 0, "" },
		{ "http://h/\r\nX: y", false, false, "", "", 0, "" },
		{ "ftp://h/", false, false, "", "", 0, "" },
		{ "file:///etc/passwd", false, false, "", "", 0, "" },
		{ "h/p", false, false, "", "", 0, "" },
		{ "", false, false, "", "", 0, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct http_url u;

		cr_expect_eq(http_url_split(str_of(cases[i].url), &u), cases[i].ok, "%s",
			     cases[i].url);
		if (!cases[i].ok)
			continue;
		cr_expect_eq(u.https, cases[i].https, "%s", cases[i].url);
		cr_expect(str_eq(u.userinfo, str_of(cases[i].userinfo)), "%s", cases[i].url);
		cr_expect(str_eq(u.host, str_of(cases[i].host)), "%s", cases[i].url);
		cr_expect_eq(u.port, cases[i].port, "%s", cases[i].url);
		cr_expect(str_eq(u.rest, str_of(cases[i].rest)), "%s", cases[i].url);
	}
}

Test(http, T19_redirects_never_weaken_the_connection)
{
	static const struct {
		const char *from, *to, *fault, *where;
	} cases[] = {
		{ "http://a/", "http://b/", NULL, "http://b/" },
		{ "http://a/", "https://b/x?y", NULL, "https://b/x?y" },
		{ "https://a/", "https://b/", NULL, "https://b/" },
		{ "https://a/", "http://a/", "from https to http", NULL },
		{ "https://a/", "file:///etc/passwd", "not an http or https address", NULL },
		{ "https://a/", "https://u:p@b/", "credentials", NULL },
		{ "https://u:p@a/x", "https://u:p@b/y", "credentials", NULL },
		{ "https://u:p@a/x", "https://b/y", NULL, "https://b/y" },
		{ "https://u:p@a/x", "https://u:p@a/y", NULL, "https://u:p@a/y" },
		{ "https://u:p@a/x", "https://A:443/y", NULL, "https://u:p@A/y" },
		{ "https://u:p@a/x", "https://evil:v@a/y", NULL, "https://u:p@a/y" },
		{ "https://a/x", "https://login:word@a/y", NULL, "https://a/y" },
		{ "https://u:p@a/x", "https://a:444/y", NULL, "https://a:444/y" },
		{ "http://a/", "http://b/%0aX", "control", NULL },
		{ "http://a/", "http://b/%0D", "control", NULL },
		{ "http://a/", "http://b/%7f", "control", NULL },
		{ "http://a/", "http://b/%20%2f", NULL, "http://b/%20%2f" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char where[HTTP_URL_MAX] = "";
		const char *fault = http_url_redirect(cases[i].from, cases[i].to, where);

		cr_expect(cases[i].fault ? fault && strstr(fault, cases[i].fault) : !fault,
			  "%s -> %s: %s", cases[i].from, cases[i].to, fault ? fault : "allowed");
		if (cases[i].where)
			cr_expect_str_eq(where, cases[i].where);
	}
}

Test(http, urls_in_messages_hold_no_passwords)
{
	static const struct {
		const char *url, *shown;
	} cases[] = {
		{ "http://h/p", "http://h/p" },
		{ "http://user:secret@h/p", "http://***@h/p" },
		{ "http://secret@h", "http://***@h" },
		{ "http://a:b@c:secret@h/", "http://***@h/" },
		{ "user:secret@h/p", "***@h/p" },
		{ "http://h/p@q", "http://h/p@q" },
		{ "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char shown[64];

		cr_expect_str_eq(http_url_redact(cases[i].url, shown, sizeof(shown)),
				 cases[i].shown);
	}
}

Test(http, reply_heads_say_what_they_say)
{
	struct http_reply r;
	static const char *const lines[] = {
		"HTTP/1.1 206 Partial Content\r\n",
		"Content-Length: 90\r\n",
		"content-range: bytes 10-99/100\r\n",
		"ETag: \"abc\"\r\n",
		"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
		"Retry-After: 7\r\n",
		"\r\n",
		"Content-Length: 5\r\n",
		"ETag: \"trailer\"\r\n",
	};

	http_reply_init(&r);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		http_reply_line(&r, str_of(lines[i]), 0);
	cr_expect_eq(r.status, 206);
	cr_expect_eq(r.length, 90, "trailers mean nothing");
	cr_expect_eq(r.range_from, 10);
	cr_expect_eq(r.range_total, 100);
	cr_expect_eq(r.date, 784111777);
	cr_expect_eq(r.retry_after_s, 7);
	cr_expect_str_eq(http_reply_validator(&r), "\"abc\"");
	http_reply_line(&r, STR("HTTP/2 200"), 0);
	cr_expect(r.http2 && r.status == 200 && r.length == UINT64_MAX && !r.etag[0]);
}

Test(http, malformed_header_lines_say_nothing)
{
	static const char *const lines[] = {
		"Content-Length: -1",
		"Content-Length: 5x",
		"Content-Length: 99999999999999999999",
		"Content-Length:",
		"Content-Range: bytes 5-4/10",
		"Content-Range: bytes 0-10/10",
		"Content-Range: bytes */10",
		"Content-Range: items 0-1/2",
		"Content-Range: bytes 0-1",
		"Content-Range: bytes a-b/c",
		"Retry-After: -5",
		"Retry-After: soon",
		"Retry-After:",
		"ETag: W/\"weak\"",
		"ETag: abc",
		"ETag: \"a\"b\"",
		"ETag: \"",
		"ETag: \"a b\"",
		"Content-Length",
		": 5",
		"Date: yesterday",
		"Last-Modified: 1",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct http_reply r, untouched;

		http_reply_init(&r);
		http_reply_init(&untouched);
		http_reply_line(&r, str_of(lines[i]), 0);
		cr_expect_eq(r.length, UINT64_MAX, "%s", lines[i]);
		cr_expect_eq(r.range_from, UINT64_MAX, "%s", lines[i]);
		cr_expect_eq(r.retry_after_s, UINT64_MAX, "%s", lines[i]);
		cr_expect_eq(r.date, -1, "%s", lines[i]);
		cr_expect_str_eq(http_reply_validator(&r), "", "%s", lines[i]);
	}
}

Test(http, two_lengths_that_differ_are_none)
{
	struct http_reply r;

	http_reply_init(&r);
	http_reply_line(&r, STR("Content-Length: 5"), 0);
	http_reply_line(&r, STR("Content-Length: 5"), 0);
	cr_expect_eq(r.length, 5);
	http_reply_line(&r, STR("Content-Length: 6"), 0);
	cr_expect_eq(r.length, UINT64_MAX);
}

Test(http, a_date_proves_sameness_only_when_it_is_old_enough) /* RFC 9110, 8.8.2.2 */
{
	static const struct {
		const char *modified;
		bool strong;
	} cases[] = {
		{ "Sun, 06 Nov 1994 08:48:37 GMT", true },
		{ "Sun, 06 Nov 1994 08:48:38 GMT", false },
		{ "Sun, 06 Nov 1994 08:49:37 GMT", false },
		{ "Sun, 06 Nov 1994 09:49:37 GMT", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char line[64];
		struct http_reply r;

		http_reply_init(&r);
		http_reply_line(&r, STR("Date: Sun, 06 Nov 1994 08:49:37 GMT"), 0);
		snprintf(line, sizeof(line), "Last-Modified: %s", cases[i].modified);
		http_reply_line(&r, str_of(line), 0);
		cr_expect_str_eq(http_reply_validator(&r),
				 cases[i].strong ? cases[i].modified : "");
	}
}

Test(http, F9_waits_grow_are_scattered_and_have_an_end)
{
	struct http_settings s = { .backoff_ms = 100, .retry_after_max_s = 60 };
	struct http_request r = { .retry_after_s = UINT64_MAX };
	bool differ = false;

	for (unsigned tries = 1; tries < 40; tries++) {
		uint64_t full = 100u << (tries > 6 ? 5 : tries - 1);

		for (uint64_t seed = 0; seed < 50; seed++) {
			uint64_t ms = http_delay_ms(&s, &r, tries, seed);

			cr_expect(ms >= full / 2 && ms <= full, "try %u: %llu ms", tries,
				  (unsigned long long)ms);
			differ |= ms != http_delay_ms(&s, &r, tries, 0);
		}
	}
	cr_expect(differ);
	r.retry_after_s = 5;
	cr_expect_eq(http_delay_ms(&s, &r, 1, 0), 5000);
	r.retry_after_s = 1000000000;
	cr_expect_eq(http_delay_ms(&s, &r, 1, 0), 60000);
}

struct client {
	struct depot d;
	struct http http;
	struct faultd server;
};

static void client_connect(struct client *c, const struct fault_reply *script, size_t n,
			   const char *auth)
{
	struct error e = { 0 };

	depot_open(&c->d);
	faultd_start(&c->server, script, n);
	if (auth) {
		c->d.settings.auth_file = arena_printf(&c->d.a, "%s/auth", c->d.dir);
		files_put(c->d.settings.auth_file, auth);
		chmod(c->d.settings.auth_file, 0600);
	}
	cr_assert(http_open(&c->d.a, &c->d.settings, &c->http, &e), "%s", e.cause);
}

static void client_disconnect(struct client *c)
{
	http_close(&c->http);
	faultd_stop(&c->server);
	depot_close(&c->d);
}

Test(http, get_gives_the_body_or_the_status)
{
	static const struct fault_reply script[] = {
		{ .path = "/a", .body = { "hello", 5 } },
		{ .path = "/again", .status = 503 },
		{ .path = "/again", .body = { "hello", 5 }, .cuts = true, .cut = 2 },
		{ .path = "/again", .body = { "hello", 5 } },
		{ .path = "/never", .status = 503 },
		{ .path = "/no", .status = 403, .body = { "forbidden", 9 } },
	};
	static const struct {
		const char *path;
		size_t max;
		bool ok;
		int status;
		const char *body;
		enum err_kind kind;
	} cases[] = {
		{ "/a", 5, true, 200, "hello", ERR_NONE },
		{ "/a", 4, false, 0, "", ERR_VERIFY },
		{ "/again", 100, true, 200, "hello", ERR_NONE },
		{ "/never", 100, false, 0, "", ERR_NETWORK },
		{ "/no", 5, true, 403, "", ERR_NONE },
		{ "/missing", 5, true, 404, "", ERR_NONE },
	};
	struct client c;

	client_connect(&c, script, ARRAY_SIZE(script), NULL);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *url = faultd_url(&c.d.a, &c.server, cases[i].path);
		struct error e = { 0 };
		struct str body = { "", 0 };
		int status = 0;

		cr_expect_eq(http_get(&c.d.a, &c.http, url, cases[i].max, &body, &status, &e),
			     cases[i].ok, "%s: %s", url, e.cause);
		cr_expect_eq(e.kind, cases[i].kind, "%s: %s", url, e.cause);
		cr_expect_eq(status, cases[i].status, "%s", url);
		cr_expect(str_eq(body, str_of(cases[i].body)), "%s", url);
		cr_expect(cases[i].ok || strstr(e.cause, url), "names the URL: %s", e.cause);
	}
	client_disconnect(&c);
}

Test(http, requests_say_who_we_are_and_ask_for_no_encoding)
{
	static const struct fault_reply script[] = { { .path = "/a", .body = { "x", 1 } } };
	struct client c;
	struct error e = { 0 };
	struct str body;
	int status;

	client_connect(&c, script, 1, NULL);
	cr_expect(http_get(&c.d.a, &c.http, faultd_url(&c.d.a, &c.server, "/a"), 10, &body, &status,
			   &e));
	cr_expect(faultd_saw(&c.server, "/a", "User-Agent: " HTTP_USER_AGENT "\r\n"));
	cr_expect(!faultd_saw(&c.server, "/a", "Accept-Encoding"));
	cr_expect(!faultd_saw(&c.server, "/a", "Referer"));
	cr_expect(!faultd_saw(&c.server, "/a", "Authorization"));
	client_disconnect(&c);
}

#define CANARY "Y2FuYXJ5OnMzY3JldA==" /* base64 of canary:s3cret */

Test(http, T22_credentials_stay_with_their_host)
{
	struct fault_reply far_script[] = { { .path = "/end", .body = { "x", 1 } } };
	struct fault_reply near_script[3] = {
		{ .path = "/here", .body = { "x", 1 } },
		{ .path = "/inside", .status = 302, .headers = "Location: /here\r\n" },
		{ .path = "/away", .status = 302 },
	};
	struct client c;
	struct faultd far;
	struct error e = { 0 };
	struct str body;
	int status;

	faultd_start(&far, far_script, 1);
	client_connect(&c, near_script, 3, NULL);
	near_script[2].headers = arena_printf(&c.d.a, "Location: %s\r\n",
					      faultd_url(&c.d.a, &far, "/end"));
	http_close(&c.http);
	c.d.settings.auth_file = arena_printf(&c.d.a, "%s/auth", c.d.dir);
	files_put(c.d.settings.auth_file, arena_printf(&c.d.a,
						       "# ours\nmachine http://127.0.0.1:%u "
						       "login canary password s3cret\n",
						       c.server.port));
	chmod(c.d.settings.auth_file, 0600);
	cr_assert(http_open(&c.d.a, &c.d.settings, &c.http, &e), "%s", e.cause);

	cr_expect(http_get(&c.d.a, &c.http, faultd_url(&c.d.a, &c.server, "/inside"), 9, &body,
			   &status, &e));
	cr_expect(faultd_saw(&c.server, "/inside", "Authorization: Basic " CANARY));
	cr_expect(faultd_saw(&c.server, "/here", "Authorization: Basic " CANARY),
		  "the same host still");
	cr_expect(http_get(&c.d.a, &c.http, faultd_url(&c.d.a, &c.server, "/away"), 9, &body,
			   &status, &e));
	cr_expect_eq(status, 200);
	cr_expect(faultd_saw(&c.server, "/away", "Authorization: Basic " CANARY));
	cr_expect(faultd_hits(&far, "/end") == 1 && !faultd_saw(&far, "/end", "Authorization"));
	faultd_stop(&far);
	client_disconnect(&c);
}

Test(http, a_token_goes_out_as_bearer_and_clear_text_only_when_said)
{
	static const struct fault_reply script[] = { { .path = "/a", .body = { "x", 1 } } };
	static const struct {
		const char *machine;
		bool sent;
	} cases[] = {
		{ "http://127.0.0.1:%u", true },
		{ "127.0.0.1:%u", false },     /* means https */
		{ "http://127.0.0.1", false }, /* another port */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct client c;
		struct error e = { 0 };
		struct str body;
		char port[8], *machine;
		int status;

		client_connect(&c, script, 1, "");
		http_close(&c.http);
		snprintf(port, sizeof(port), "%u", c.server.port);
		machine = arena_strdup(&c.d.a, cases[i].machine);
		if (strstr(machine, "%u"))
			machine = arena_printf(&c.d.a, "%.*s%s",
					       (int)(strstr(machine, "%u") - machine), machine,
					       port);
		files_put(c.d.settings.auth_file,
			  arena_printf(&c.d.a, "machine %s token t0k3n", machine));
		chmod(c.d.settings.auth_file, 0600);
		cr_assert(http_open(&c.d.a, &c.d.settings, &c.http, &e), "%s", e.cause);
		cr_expect(http_get(&c.d.a, &c.http, faultd_url(&c.d.a, &c.server, "/a"), 9, &body,
				   &status, &e));
		cr_expect_eq(faultd_saw(&c.server, "/a", "Authorization: Bearer t0k3n\r\n"),
			     cases[i].sent, "%s", cases[i].machine);
		client_disconnect(&c);
	}
}

Test(http, credential_files_are_private_and_well_formed)
{
	static const struct {
		const char *text;
		mode_t mode;
		enum err_kind kind;
		unsigned line;
	} cases[] = {
		{ "machine h login a password b\n\n# end\n", 0600, ERR_NONE, 0 },
		{ "machine h token b", 0400, ERR_NONE, 0 },
		{ "machine h token b", 0640, ERR_SYSTEM, 0 },
		{ "machine h token b", 0604, ERR_SYSTEM, 0 },
		{ "machine h\n", 0600, ERR_INPUT, 1 },
		{ "# x\nmachine h login s3cret\n", 0600, ERR_INPUT, 2 },
		{ "machine h login s3cret password\n", 0600, ERR_INPUT, 1 },
		{ "machine h token s3cret login a password b\n", 0600, ERR_INPUT, 1 },
		{ "machine ftp://h token s3cret\n", 0600, ERR_INPUT, 1 },
		{ "machine https://s3cret@h token b\n", 0600, ERR_INPUT, 1 },
		{ "login s3cret machine h\n", 0600, ERR_INPUT, 1 },
		{ "machine h port s3cret\n", 0600, ERR_INPUT, 1 },
	};
	struct depot d;

	depot_open(&d);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *path = arena_printf(&d.a, "%s/auth-%zu", d.dir, i);
		struct http_auth auth;
		struct error e = { 0 };

		files_put(path, cases[i].text);
		chmod(path, cases[i].mode);
		cr_expect_eq(http_auth_load(&d.a, path, true, &auth, &e), cases[i].kind == ERR_NONE,
			     "%s", cases[i].text);
		cr_expect_eq(e.kind, cases[i].kind, "%s: %s", cases[i].text, e.cause);
		cr_expect_eq(e.at.line, cases[i].line, "%s", cases[i].text);
		cr_expect(!strstr(e.cause, "s3cret"), "%s", e.cause);
	}
	cr_expect(http_auth_load(&d.a, "/nowhere/auth", false, &(struct http_auth){ 0 },
				 &(struct error){ 0 }));
	{
		struct error e = { 0 };

		cr_expect_not(
			http_auth_load(&d.a, "/nowhere/auth", true, &(struct http_auth){ 0 }, &e));
		cr_expect(e.kind == ERR_INPUT &&
			  strcmp(e.cause, "IMGBUILD_NETRC: /nowhere/auth is not there") == 0);
	}
	depot_close(&d);
}

static void set_or_unset(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

Test(http, certificates_come_from_the_environment_in_curls_order)
{
	static const struct {
		const char *bundle, *file, *dir, *ca_file, *ca_dir;
	} cases[] = {
		{ "/b", "/f", "/d", "/b", NULL },
		{ "", "/f", "/d", "/f", NULL },
		{ NULL, NULL, "/d", NULL, "/d" },
		{ NULL, NULL, NULL, NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct http_settings s;
		const char *const names[] = { "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR" };
		const char *const values[] = { cases[i].bundle, cases[i].file, cases[i].dir };

		for (size_t k = 0; k < 3; k++)
			set_or_unset(names[k], values[k]);
		http_settings_from_env(&a, &s);
		cr_expect(cases[i].ca_file ? s.ca_file && !strcmp(s.ca_file, cases[i].ca_file)
					   : !s.ca_file);
		cr_expect(cases[i].ca_dir ? s.ca_dir && !strcmp(s.ca_dir, cases[i].ca_dir)
					  : !s.ca_dir);
	}
}

Test(http, credentials_are_looked_for_where_the_environment_says)
{
	static const struct {
		const char *own, *xdg, *home, *file;
	} cases[] = {
		{ "/n", "/x", "/h", "/n" },
		{ NULL, "/x", "/h", "/x/imgbuild/auth" },
		{ "", "relative", "/h", "/h/.config/imgbuild/auth" },
		{ NULL, NULL, NULL, NULL },
	};
	static const char *const names[] = { "IMGBUILD_NETRC", "XDG_CONFIG_HOME", "HOME" };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *const values[] = { cases[i].own, cases[i].xdg, cases[i].home };
		AUTO_ARENA a = { 0 };
		struct http_settings s;

		for (size_t k = 0; k < 3; k++)
			set_or_unset(names[k], values[k]);
		http_settings_from_env(&a, &s);
		cr_expect_eq(s.auth_file == NULL, cases[i].file == NULL, "case %zu", i);
		if (s.auth_file && cases[i].file)
			cr_expect_str_eq(s.auth_file, cases[i].file);
	}
}

Test(http, only_web_addresses_are_asked)
{
	static const char *const urls[] = {
		"ftp://127.0.0.1/x",
		"file:///etc/passwd",
		"127.0.0.1/x",
		"http://127.0.0.1/a b",
		"",
	};
	struct client c;

	client_connect(&c, NULL, 0, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		struct error e = { 0 };
		struct str body;
		int status;

		cr_expect(!http_get(&c.d.a, &c.http, urls[i], 9, &body, &status, &e), "%s",
			  urls[i]);
		cr_expect_eq(e.kind, ERR_NETWORK);
		cr_expect(strstr(e.cause, "not an http or https address"), "%s", e.cause);
	}
	client_disconnect(&c);
}

Test(http, T22_passwords_in_urls_are_not_in_messages)
{
	struct client c;
	struct error e = { 0 };
	struct str body;
	int status;

	client_connect(&c, NULL, 0, NULL);
	c.http.settings.tries = 1;
	cr_expect(!http_get(&c.d.a, &c.http, "http://me:s3cret@127.0.0.1:1/x", 9, &body, &status,
			    &e));
	cr_expect(!strstr(e.cause, "s3cret") && strstr(e.cause, "http://***@127.0.0.1:1/x"), "%s",
		  e.cause);
	client_disconnect(&c);
}
