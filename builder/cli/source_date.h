/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SOURCE_DATE_H
#define CLI_SOURCE_DATE_H

#include <stdint.h>

#include "base/error.h"

/* The time of what tells none, as the reproducible-builds convention has it: $SOURCE_DATE_EPOCH,
 * else 0. Seconds since the epoch. ERR_USAGE. */
MUST_CHECK bool source_date(int64_t *out, struct error *e);

#endif
