/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SIZE_H
#define BASE_SIZE_H

/* Sizes for people, and of them. */

#include "base/str.h"

/* "812 bytes", "46.2 kB", "24.8 MB" in `a`: powers of 1000, as container tools show them. */
const char *size_text(struct arena *a, uint64_t bytes);

/* "800", "64K", "512M", "8G", "1T" (powers of 1024, either case): more than 0 and less than 2^63.
 */
bool size_parse(struct str text, uint64_t *out);

/* "25 MB", "1.5GB", "640 kB", "64 MiB", "812 bytes": a number, at most three digits behind its
 * point, and a unit. kB is 1000 bytes, KiB 1024. More than 0 and less than 2^63. */
bool size_parse_unit(struct str text, uint64_t *out);

#endif
