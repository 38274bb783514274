/* SPDX-License-Identifier: Apache-2.0 */
/* What verbs that talk to registries have in common. */

#include "cli/registry_options.h"

const char *const registry_tls[] = { [SESSION_TLS_ON - 1] = "true",
				     [SESSION_TLS_OFF - 1] = "false",
				     NULL };

struct session_options registry_session(const struct cli *c, const struct registry_options *o)
{
	return (struct session_options){ .authfile = o->authfile,
					 .token_server = o->token_server,
					 .tls = o->tls,
					 .progress = c->progress,
					 .pool = c->pool };
}

bool registry_settings(struct cli *c, const struct registry_options *o, struct session_options *out,
		       struct error *e)
{
	*out = registry_session(c, o);
	return !c->offline ||
	       err_set(e, ERR_USAGE, "%s needs the network; leave out --offline", c->command->name);
}
