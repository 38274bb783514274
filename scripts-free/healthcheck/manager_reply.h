/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HEALTHCHECK_MANAGER_REPLY_H
#define HEALTHCHECK_MANAGER_REPLY_H

/* The answer of Squid's manager: its HTTP framing, and the lines `name = value` of the page
 * "counters". Pure. */

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"

/* Splits a whole answer in place: returns its status (0 if it is not HTTP) and leaves in `s` the
 * body alone, NUL-terminated, chunks joined. `s` has room for n + 1 bytes. */
int manager_reply_open(char *s, size_t n);

/* Appends the counters of `body` as Prometheus samples with HELP and TYPE. Returns how many. */
unsigned manager_reply_samples(const char *body, struct text *out);

#endif
