/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_REGISTRY_OPTIONS_H
#define CLI_REGISTRY_OPTIONS_H

/* The verbs that talk to registries, and the options that they share. */

#include "cli/cli.h"
#include "transfer/registry/session.h"

bool cmd_push(struct cli *c, struct error *e);
bool cmd_pull(struct cli *c, struct error *e);

/* The value of --tls-verify: NULL (not given), "true" or "false". And no network, no registry. ERR_USAGE. */
MUST_CHECK bool registry_settings(struct cli *c, const char *tls_verify, struct session_options *out,
				  struct error *e);

#endif
