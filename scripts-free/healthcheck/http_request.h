/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HEALTHCHECK_HTTP_REQUEST_H
#define HEALTHCHECK_HTTP_REQUEST_H

/* A parser of HTTP/1 request heads that takes the bytes as they come and keeps only what the
 * server needs. Pure: it knows no socket and no time. Strict: whatever could be read in two ways
 * (folded headers, Transfer-Encoding, a body, control bytes, two Hosts) is refused. */

#include <stdbool.h>
#include <stddef.h>

#define HTTP_HEAD_MAX 8192 /* the whole head; more is 431 */
#define HTTP_LINE_MAX 2048 /* the request line; more is 414 */

enum request_method { HTTP_GET, HTTP_HEAD, HTTP_OPTIONS, HTTP_OTHER };

enum http_state {
	HTTP_METHOD,
	HTTP_TARGET,
	HTTP_VERSION,
	HTTP_LINE_LF,
	HTTP_HEADER_START,
	HTTP_HEADER_NAME,
	HTTP_HEADER_VALUE,
	HTTP_HEADER_LF,
	HTTP_END_LF,
	HTTP_COMPLETE
};

/* A request in the making. Start with http_request_init. */
struct health_request {
	enum http_state state;
	enum request_method method;
	int status;	 /* 0: so far fine; else the answer: 400, 405, 414, 431, 505 */
	size_t taken;	 /* bytes of the head so far */
	char word[24];	 /* method, version, or lower-case header name being read */
	size_t word_len; /* its true length, even if longer than the array */
	char path[64];	 /* without the query; longer ones match nothing anyway */
	size_t path_len; /* its true length */
	size_t target_len;
	bool in_query;
	unsigned host_count, length_count;
	size_t value_len;
};

void http_request_init(struct health_request *r);

/* Takes up to `n` bytes. True when the request is decided: complete (r->status 0) or refused
 * (r->status the answer); what follows in `s` is then not looked at. */
bool http_request_feed(struct health_request *r, const char *s, size_t n);

/* Is the path exactly `path`? */
bool http_request_is(const struct health_request *r, const char *path);

#endif
