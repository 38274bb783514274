/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_VERSION_ROWS_H
#define SUPPORT_FIXTURE_VERSION_ROWS_H

/* What is expected of the order of versions. Versions are cut from longer texts: what stands behind
 * one is no part of it. */

#include "base/str.h"

/* Negative, zero or positive as the first is earlier, equal or later. */
typedef int version_order_fn(struct str a, struct str b);

/* Each entry of a row is earlier than those behind it; a row may end with NULL. */
void version_expect_row(version_order_fn *compare, const char *const *row, size_t n);

void version_expect_same(version_order_fn *compare, const char *const (*pairs)[2], size_t n);

#endif
