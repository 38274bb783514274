/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes for people, and of them. */

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

bool size_parse(struct str text, uint64_t *out)
{
	static const char units[] = "KMGT";
	const char *unit = text.n ? strchr(units, text.p[text.n - 1] & ~0x20) : NULL;
	uint64_t factor = 1;

	if (unit && *unit) {
		factor <<= 10 * (unit - units + 1);
		text.n--;
	}
	return str_u64(text, out) && *out && !__builtin_mul_overflow(*out, factor, out) &&
	       *out <= INT64_MAX;
}
