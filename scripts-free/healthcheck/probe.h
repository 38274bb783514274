/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HEALTHCHECK_PROBE_H
#define HEALTHCHECK_PROBE_H

/* The client behind HEALTHCHECK: one request to the health server of this container. */

#include <stdbool.h>

#include "common/text.h"

#define PROBE_MS 3000 /* for everything */

/* GET `path` from 127.0.0.1:`port`. True if the answer is 200. `answer` gets the body or, if there
 * is none, the cause, without a line feed at the end. */
bool probe_server(unsigned port, const char *path, struct text *answer);

/* The status of an answer that begins with `s`, or 0. Pure. */
int probe_status(const char *s, size_t n);

#endif
