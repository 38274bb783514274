/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SIZE_H
#define BASE_SIZE_H

/* Sizes for people. */

#include "base/str.h"

/* "812 bytes", "46.2 kB", "24.8 MB" in `a`: powers of 1000, as container tools show them. */
const char *size_text(struct arena *a, uint64_t bytes);

#endif
