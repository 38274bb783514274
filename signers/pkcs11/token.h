/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_TOKEN_H
#define PKCS11_TOKEN_H

/* A key in a PKCS#11 token (version 2.40), named by a URI (RFC 7512). p11-kit reads the URI and
 * loads the modules: the one of "module-path", else those that are configured on this machine. */

#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>

#include "base/str.h"

/* What is signed and how. */
struct token_message {
	bool ed25519; /* else ECDSA on P-256 with SHA-256 */
	struct str bytes;
};

struct token {
	P11KitUri *uri;
	CK_FUNCTION_LIST *one;	/* of module-path; or NULL */
	CK_FUNCTION_LIST **all; /* that are configured; or NULL */
	CK_FUNCTION_LIST *module;
	CK_SESSION_HANDLE session;
	bool open;
	const char *name; /* of the token, in the arena */
};

/* Opens a session with the one token that the URI names. The PIN (p NULL: none) is never part of
 * it. Close in any case. ERR_INPUT for what is wrong with the URI, ERR_SYSTEM for what a module
 * says. */
MUST_CHECK bool token_open(struct arena *a, const char *uri, struct str pin, struct token *t,
			   struct error *e);
void token_close(struct token *t);

/* The public part of the key, in PEM. ERR_INPUT when there is none or more than one, and for a key
 * that is neither on P-256 nor Ed25519. */
MUST_CHECK bool token_public_key(struct arena *a, const struct token *t, const char **pem,
				 struct error *e);

/* A signature: DER for ECDSA, 64 bytes for Ed25519. */
MUST_CHECK bool token_sign(struct arena *a, const struct token *t, const struct token_message *m,
			   struct str *out, struct error *e);

#endif
