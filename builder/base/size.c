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

/* What one of a unit has, or 0: there is none of that name. */
static uint64_t size_of_unit(struct str unit)
{
	static const struct {
		const char *name;
		uint64_t bytes;
	} units[] = {
		{ "bytes", 1 },	       { "kB", 1000 },
		{ "MB", 1000 * 1000 }, { "GB", 1000 * 1000 * 1000 },
		{ "KiB", 1 << 10 },    { "MiB", 1 << 20 },
		{ "GiB", 1 << 30 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (str_eq(unit, str_of(units[i].name)))
			return units[i].bytes;
	}
	return 0;
}

bool size_parse_unit(struct str text, uint64_t *out)
{
	struct str number = { text.p, 0 }, whole, part;
	uint64_t thousandths = 0, digits = 0, unit;
	bool ok;

	while (number.n < text.n && strchr("0123456789.", text.p[number.n]))
		number.n++;
	unit = size_of_unit(str_trim(str_from(text, number.n)));
	ok = str_cut(number, '.', &whole, &part) ? part.n <= 3 && str_u64(part, &digits)
						 : (whole = number, true);
	for (size_t i = part.n; ok && i < 3 && digits; i++)
		digits *= 10;
	ok = ok && unit && str_u64(whole, &thousandths) && thousandths <= INT64_MAX / 1000;
	thousandths = ok ? thousandths * 1000 + digits : 0;
	*out = thousandths / 1000 * unit;
	return ok && thousandths / 1000 <= INT64_MAX / unit &&
	       !__builtin_add_overflow(*out, thousandths % 1000 * unit / 1000, out) && *out &&
	       *out <= INT64_MAX;
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
