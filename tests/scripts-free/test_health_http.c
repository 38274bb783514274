/* SPDX-License-Identifier: Apache-2.0 */
/* The request parser, the client's reader, the manager's answers. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "healthcheck/checks.h"
#include "healthcheck/http_request.h"
#include "healthcheck/manager_reply.h"
#include "healthcheck/probe.h"
#include "healthcheck/reply.h"

#define H "Host: x\r\n"

static const struct {
	const char *s;
	bool decided;
	int status;
	enum request_method m;
	const char *path;
} requests[] = {
	{ "GET / HTTP/1.1\r\n" H "\r\n", true, 0, HTTP_GET, "/" },
	{ "HEAD /a?b HTTP/1.0\r\n\r\n", true, 0, HTTP_HEAD, "/a" },
	{ "OPTIONS * HTTP/1.1\r\n" H "\r\n", true, 0, HTTP_OPTIONS, "*" },
	{ "PATCH /a HTTP/1.1\r\n" H "\r\n", true, 0, HTTP_OTHER, "/a" },
	{ "GET http://h:1/a?b HTTP/1.1\r\n" H "\r\n", true, 0, HTTP_GET, "/a" },
	{ "GET HTTP://h HTTP/1.1\r\n" H "\r\n", true, 0, HTTP_GET, "/" },
	{ "GET / HTTP/1.1\r\nX:\r\nY: \t z \r\n" H "\r\n", true, 0, HTTP_GET, "/" },
	{ "GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", true, 0, HTTP_GET, "/" },
	{ "GET / HTTP/1.1\r\n" H, false, 0, HTTP_GET, "/" },
	{ "GET", false, 0, HTTP_GET, "" },
	{ "", false, 0, HTTP_GET, "" },
	{ "GET  / HTTP/1.1\r\n", true, 400, 0, NULL },
	{ " GET / HTTP/1.1\r\n", true, 400, 0, NULL },
	{ "\r\nGET / HTTP/1.1\r\n", true, 400, 0, NULL },
	{ "GET / HTTP/1.1 \r\n", true, 400, 0, NULL },
	{ "GET /\r\n\r\n", true, 400, 0, NULL },
	{ "GET health HTTP/1.1\r\n\r\n", true, 400, 0, NULL },
	{ "GET * HTTP/1.1\r\n\r\n", true, 400, 0, NULL },
	{ "GET /a\tb HTTP/1.1\r\n\r\n", true, 400, 0, NULL },
	{ "GET /\x80 HTTP/1.1\r\n\r\n", true, 400, 0, NULL },
	{ "GET / HTTP/3.0\r\n\r\n", true, 505, 0, NULL },
	{ "GET / HTTP/1.2\r\n\r\n", true, 505, 0, NULL },
	{ "GET / HTTX/1.1\r\n\r\n", true, 400, 0, NULL },
	{ "GET / HTTP/1.1\rX", true, 400, 0, NULL },
	{ "GET / HTTP/1.1\r\nX : y\r\n\r\n", true, 400, 0, NULL },
	{ "GET / HTTP/1.1\r\n: y\r\n\r\n", true, 400, 0, NULL },
	{ "GET / HTTP/1.1\r\nX: a\x01\r\n\r\n", true, 400, 0, NULL },
	{ "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n", true, 400, 0, NULL },
	{ "GET / HTTP/1.1\r\nX: a\r\n\tb\r\n\r\n", true, 400, 0, NULL },
	{ "GET / HTTP/1.1\r\n" H H "\r\n", true, 400, 0, NULL },
	{ "GET / HTTP/1.1\r\ntransfer-ENCODING: chunked\r\n\r\n", true, 400, 0, NULL },
	{ "GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\n", true, 400, 0, NULL },
	{ "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n", true, 405, 0, NULL },
	{ "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", true, 400, 0, NULL },
	{ "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", true, 405, 0, NULL },
	{ "GET / HTTP/1.1\r\nContent-Length:\r\n\r\n", true, 400, 0, NULL },
	{ "GET / HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n", true, 400, 0, NULL },
	{ "GET / HTTP/1.1\r\nContent-Length: +0\r\n\r\n", true, 400, 0, NULL },
	{ "AVERYLONGMETHODNAMETHATNOBODYUSES / HTTP/1.1\r\n\r\n", true, 400, 0, NULL },
};

Test(http_request, each_form_is_decided_as_a_whole_and_byte_by_byte)
{
	for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
		struct health_request whole, bytes;
		size_t n = strlen(requests[i].s);
		bool decided = false;

		http_request_init(&whole);
		http_request_init(&bytes);
		cr_expect_eq(http_request_feed(&whole, requests[i].s, n), requests[i].decided, "%s",
			     requests[i].s);
		for (size_t k = 0; k < n && !decided; k++)
			decided = http_request_feed(&bytes, requests[i].s + k, 1);
		cr_expect_eq(decided, requests[i].decided, "%s", requests[i].s);
		cr_expect(memcmp(&whole, &bytes, sizeof whole) == 0, "%s", requests[i].s);
		cr_expect_eq(whole.status, requests[i].status, "%s: %d", requests[i].s,
			     whole.status);
		if (whole.status == 0 && requests[i].decided) {
			cr_expect_eq(whole.method, requests[i].m);
			cr_expect(http_request_is(&whole, requests[i].path), "%s: %s",
				  requests[i].s, whole.path);
		}
	}
}

Test(http_request, a_nul_anywhere_is_refused)
{
	static const char good[] = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

	for (size_t i = 0; i < sizeof good - 1; i++) {
		struct health_request r;
		char s[sizeof good];

		memcpy(s, good, sizeof s);
		s[i] = '\0';
		http_request_init(&r);
		http_request_feed(&r, s, sizeof good - 1);
		cr_expect_eq(r.status, 400, "at %zu", i);
	}
}

Test(http_request, limits)
{
	static char s[10000];
	struct health_request r;

	memset(s, 'a', sizeof s);
	memcpy(s, "GET /", 5);
	http_request_init(&r);
	cr_expect(http_request_feed(&r, s, sizeof s));
	cr_expect_eq(r.status, 414);
	memcpy(s, "GET / HTTP/1.1\r\n", 16);
	http_request_init(&r);
	cr_expect(http_request_feed(&r, s, sizeof s));
	cr_expect_eq(r.status, 431);
	cr_expect_eq(r.taken, HTTP_HEAD_MAX + 1);
}

Test(http_request, a_long_path_matches_nothing)
{
	struct health_request r;
	char s[256];

	snprintf(s, sizeof s, "GET /health%0100d HTTP/1.1\r\n\r\n", 0);
	http_request_init(&r);
	cr_expect(http_request_feed(&r, s, strlen(s)));
	cr_expect_eq(r.status, 0);
	cr_expect(!http_request_is(&r, "/health"));
	cr_expect_eq(r.path_len, 107);
}

Test(probe, statuses)
{
	static const struct {
		const char *s;
		int status;
	} cases[] = {
		{ "HTTP/1.1 200 OK\r\n", 200 },
		{ "HTTP/1.0 503 x", 503 },
		{ "HTTP/1.1 200\r\n", 200 },
		{ "HTTP/2.0 200 OK", 0 },
		{ "HTTP/1.1 2000 OK", 0 },
		{ "HTTP/1.1 20", 0 },
		{ "", 0 },
		{ "SSH-2.0-OpenSSH_9.2p1", 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		cr_expect_eq(probe_status(cases[i].s, strlen(cases[i].s)), cases[i].status, "%s",
			     cases[i].s);
}

Test(manager_reply, bodies_plain_and_chunked)
{
	char plain[] = "HTTP/1.1 200 OK\r\nX: y\r\n\r\nhello";
	char chunked[] =
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n";
	char cut[] = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nhello";
	char none[] = "HTTP/1.1 200 OK\r\n";

	cr_expect_eq(manager_reply_open(plain, strlen(plain)), 200);
	cr_expect_str_eq(plain, "hello");
	cr_expect_eq(manager_reply_open(chunked, strlen(chunked)), 200);
	cr_expect_str_eq(chunked, "hello");
	cr_expect_eq(manager_reply_open(cut, strlen(cut)), 200);
	cr_expect_str_eq(cut, "hello");
	cr_expect_eq(manager_reply_open(none, strlen(none)), 0);
}

Test(manager_reply, known_counters_become_samples)
{
	static char buf[8192];
	struct text t = TEXT_OF(buf);

	cr_expect_eq(
		manager_reply_samples("sample_time = 1.5 (x)\nclient_http.requests = 12\n"
				      "unknown.thing = 3\ncpu_time = 1.25\nserver.all.errors = x\n"
				      "swap.ins = 4",
				      &t),
		3);
	cr_expect(strstr(buf, "# TYPE squid_client_http_requests_total counter\n"
			      "squid_client_http_requests_total 12\n"));
	cr_expect(strstr(buf, "\nsquid_cpu_time_seconds_total 1.25\n"));
	cr_expect(strstr(buf, "\nsquid_swap_ins_total 4\n"));
	cr_expect(strstr(buf, "errors") == NULL);
}

Test(reply, bodies_are_those_of_the_contract)
{
	static struct board board;
	static const char *const request = "GET /ready HTTP/1.1\r\n\r\n";
	struct checks c;
	struct health_request r;
	char out[4096];
	struct text t = TEXT_OF(out);

	board.n_ports = 1;
	board.ports[0] = 3128;
	checks_init(&c, &board);
	http_request_init(&r);
	http_request_feed(&r, request, strlen(request));
	reply_build(&r, &c, &t);
	cr_expect(strstr(out, "HTTP/1.1 503 Service Unavailable\r\n"));
	cr_expect(strstr(out, "\r\n\r\nService Unavailable:\n  - Squid process not running\n"));
	cr_expect(strstr(out, "Content-Type: text/plain\r\n"));
	cr_expect(strstr(out, "Date: "));
}
