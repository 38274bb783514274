/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_REGISTRY_OPTIONS_H
#define CLI_REGISTRY_OPTIONS_H

/* The options that the verbs share that talk to registries. */

#include "cli/cli.h"
#include "transfer/registry/session.h"

struct registry_options {
	const char *authfile, *token_server;
	enum session_tls tls; /* in the order of `registry_tls` */
};

extern const char *const registry_tls[];

/* The rows; `member` of `type` is the struct registry_options. */
#define REGISTRY_ROWS(type, member)                                                   \
	{ "--authfile",                                                               \
	  0,                                                                          \
	  "FILE",                                                                     \
	  "credentials, as podman login and docker login write them",                 \
	  OPTION_IS_TEXT(type, member.authfile),                                      \
	  .word = WORD_FILE,                                                          \
	  .otherwise = "$REGISTRY_AUTH_FILE, else podman's and docker's own files" }, \
		{ "--token-server", 0, "HOST",                                        \
		  "a token server of the registry that is another host than it",      \
		  OPTION_IS_TEXT(type, member.token_server) },                        \
		{ "--tls-verify",                                                     \
		  0,                                                                  \
		  "WHETHER",                                                          \
		  "https, or clear-text http without credentials",                    \
		  OPTION_IS_CHOICE(type, member.tls, registry_tls),                   \
		  .otherwise =                                                        \
			  "true, but for registries on this machine: localhost, 127.0.0.1, [::1]" }

/* What they mean. */
struct session_options registry_session(const struct cli *c, const struct registry_options *o);

/* The same for a verb that does nothing else but talk to a registry. Without network there is no
 * registry: ERR_USAGE. */
MUST_CHECK bool registry_settings(struct cli *c, const struct registry_options *o,
				  struct session_options *out, struct error *e);

#endif
