/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_CREDENTIALS_H
#define TRANSFER_REGISTRY_CREDENTIALS_H

/* Who we are for a registry: from the files that podman, skopeo, buildah and docker keep
 * (containers-auth.json(5)) and the helper programs that these name. The first file that knows the
 * registry wins:
 *
 *   --authfile, or else $REGISTRY_AUTH_FILE: then no other file is read
 *   $XDG_RUNTIME_DIR/containers/auth.json, or /run/containers/UID/auth.json
 *   $XDG_CONFIG_HOME/containers/auth.json, or ~/.config/containers/auth.json
 *   $DOCKER_CONFIG/config.json, or ~/.docker/config.json
 *
 * In a file: credHelpers of the host, then auths from the most specific key (host/team/app) to the
 * host, then credsStore. An entry of auths has "auth", or "username" and "password", or a token.
 * Nothing that is secret ever goes into a message. */

#include "transfer/registry/reference.h"

struct credentials {
	const char *user, *password; /* both or none */
	const char *identity;	     /* a refresh token for the token server */
	const char *bearer;	     /* a token for the registry itself */
	const char *from;	     /* where they were found, for messages; NULL: nowhere */
	const char *said;	     /* what a helper wrote to its standard error; NULL: nothing */
};

/* `authfile` may be NULL. Finding none is not a failure. ERR_INPUT for a malformed file, ERR_SYSTEM
 * for one that cannot be read or a helper that fails. */
MUST_CHECK bool credentials_find(struct arena *a, const char *authfile, const struct reference *ref,
				 struct credentials *out, struct error *e);

/* As credentials_find, from the text of one file; `file` is for messages. `out->said` stays unless
 * a helper has more to say. */
MUST_CHECK bool credentials_read(struct arena *a, const char *file, struct str text,
				 const struct reference *ref, struct credentials *out,
				 struct error *e);

/* Asks "docker-credential-NAME get", without a shell, for a host. */
MUST_CHECK bool helper_ask(struct arena *a, const char *name, const char *host,
			   struct credentials *out, struct error *e);

#endif
