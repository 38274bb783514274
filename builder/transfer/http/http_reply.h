/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_HTTP_HTTP_REPLY_H
#define TRANSFER_HTTP_HTTP_REPLY_H

/* What the header lines of a reply say (RFC 9110), as far as downloads care. Fed line by line with
 * whatever a server sends; what is malformed counts as not said. */

#include "base/str.h"

struct http_reply {
	int status; /* 0 before a status line */
	bool http2; /* or later: framed by the protocol */
	bool chunked;
	bool ended;		     /* the empty line came; what follows are trailers */
	uint64_t length;	     /* Content-Length or UINT64_MAX */
	uint64_t range_from;	     /* Content-Range; UINT64_MAX without one */
	uint64_t range_total;	     /* UINT64_MAX if "*" */
	uint64_t retry_after_s;	     /* UINT64_MAX without one */
	int64_t date, last_modified; /* seconds; -1 without one */
	char etag[128];		     /* strong entity tag with its quotes; or "" */
	char last_modified_text[32];
};

/* Ready for a first line. A status line begins anew by itself (after 1xx or a redirect). */
void http_reply_init(struct http_reply *r);

/* One line, with or without its line end. `now` (seconds) turns a Retry-After date into a wait. */
void http_reply_line(struct http_reply *r, struct str line, int64_t now);

/* Whether it sends us elsewhere. */
bool http_reply_redirects(const struct http_reply *r);

/* What If-Range may hold to continue this reply later (RFC 9110, 13.1.5): its strong entity tag, or
 * its Last-Modified when that is a minute older than its Date and so cannot have changed within the
 * second; "" otherwise. */
const char *http_reply_validator(const struct http_reply *r);

#endif
