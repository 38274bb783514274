/* SPDX-License-Identifier: Apache-2.0 */
/* One byte, one step (RFC 9112, strict side). Fuzzed by tests/fuzz/fuzz_http_request.c. */

#include "healthcheck/http_request.h"

#include <string.h>

void http_request_init(struct health_request *r)
{
	memset(r, 0, sizeof *r);
}

static void request_refuse(struct health_request *r, int status)
{
	r->status = status;
	r->state = HTTP_COMPLETE;
}

/* RFC 9110 tchar */
static bool is_token_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static char lower_case(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static void request_keep(struct health_request *r, char c)
{
	if (r->word_len < sizeof r->word - 1) {
		r->word[r->word_len] = c;
		r->word[r->word_len + 1] = '\0';
	}
	r->word_len++;
}

static bool word_is(const struct health_request *r, const char *s)
{
	return r->word_len == strlen(s) && r->word_len < sizeof r->word &&
	       memcmp(r->word, s, r->word_len) == 0;
}

static void next_state(struct health_request *r, enum http_state st)
{
	r->state = st;
	r->word_len = 0;
	r->word[0] = '\0';
}

static void in_method(struct health_request *r, char c)
{
	if (c == ' ' && r->word_len > 0) {
		r->method = word_is(r, "GET")	    ? HTTP_GET
			    : word_is(r, "HEAD")    ? HTTP_HEAD
			    : word_is(r, "OPTIONS") ? HTTP_OPTIONS
						    : HTTP_OTHER;
		next_state(r, HTTP_TARGET);
	} else if (is_token_byte(c) && r->word_len < sizeof r->word) {
		request_keep(r, c);
	} else {
		request_refuse(r, 400);
	}
}

/* The path of an absolute form begins at the slash behind the authority. */
static void strip_authority(struct health_request *r)
{
	char *slash;

	if (strncasecmp(r->path, "http://", 7) != 0)
		return;
	slash = strchr(r->path + 7, '/');
	if (slash == NULL) {
		memcpy(r->path, "/", 2);
		r->path_len = 1;
		return;
	}
	r->path_len -= (size_t)(slash - r->path);
	memmove(r->path, slash, strlen(slash) + 1);
}

static void end_target(struct health_request *r)
{
	strip_authority(r);
	if (r->path[0] == '/' || (r->method == HTTP_OPTIONS && http_request_is(r, "*")))
		next_state(r, HTTP_VERSION);
	else
		request_refuse(r, 400);
}

static void in_target(struct health_request *r, char c)
{
	if (c == ' ' && r->target_len > 0) {
		end_target(r);
		return;
	}
	if ((unsigned char)c <= 0x20 || (unsigned char)c >= 0x7f) {
		request_refuse(r, 400);
		return;
	}
	r->target_len++;
	r->in_query |= c == '?';
	if (r->in_query)
		return;
	if (r->path_len < sizeof r->path - 1) {
		r->path[r->path_len] = c;
		r->path[r->path_len + 1] = '\0';
	}
	r->path_len++;
}

static void in_version(struct health_request *r, char c)
{
	if (c != '\r' && c != '\n') {
		request_keep(r, c);
		if ((unsigned char)c <= 0x20 || (unsigned char)c >= 0x7f || r->word_len > 8)
			request_refuse(r, 400);
		return;
	}
	if (word_is(r, "HTTP/1.1") || word_is(r, "HTTP/1.0"))
		next_state(r, c == '\r' ? HTTP_LINE_LF : HTTP_HEADER_START);
	else if (r->word_len == 8 && memcmp(r->word, "HTTP/", 5) == 0 && r->word[6] == '.')
		request_refuse(r, 505);
	else
		request_refuse(r, 400);
}

/* A method that may bring a body is not served anyway, which says more than that the body is wrong.
 */
static void refuse_body(struct health_request *r)
{
	request_refuse(r, r->method == HTTP_OTHER ? 405 : 400);
}

static void end_name(struct health_request *r)
{
	if (word_is(r, "transfer-encoding"))
		refuse_body(r);
	else if (word_is(r, "host") && ++r->host_count > 1)
		request_refuse(r, 400);
	else if (word_is(r, "content-length") && ++r->length_count > 1)
		request_refuse(r, 400);
	r->value_len = 0;
	if (r->status == 0)
		r->state = HTTP_HEADER_VALUE; /* the word stays: the value may depend on it */
}

static void in_header_start(struct health_request *r, char c)
{
	next_state(r, HTTP_HEADER_NAME);
	if (c == '\r')
		r->state = HTTP_END_LF;
	else if (c == '\n')
		r->state = HTTP_COMPLETE;
	else if (is_token_byte(c))
		request_keep(r, lower_case(c));
	else
		request_refuse(r, 400); /* a blank here is a folded header */
}

static void in_header_name(struct health_request *r, char c)
{
	if (c == ':')
		end_name(r);
	else if (is_token_byte(c))
		request_keep(r, lower_case(c));
	else
		request_refuse(r, 400);
}

/* A Content-Length other than 0 announces a body, which no request here has. */
static void in_header_value(struct health_request *r, char c)
{
	bool blank = c == ' ' || c == '\t';

	if (c == '\r' || c == '\n') {
		if (word_is(r, "content-length") && r->value_len == 0)
			request_refuse(r, 400);
		else
			next_state(r, c == '\r' ? HTTP_HEADER_LF : HTTP_HEADER_START);
		return;
	}
	if (((unsigned char)c < 0x20 && c != '\t') || c == 0x7f)
		request_refuse(r, 400);
	else if (word_is(r, "content-length") && c >= '1' && c <= '9')
		refuse_body(r);
	else if (word_is(r, "content-length") && !blank && c != '0')
		request_refuse(r, 400);
	else if (!blank)
		r->value_len++;
}

static void expect_lf(struct health_request *r, char c, enum http_state st)
{
	if (c == '\n')
		next_state(r, st);
	else
		request_refuse(r, 400);
}

static void request_step(struct health_request *r, char c)
{
	switch (r->state) {
	case HTTP_METHOD:
		in_method(r, c);
		break;
	case HTTP_TARGET:
		in_target(r, c);
		break;
	case HTTP_VERSION:
		in_version(r, c);
		break;
	case HTTP_LINE_LF:
		expect_lf(r, c, HTTP_HEADER_START);
		break;
	case HTTP_HEADER_START:
		in_header_start(r, c);
		break;
	case HTTP_HEADER_NAME:
		in_header_name(r, c);
		break;
	case HTTP_HEADER_VALUE:
		in_header_value(r, c);
		break;
	case HTTP_HEADER_LF:
		expect_lf(r, c, HTTP_HEADER_START);
		break;
	case HTTP_END_LF:
		expect_lf(r, c, HTTP_COMPLETE);
		break;
	case HTTP_COMPLETE:
		break;
	}
}

bool http_request_feed(struct health_request *r, const char *s, size_t n)
{
	for (size_t i = 0; i < n && r->state != HTTP_COMPLETE; i++) {
		r->taken++;
		if (r->taken > HTTP_LINE_MAX && r->state <= HTTP_VERSION)
			request_refuse(r, 414);
		else if (r->taken > HTTP_HEAD_MAX)
			request_refuse(r, 431);
		else
			request_step(r, s[i]);
	}
	return r->state == HTTP_COMPLETE;
}

bool http_request_is(const struct health_request *r, const char *path)
{
	return r->path_len == strlen(path) && strcmp(r->path, path) == 0;
}
