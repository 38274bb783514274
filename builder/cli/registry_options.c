/* SPDX-License-Identifier: Apache-2.0 */
/* What push and pull have in common. */

#include "cli/registry_options.h"

bool registry_settings(struct cli *c, const char *tls_verify, struct session_options *out, struct error *e)
{
	static const char *const choices[] = { "true", "false" };
	int choice = tls_verify ? cli_choice("--tls-verify", tls_verify, choices, 2, e) : 0;

	if (choice < 0)
		return false;
	if (tls_verify)
		out->tls = choice ? SESSION_TLS_OFF : SESSION_TLS_ON;
	out->progress = c->progress;
	return !c->offline || err_set(e, ERR_USAGE, "%s needs the network; leave out --offline", c->argv[0]);
}
