/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_HTTP_HTTP_URL_H
#define TRANSFER_HTTP_HTTP_URL_H

/* The parts of an http(s) URL (RFC 3986, 9110) that decisions hang on: who may be asked, who gets
 * credentials, what may be shown. curl takes URLs apart again to use them; where the two readings
 * could differ (blanks, controls, backslashes, several '@'), this one refuses. */

#include "base/str.h"

#define HTTP_URL_MAX 8192

struct http_url {
	bool https;
	struct str userinfo; /* "user:password" or empty */
	struct str host;     /* as written; an IPv6 address with its brackets */
	unsigned port;	     /* 80 or 443 when not written */
	struct str rest;     /* path, query and fragment; may be empty */
};

/* The slices borrow `url`. false: it is not an absolute http or https URL that is safe to use. */
MUST_CHECK bool http_url_split(struct str url, struct http_url *out);

/* Same scheme, host (letter case aside) and port. */
bool http_url_same_origin(const struct http_url *a, const struct http_url *b);

/* Follows a redirect: writes where to go to `out`. Within one origin that keeps the user
 * information of `from`, whatever `to` says. Why the server may not send us there ("from https to
 * http"), or NULL if it may. */
const char *http_url_redirect(const char *from, const char *to, char out[static HTTP_URL_MAX]);

/* Writes the address that the reference `to` of a reply from `base` means to `out`, its bytes as
 * they are: absolute, of the same host ("/path?query") or relative to the folder of `base`. Fails
 * as http_url_redirect() does. */
const char *http_url_join(const char *base, const char *to, char out[static HTTP_URL_MAX]);

/* Whether its host is this machine by its name: localhost, 127.0.0.0/8, [::1]. */
bool http_url_loopback(const struct http_url *u);

/* Writes `url` to `out`, cut at `size` and terminated, with any user information struck out. Takes
 * malformed URLs too. Returns `out`. */
const char *http_url_redact(const char *url, char *out, size_t size);

#endif
