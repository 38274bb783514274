/* SPDX-License-Identifier: Apache-2.0 */
/* Times as RFC 3339 writes them. */

#include <criterion/criterion.h>

#include "base/rfc3339.h"
#include "base/str.h"

Test(rfc3339, times_are_those_of_rfc_3339)
{
	static const struct {
		const char *text;
		bool is;
		int64_t when;
	} cases[] = {
		{ "1970-01-01T00:00:01Z", true, 1 },
		{ "2026-01-01T00:00:00.123456Z", true, 1767225600 },
		{ "2026-01-01T02:00:00+02:00", true, 1767225600 },
		{ "2025-12-31T23:30:00-00:30", true, 1767225600 },
		{ "2026-01-01", false, 0 },
		{ "2026-01-01T00:00:00", false, 0 },
		{ "2026-01-01T00:00:00+1", false, 0 },
		{ "2026-13-01T00:00:00Z", false, 0 },
		{ "now", false, 0 },
		{ "", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t when = 0;

		cr_expect(rfc3339_parse(cases[i].text, &when) == cases[i].is, "%s", cases[i].text);
		cr_expect(!cases[i].is || when == cases[i].when, "%s: %lld", cases[i].text,
			  (long long)when);
	}
}
