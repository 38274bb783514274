/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that change something: methods, bodies as they are sent, headers and complaints as they
 * come. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "transfer/http/http.h"
#include "transfer/retry/retry.h"
#include "transfer/http/http_url.h"
#include "support/fixture_depot.h"
#include "support/fixture_faultd.h"
#include "support/fixture_files.h"

struct upload_exchange {
	struct depot d;
	struct http http;
	struct faultd server;
	struct http_headers answer;
	struct buf complaint;
};

static void upload_begin(struct upload_exchange *x, const struct fault_reply *script, size_t n)
{
	struct error e = { 0 };

	*x = (struct upload_exchange){ .http = HTTP_INIT };
	depot_open(&x->d);
	cr_assert(http_open(&x->d.a, &x->d.settings, &x->http, &e));
	faultd_start(&x->server, script, n);
	x->answer.a = &x->d.a;
	x->complaint = (struct buf){ .a = &x->d.a, .max = 64 };
}

static void upload_end(struct upload_exchange *x)
{
	http_close(&x->http);
	faultd_stop(&x->server);
	depot_close(&x->d);
}

static struct http_request upload_request(struct upload_exchange *x, const char *path,
					  enum http_method method)
{
	return (struct http_request){ .url = faultd_url(&x->d.a, &x->server, path),
				      .method = method,
				      .answer = &x->answer,
				      .complaint = &x->complaint };
}

Test(http_upload, bodies_are_sent_from_texts_and_from_files)
{
	static const struct fault_reply script[] = {
		{ .path = "/a", .status = 201 },
		{ .path = "/b", .status = 202 },
		{ .path = "/c", .status = 202, .headers = "Location: /d\r\n" }
	};
	struct upload_exchange x;
	struct http_upload text = { .text = STR("hello"), .fd = -1 },
			   file = { .offset = 2, .size = 3 };
	struct http_request r;

	upload_begin(&x, script, 3);
	r = upload_request(&x, "/a", HTTP_PUT);
	r.upload = &text;
	http_try(&x.http, &r);
	cr_expect(r.end == HTTP_DONE && r.status == 201, "%s", r.reason);
	cr_expect(faultd_saw(&x.server, "/a", "PUT /a") &&
		  faultd_saw(&x.server, "/a", "\r\n\r\nhello"));
	files_put(arena_printf(&x.d.a, "%s/file", x.d.dir), "0123456789");
	file.fd = open(arena_printf(&x.d.a, "%s/file", x.d.dir), O_RDONLY);
	r = upload_request(&x, "/b", HTTP_POST);
	r.upload = &file;
	http_try(&x.http, &r);
	cr_expect(r.end == HTTP_DONE && r.status == 202, "%s", r.reason);
	cr_expect(faultd_saw(&x.server, "/b", "POST /b") &&
		  faultd_saw(&x.server, "/b", "\r\n\r\n234"));
	close(file.fd);
	r = upload_request(&x, "/c", HTTP_POST);
	http_try(&x.http, &r);
	cr_expect(r.end == HTTP_DONE && r.status == 202, "%s", r.reason);
	cr_expect(faultd_saw(&x.server, "/c", "Content-Length: 0\r\n"));
	cr_expect_str_eq(http_headers_get(&x.answer, "location", 0), "/d");
	cr_expect_null(http_headers_get(&x.answer, "location", 1));
	upload_end(&x);
}

Test(http_upload, a_file_that_shrinks_is_this_machines_error)
{
	static const struct fault_reply script[] = { { .path = "/a", .status = 201 } };
	struct upload_exchange x;
	struct http_upload file = { .offset = 5, .size = 100 };
	struct http_request r;

	upload_begin(&x, script, 1);
	files_put(arena_printf(&x.d.a, "%s/file", x.d.dir), "0123456789");
	file.fd = open(arena_printf(&x.d.a, "%s/file", x.d.dir), O_RDONLY);
	r = upload_request(&x, "/a", HTTP_PUT);
	r.upload = &file;
	http_try(&x.http, &r);
	cr_expect_eq(r.end, HTTP_LOCAL);
	cr_expect_neq(r.error.kind, ERR_NONE);
	close(file.fd);
	upload_end(&x);
}

Test(http_upload, complaints_are_kept_to_their_maximum_and_forgotten_by_the_next_try)
{
	struct fault_reply script[] = {
		{ .path = "/a",
		  .status = 500,
		  .headers = "Retry-After: 0\r\nX-One: 1\r\n",
		  .body = STR("first") },
		{ .path = "/a",
		  .status = 403,
		  .headers = "X-Two: 2\r\nX-Two: 3\r\n",
		  .body = STR("second") },
		{ .path = "/b", .status = 403 },
	};
	struct upload_exchange x;
	struct http_request r;

	upload_begin(&x, script, 3);
	script[2].body = depot_noise(&x.d.a, 1000, 1);
	r = upload_request(&x, "/a", HTTP_PUT);
	http_try(&x.http, &r);
	cr_expect_eq(r.status, 403);
	cr_expect_str_eq(buf_cstr(&x.complaint), "second");
	cr_expect_null(http_headers_get(&x.answer, "X-One", 0));
	cr_expect_str_eq(http_headers_get(&x.answer, "x-two", 1), "3");
	r = upload_request(&x, "/b", HTTP_PUT);
	http_try(&x.http, &r);
	cr_expect(r.status == 403 && x.complaint.n <= 64);
	r = upload_request(&x, "/a", HTTP_PUT);
	http_try(&x.http, &r);
	cr_expect_str_eq(buf_cstr(&x.complaint), "second",
			 "a body that was too long is forgotten, too");
	upload_end(&x);
}

Test(http_upload, T22_a_login_is_for_the_host_of_its_request)
{
	struct fault_reply script[] = { { .path = "/a", .status = 302 },
					{ .path = "/b", .body = STR("b") } };
	struct upload_exchange x;
	struct faultd other;
	const struct http_login login = { .login = "anna", .password = "secret" };
	struct buf text = { .a = NULL };
	struct buf_sink sink;
	struct http_request r;

	upload_begin(&x, script, 2);
	faultd_start(&other, &script[1], 1);
	text.a = &x.d.a;
	buf_sink_init(&sink, &text, "b");
	for (int elsewhere = 0; elsewhere < 2; elsewhere++) {
		script[0].headers = arena_printf(&x.d.a, "Location: %s\r\n",
						 faultd_url(&x.d.a, elsewhere ? &other : &x.server,
							    "/b"));
		r = upload_request(&x, "/a", HTTP_GET);
		r.login = &login;
		r.max = 10;
		r.body = &sink.base;
		http_try(&x.http, &r);
		cr_expect(r.end == HTTP_DONE && r.status == 200, "%s", r.reason);
	}
	cr_expect(faultd_saw(&x.server, "/a", "Authorization: Basic YW5uYTpzZWNyZXQ="));
	cr_expect(faultd_saw(&x.server, "/b", "Authorization: Basic"));
	cr_expect(faultd_hits(&other, "/b") == 1 && !faultd_saw(&other, NULL, "Authorization"));
	faultd_stop(&other);
	upload_end(&x);
}

Test(http_upload, what_changes_something_follows_no_redirect)
{
	static const struct fault_reply script[] = {
		{ .path = "/a", .status = 307, .headers = "Location: /b\r\n" },
		{ .path = "/b", .status = 201 }
	};
	struct upload_exchange x;
	struct http_request r;

	upload_begin(&x, script, 2);
	for (int put = 0; put < 2; put++) {
		r = upload_request(&x, "/a", put ? HTTP_PUT : HTTP_POST);
		http_try(&x.http, &r);
		cr_expect_eq(r.end, HTTP_REFUSED);
		cr_expect_str_eq(r.reason, "redirected elsewhere, which only questions may be");
	}
	cr_expect_eq(faultd_hits(&x.server, "/b"), 0);
	upload_end(&x);
}

Test(http_upload, references_are_joined_byte_for_byte)
{
	static const struct {
		const char *base, *to, *out; /* NULL: refused */
	} cases[] = {
		{ "https://h/v2/n/blobs/uploads/",
		  "/v2/n/up?state=a%3Db==", "https://h/v2/n/up?state=a%3Db==" },
		{ "https://h:5000/v2/x", "/y", "https://h:5000/y" },
		{ "https://h/v2/x?q", "y?z", "https://h/v2/y?z" },
		{ "https://h/v2/x?q", "?z", "https://h/v2/x?z" },
		{ "https://h/v2/x/", "./y", "https://h/v2/x/./y" },
		{ "https://h", "y", "https://h/y" },
		{ "https://h/x", "//other/y", "https://other/y" },
		{ "http://h/x", "//other/y", "http://other/y" },
		{ "https://h/x", "https://other:444/y?a=b", "https://other:444/y?a=b" },
		{ "http://h/x", "https://other/y", "https://other/y" },
		{ "https://h/x", "http://h/y", NULL },
		{ "https://h/x", "https://u:p@other/y", NULL },
		{ "https://h/x", "file:///etc/passwd", NULL },
		{ "https://h/x", "/a b", NULL },
		{ "https://h/x", "/a%0ab", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char out[HTTP_URL_MAX] = "";
		const char *fault = http_url_join(cases[i].base, cases[i].to, out);

		cr_expect_eq(fault == NULL, cases[i].out != NULL, "%s + %s", cases[i].base,
			     cases[i].to);
		if (cases[i].out)
			cr_expect_str_eq(out, cases[i].out);
	}
}

Test(http_upload, loopback_addresses_are_known)
{
	static const struct {
		const char *url;
		bool loopback;
	} cases[] = {
		{ "http://localhost/", true },		{ "http://LOCALHOST:1/", true },
		{ "http://127.0.0.1/", true },		{ "http://127.255.0.9:80/", true },
		{ "http://[::1]:80/", true },		{ "http://127.0.0.1.evil.example/", false },
		{ "http://127.0.0.256/", false },	{ "http://127.1/", false },
		{ "http://localhost.example/", false }, { "http://127.0.0.1./", false },
		{ "http://128.0.0.1/", false },		{ "http://[::2]/", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct http_url u;

		cr_assert(http_url_split(str_of(cases[i].url), &u));
		cr_expect_eq(http_url_loopback(&u), cases[i].loopback, "%s", cases[i].url);
	}
}
