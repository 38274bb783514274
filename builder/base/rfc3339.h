/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_RFC3339_H
#define BASE_RFC3339_H

/* Points in time as JSON documents write them (RFC 3339): "2026-01-31T12:00:00Z". */

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define RFC3339_SIZE 21		 /* with the final NUL */
#define RFC3339_MAX 253402300799 /* the last second of the year 9999 */

/* Seconds since the epoch; an offset in place of Z is taken into account. false for what is no
 * time, and for times before 1970. */
MUST_CHECK bool rfc3339_parse(const char *text, int64_t *out);

/* To the second, in UTC; the epoch for what such a text cannot hold. */
void rfc3339_format(int64_t seconds, char out[static RFC3339_SIZE]);

#endif
