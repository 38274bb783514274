/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes for people. */

#include "base/size.h"

#include "base/arena.h"

const char *size_text(struct arena *a, uint64_t bytes)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB" };
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 1000 && unit + 1 < ARRAY_SIZE(units)) {
		value /= 1000;
		unit++;
	}
	return arena_printf(a, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}
