/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_version_rows.h"

#include <criterion/criterion.h>

/* What could be taken for a part of the version before it. */
static const char behind[] = "7.-az";

static void version_expect(version_order_fn *compare, const char *a, const char *b, int want)
{
	AUTO_ARENA scratch = { 0 };

	for (const char *p = behind; *p; p++) {
		const char *x = arena_printf(&scratch, "%s%c", a, *p);
		const char *y = arena_printf(&scratch, "%s%c", b, *p);
		int n = compare((struct str){ x, strlen(a) }, (struct str){ y, strlen(b) });

		cr_expect_eq((n > 0) - (n < 0), want, "\"%s\" and \"%s\", before \"%c\"", a, b, *p);
	}
}

void version_expect_row(version_order_fn *compare, const char *const *row, size_t n)
{
	for (size_t i = 0; i < n && row[i]; i++) {
		for (size_t k = 0; k < n && row[k]; k++)
			version_expect(compare, row[i], row[k], (i > k) - (i < k));
	}
}

void version_expect_same(version_order_fn *compare, const char *const (*pairs)[2], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		version_expect(compare, pairs[i][0], pairs[i][1], 0);
		version_expect(compare, pairs[i][1], pairs[i][0], 0);
	}
}
