/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CMD_STORE_H
#define CLI_CMD_STORE_H

/* The verbs that look after the store. */

#include "cli/cli.h"

/* imgbuild gc [--keep 30d] [--max-size 5G] [--dry-run] */
bool cmd_gc(struct cli *c, struct error *e);

/* imgbuild store verify */
bool cmd_store(struct cli *c, struct error *e);

#endif
