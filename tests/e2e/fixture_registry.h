/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_REGISTRY_H
#define E2E_FIXTURE_REGISTRY_H

/* Debian's docker-registry on 127.0.0.1, with a configuration and storage of its own in a temporary
 * folder. */

#include <sys/types.h>

#include "support/fixture_oracle.h"

enum registry_kind {
	REGISTRY_OPEN,
	REGISTRY_LOGIN, /* asks for anna and "secret" (htpasswd) */
	REGISTRY_TLS,	/* shows DIR/server.pem, signed by DIR/ca.pem */
};

struct registry {
	struct arena *a;
	const char *dir;  /* config.yml, data/, log */
	const char *host; /* "127.0.0.1:PORT" */
	unsigned port;
	pid_t pid;
};

/* Starts one; the test is skipped, by name, where the program is not installed. */
void registry_open(struct registry *r, struct arena *a, enum registry_kind kind);

/* One that takes tokens alone, of the server at `realm` whose certificate is in the file
 * `certificate`. */
void registry_open_tokens(struct registry *r, struct arena *a, const char *realm,
			  const char *certificate);

/* Ends it at once (SIGKILL), as a machine that fails; and starts it again with what it has. */
void registry_kill(struct registry *r);
void registry_start(struct registry *r);

/* Ends it and removes its folder. */
void registry_close(struct registry *r);

/* "docker://HOST/NAME" */
const char *registry_ref(const struct registry *r, const char *name);

/* How many lines of its log have this text: requests that were answered. */
size_t registry_logged(const struct registry *r, const char *text);

#endif
