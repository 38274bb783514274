/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_SESSION_H
#define TRANSFER_REGISTRY_SESSION_H

/* Talking to one repository of one registry (distribution-spec v1.1.1): requests with the login
 * they need, several at once, and what a refusal means. Any thread may call. */

#include <pthread.h>

#include "base/progress.h"
#include "transfer/registry/auth.h"

/* Clear-text http is for registries on the loopback address, unless it is asked for. */
enum session_tls { SESSION_TLS_AUTO, SESSION_TLS_ON, SESSION_TLS_OFF };

/* Connections that sessions leave to those that come after them, to whatever registry, and tokens.
 * Starts as SESSION_POOL_INIT; close it when no session is open. Any thread may use it. */
struct session_pool {
	pthread_mutex_t lock;
	struct arena a; /* of the list */
	struct LIST(struct session_line *) idle;
	struct shared_tokens tokens;
};
#define SESSION_POOL_INIT { .lock = PTHREAD_MUTEX_INITIALIZER, .tokens = SHARED_TOKENS_INIT }
void session_pool_close(struct session_pool *p);

struct session_options {
	const char *authfile;		      /* --authfile, or NULL */
	const char *token_server;	      /* --token-server, or NULL */
	enum session_tls tls;		      /* --tls-verify */
	const struct http_settings *settings; /* NULL: those of the environment */
	struct progress *progress;
	struct session_pool *pool; /* or NULL: connections end with the session */
};

#define SESSION_LINES 4 /* requests at once */
/* what may be at work on blobs: some hash or sync while the others wait for the registry */
#define SESSION_THREADS 6
#define SESSION_COMPLAINT_MAX (64u << 10)

/* A connection that is kept. */
struct session_line {
	struct arena a; /* its own, this struct is in it */
	struct http http;
	bool busy;
};

struct session {
	const struct reference *ref;
	const char *base; /* "https://HOST/v2/NAME/" */
	struct http_settings settings;
	struct progress *progress;
	pthread_mutex_t lock; /* for all that follows */
	struct arena a;
	struct auth auth;
	struct error no_login; /* why the last login failed; none: it did not */
	bool warned;
	struct session_pool *pool;
	struct session_line *lines[SESSION_LINES]; /* NULL: not needed yet */
	pthread_cond_t line_free;
};

/* Finds the credentials; nothing is sent yet. `scopes` are what tokens are asked for,
 * "repository:x:pull" (borrowed, like `ref`). Must not move in memory; release with session_close()
 * in any case. */
MUST_CHECK bool session_open(struct session *s, const struct reference *ref,
			     const struct session_options *o, const struct strings *scopes,
			     struct error *e);
void session_close(struct session *s);

/* One exchange. The caller fills url (session_url()), method, headers, upload, max, body and start
 * of `http`; the rest is the session's. What comes back lives in the arena. */
struct session_call {
	const char *what; /* for messages: "layer sha256:..." */
	bool once;	  /* do not try again: the caller does */
	struct http_request http;
	struct http_headers answer;
	struct buf complaint;
};

/* Sends it, with a new login when there is a 401. true: look at http.end and http.status. false:
 * ERR_NETWORK when no login could be had, ERR_SYSTEM. */
MUST_CHECK bool session_send(struct arena *a, struct session *s, struct session_call *c,
			     struct error *e);

/* The same, and there was an answer, of whatever status. ERR_NETWORK, ERR_VERIFY (too many bytes).
 */
MUST_CHECK bool session_ask(struct arena *a, struct session *s, struct session_call *c,
			    struct error *e);

/* The same for a GET whose body is collected in `body`, at most body->max bytes of it; a try that
 * follows a broken one begins anew. The caller fills url, headers where there are any, and max
 * where fewer bytes are expected. */
MUST_CHECK bool session_get(struct arena *a, struct session *s, struct session_call *c,
			    struct buf *body, struct error *e);

/* The error for an answer that is not the one hoped for: "HOST/NAME: WHAT: HTTP 403: DENIED: ...".
 * Returns false. */
bool session_refused(struct arena *a, struct session *s, const struct session_call *c,
		     struct error *e);

/* As session_refused, for a call that ended without an answer. */
bool session_failed(struct session *s, const struct session_call *c, struct error *e);

/* An address below the repository: "blobs/sha256:...". */
const char *session_url(struct arena *a, const struct session *s, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* A header of the answer, or NULL. */
const char *session_header(const struct session_call *c, const char *name);

/* The address of the next page of a list: Link: </v2/...>; rel="next" (RFC 8288). NULL: this was
 * the last. */
const char *session_next_page(struct arena *a, const struct session_call *c);

#endif
