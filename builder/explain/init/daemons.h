/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_DAEMONS_H
#define EXPLAIN_INIT_DAEMONS_H

/* What unit files do not tell of well-known daemons: which options keep them in the foreground,
 * have them listen where a container can be reached, log where its engine looks, and do without
 * root. From their manuals, each tried under podman with Debian 13's default configuration. */

#include "explain/init/daemons_table.h"

/* By the program's path, else by the unit's name without ".service"; NULL: not known. */
const struct daemon *daemon_find(const char *program, const char *unit);

#endif
