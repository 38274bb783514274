/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_HTTP_HTTP_HEADERS_H
#define TRANSFER_HTTP_HTTP_HEADERS_H

/* The header lines of a reply, kept for callers who need more of them than http_reply.h reads. They
 * hold whatever the server sends. */

#include "base/str.h"

struct http_header {
	const char *name, *value;
};

struct http_headers {
	struct arena *a; /* where they live; set by the owner */
	struct LIST(struct http_header) v;
};

/* One line, with or without its line end; a status line begins anew (after 1xx or a redirect). */
void http_headers_line(struct http_headers *h, struct str line);

/* The n-th value (from 0) of this name, upper or lower case; NULL when there are not so many. */
const char *http_headers_get(const struct http_headers *h, const char *name, size_t n);

#endif
