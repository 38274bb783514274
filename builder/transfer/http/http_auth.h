/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_HTTP_HTTP_AUTH_H
#define TRANSFER_HTTP_HTTP_AUTH_H

/* Credentials for private archives and registries, from a file in the manner of netrc:
 *
 *   # comment
 *   machine deb.example.org login me password secret
 *   machine deb.example.org:8443 token opaque
 *   machine http://127.0.0.1:8080 login me password secret
 *
 * A machine stands for https on its default or given port. Clear-text http gets credentials only
 * when the machine says "http://", as apt's auth.conf has it. Blanks separate; a value with blanks
 * in it cannot be written. Nothing here ever goes into a message. */

#include "transfer/http/http_url.h"

struct http_login {
	struct http_url machine;
	const char *login, *password; /* Basic; or */
	const char *token;	      /* Bearer */
};

struct http_auth {
	struct LIST(struct http_login) logins;
};

/* Reads the file; one that is not there has no credentials, if nobody `named` it. ERR_SYSTEM if it
 * belongs to someone else or others may read it, ERR_INPUT with the line if it is malformed. */
MUST_CHECK bool http_auth_load(struct arena *a, const char *path, bool named,
			       struct http_auth *auth, struct error *e);

/* As http_auth_load, from a text; `file` is for messages. */
MUST_CHECK bool http_auth_parse(struct arena *a, const char *file, struct str text,
				struct http_auth *auth, struct error *e);

/* What to show to this host; NULL: nothing. */
const struct http_login *http_auth_find(const struct http_auth *auth, const struct http_url *url);

/* What to add to "HTTP 401": where credentials belong. "" for other replies. */
const char *http_auth_hint(int status);

#endif
