/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of the specification, and what node-semver 7 says of other pairs. */

#include "format/version/semver.h"

#include <criterion/criterion.h>

#include "support/fixture_version_rows.h"

Test(semver, versions_are_ordered_as_the_specification_says)
{
	static const char *const rows[][12] = {
		{ "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
		  "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "2.0.0", "2.1.0", "2.1.1" },
		{ "1.2.3-0", "1.2.3-1", "1.2.3-10", "1.2.3--", "1.2.3-10-x", "1.2.3-a-b",
		  "1.2.3-ab" },
		{ "0.9.9", "0.9.10", "0.10.0", "9.0.0", "10.0.0", "18446744073709551617.0.0" },
		{ "v1.20", "1.20.1", "v1.21-rc1", "1.21" },
	};
	static const char *const same[][2] = { { "1.0.0+linux", "1.0.0+darwin" },
					       { "v2.0.0+incompatible", "2.0.0" },
					       { "1.20", "1.20.0" },
					       { "1.0.0-a+b-c", "1.0.0-a+d" } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		version_expect_row(semver_compare, rows[i], ARRAY_SIZE(rows[i]));
	version_expect_same(semver_compare, same, ARRAY_SIZE(same));
}
