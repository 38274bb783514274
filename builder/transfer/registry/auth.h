/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_AUTH_H
#define TRANSFER_REGISTRY_AUTH_H

/* Being let in: what a registry's challenge asks for, made from the credentials there are. Basic,
 * and Bearer with a token server (distribution: spec/auth/token, spec/auth/oauth).
 *
 * Credentials go to the registry's own host and port and to a token server there; to another one,
 * or to another port, only if its user named it. They never go over clear-text http but on this
 * machine's loopback. */

#include "transfer/http/http.h"
#include "transfer/registry/challenge.h"
#include "transfer/registry/credentials.h"
#include "transfer/registry/shared_tokens.h"

struct auth {
	struct arena *a;
	const struct reference *ref;
	bool plain;		  /* the registry is spoken to in clear text ... */
	bool loopback;		  /* ... on this machine */
	const char *token_server; /* another host that may see the credentials, or NULL */
	struct strings scopes;	  /* "repository:team/app:pull,push" */
	struct credentials credentials;
	struct shared_tokens *shared; /* with the other sessions; or NULL */
	struct digest begins;	      /* of them */

	/* what comes of it */
	struct challenge challenge;
	const struct http_login *login; /* to be shown to the registry; NULL: nothing */
	uint64_t until_ms;		/* when it expires, by http_clock_ms(); UINT64_MAX: never */
	unsigned number;		/* counts the logins */
};

/* Before the first request, when scopes and credentials are known: the login of a session that went
 * before this one, if there was one that asked for the same. */
void auth_begin(struct auth *x);

/* A registry answered 401. 1: there is a new login to show, 0: nothing that could be shown, -1 with
 * ERR_NETWORK. `h` is idle. */
MUST_CHECK int auth_answer(struct auth *x, struct http *h, const struct http_headers *reply,
			   struct error *e);

/* Gets a new token in place of one that expires. As auth_answer. */
MUST_CHECK int auth_renew(struct auth *x, struct http *h, struct error *e);

/* What a token server's answer holds; NULL when it holds no token. */
const char *auth_token_read(struct arena *a, struct str text, uint64_t *expires_in_s);

/* The question for a token: "https://auth.example/token?service=...&scope=...". */
const char *auth_token_url(struct arena *a, const struct challenge *c,
			   const struct strings *scopes);

#endif
