/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_CONF_READ_H
#define COMMON_CONF_READ_H

/* Reads a squid.conf with everything it includes, and collects the facts. */

#include <stdbool.h>

#include "common/conf_facts.h"

#define CONF_DEPTH 16           /* includes inside includes; Squid's own limit */
#define CONF_FILES 512          /* files in all: an include loop ends here */

/* Fills `f` from `path` and the files it includes (patterns in the last part of a name are
 * followed in name order). Included files that cannot be read are passed over: Squid's own
 * parse names them. False, errno set, if `path` itself cannot be read. */
bool conf_read(const char *path, struct conf_facts *f);

#endif
