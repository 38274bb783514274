/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of Maven's "Version Order Specification", and what its ComparableVersion says of other
 * pairs. */

#include "format/version/maven_version.h"

#include <criterion/criterion.h>

#include "support/fixture_version_rows.h"

Test(maven_version, versions_are_ordered_as_the_specification_says)
{
	static const char *const rows[][12] = {
		{ "1-alpha", "1-beta-1", "1-m2", "1-rc1", "1-cr2", "1-SNAPSHOT", "1", "1-sp",
		  "1-foo", "1-1", "1.1" },
		{ "1.0.0.RC1", "1.0.0-RC2", "1", "1-20200101", "1.0.1", "1.1-foo", "1.2", "1.10" },
		{ "31-android", "31.0.1-android", "31.0.1-jre", "32.1.2-jre", "33" },
		{ "1-alpha-1", "1-a2", "1-alpha-10", "1-b1", "1-beta-2", "1-milestone-1", "1-m3",
		  "1-cr1", "1-rc2" },
		{ "1", "1-a", "1-ab", "1-abc", "1-b", "1-m", "1-1", "1-2", "1-10", "1.0.1" },
	};
	static const char *const same[][2] = {
		{ "1", "1.0.0" },	  { "1-ga", "1.final" },       { "1.0.0-foo.0.0", "1-foo" },
		{ "1.0.0-0.0.0", "1" },	  { "1a1", "1-alpha-1" },      { "1.x", "1-X" },
		{ "1-b2", "1.0-beta-2" }, { "1.RELEASE", "1.0" },      { "1.01", "1.1" },
		{ "1..2", "1.0.2" },	  { "1-m1", "1-milestone-1" }, { "1-rc1", "1-CR1" },
		{ "1.0-1", "1-1" },	  { "1-foo.0", "1-foo" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		version_expect_row(maven_version_compare, rows[i], ARRAY_SIZE(rows[i]));
	version_expect_same(maven_version_compare, same, ARRAY_SIZE(same));
}
