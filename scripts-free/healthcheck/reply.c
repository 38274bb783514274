/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoints (contract 11), as a table. */

#include "healthcheck/reply.h"

#include <string.h>
#include <time.h>

static const struct status_name {
	int status;
	const char *name;
} names[] = {
	{ 200, "OK" },
	{ 204, "No Content" },
	{ 400, "Bad Request" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 408, "Request Timeout" },
	{ 414, "URI Too Long" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
	{ 505, "HTTP Version Not Supported" },
};

static const char *status_name(int status)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].status == status)
			return names[i].name;
	return "Unknown";
}

void reply_with(struct text *out, int status, enum request_method method, const char *type,
		const char *body)
{
	time_t now = time(NULL);
	struct tm tm;
	char date[40] = "";

	if (gmtime_r(&now, &tm) != NULL)
		strftime(date, sizeof date, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm);
	text_addf(out, "HTTP/1.1 %d %s\r\n%s", status, status_name(status), date);
	if (status == 405 || status == 204)
		text_add(out, "Allow: GET, HEAD, OPTIONS\r\n");
	if (status != 204)
		text_addf(out, "Content-Type: %s\r\nContent-Length: %zu\r\n", type, strlen(body));
	text_add(out, "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
		      "Connection: close\r\n\r\n");
	if (method != HTTP_HEAD && status != 204)
		text_add(out, body);
}

static void reply_plain(struct text *out, int status, enum request_method method, const char *body)
{
	reply_with(out, status, method, "text/plain", body);
}

static void reply_health(const struct health_request *r, struct checks *c, struct text *out)
{
	bool ok = checks_alive(c);

	reply_plain(out, ok ? 200 : 503, r->method,
		    ok ? "OK\n" : "Service Unavailable: Squid not running\n");
}

static void reply_live(const struct health_request *r, struct checks *c, struct text *out)
{
	if (checks_alive(c) && !checks_live(c))
		reply_plain(out, 503, r->method,
			    "Service Unavailable: supervisor does not respond\n");
	else
		reply_health(r, c, out);
}

static void reply_ready(const struct health_request *r, struct checks *c, struct text *out)
{
	char body[1024];
	struct text why = TEXT_OF(body);

	text_add(&why, "Service Unavailable:\n");
	if (checks_ready(c, &why))
		reply_plain(out, 200, r->method, "READY\n");
	else
		reply_plain(out, 503, r->method, body);
}

static const struct endpoint {
	const char *path;
	void (*answer)(const struct health_request *r, struct checks *c, struct text *out);
} endpoints[] = {
	{ "/health", reply_health }, { "/healthz", reply_health }, { "/livez", reply_live },
	{ "/ready", reply_ready },   { "/readyz", reply_ready },
};

bool reply_wants_metrics(const struct health_request *r)
{
	return r->status == 0 && (r->method == HTTP_GET || r->method == HTTP_HEAD) &&
	       http_request_is(r, "/metrics");
}

void reply_build(const struct health_request *r, struct checks *c, struct text *out)
{
	char body[64] = "";
	struct text b = TEXT_OF(body);

	if (r->status != 0 || r->method == HTTP_OTHER) {
		int status = r->status != 0 ? r->status : 405;

		text_addf(&b, "%d %s\n", status, status_name(status));
		reply_plain(out, status, r->method, body);
		return;
	}
	if (r->method == HTTP_OPTIONS) {
		reply_plain(out, 204, r->method, "");
		return;
	}
	for (size_t i = 0; i < sizeof endpoints / sizeof endpoints[0]; i++) {
		if (http_request_is(r, endpoints[i].path)) {
			endpoints[i].answer(r, c, out);
			return;
		}
	}
	reply_plain(out, 404, r->method, "404 Not Found\nAvailable endpoints: /health, /ready\n");
}

void reply_timeout(struct text *out)
{
	reply_plain(out, 408, HTTP_GET, "408 Request Timeout\n");
}

void reply_busy(struct text *out)
{
	reply_plain(out, 503, HTTP_GET, "Service Unavailable: too many connections\n");
}
