/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CMD_AUDIT_H
#define CLI_CMD_AUDIT_H

/* The verbs around the audit, for the table in commands.c. */

#include "cli/cli.h"

bool cmd_audit(struct cli *c, struct error *e);
bool cmd_explain(struct cli *c, struct error *e);
bool cmd_diff(struct cli *c, struct error *e);
bool cmd_sbom(struct cli *c, struct error *e);
bool cmd_graph(struct cli *c, struct error *e);
bool cmd_verify(struct cli *c, struct error *e);
bool cmd_test(struct cli *c, struct error *e);

#endif
