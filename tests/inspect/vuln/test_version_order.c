/* SPDX-License-Identifier: Apache-2.0 */
/* The orders of the ecosystems: the lists of their specifications, and what node-semver 7,
 * python3-packaging and Maven's ComparableVersion say of other pairs. */

#include <criterion/criterion.h>

#include "format/version/pep440.h"
#include "inspect/vuln/version_order.h"

static int version_sign_of(enum version_order order, const char *a, const char *b)
{
	int n = version_compare(order, str_of(a), str_of(b));

	return (n > 0) - (n < 0);
}

/* Each entry of a row is earlier than those behind it. */
static void expect_row(enum version_order order, const char *const *row, size_t n)
{
	for (size_t i = 0; i < n && row[i]; i++) {
		for (size_t k = 0; k < n && row[k]; k++) {
			int want = (i > k) - (i < k);

			cr_expect_eq(version_sign_of(order, row[i], row[k]), want, "%s and %s",
				     row[i], row[k]);
		}
	}
}

static void expect_same(enum version_order order, const char *const (*pairs)[2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		cr_expect_eq(version_sign_of(order, pairs[i][0], pairs[i][1]), 0, "%s and %s",
			     pairs[i][0], pairs[i][1]);
}

Test(version_order, semantic_versions_are_ordered_as_their_specification_says)
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
					       { "1.20", "1.20.0" } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_row(VERSION_SEMVER, rows[i], ARRAY_SIZE(rows[i]));
	expect_same(VERSION_SEMVER, same, ARRAY_SIZE(same));
}

Test(version_order, versions_of_python_are_ordered_as_pep_440_says)
{
	static const char *const rows[][16] = {
		{ "1.dev0", "1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12",
		  "1.0b1.dev456", "1.0b2", "1.0b2.post345.dev456", "1.0b2.post345", "1.0rc1.dev456",
		  "1.0rc1", "1.0", "1.0.post456.dev34", "1.0.post456", "1.1.dev1" },
		{ "not a version", "2.0", "2.0+abc", "2.0+abc.1", "2.0+ubuntu", "2.0+1", "2.0+1.1",
		  "2.0+2", "2.0.1", "1!0.1", "2!0" },
	};
	static const char *const same[][2] = {
		{ "1.0", "1" },		  { "1.0RC1", "1-c_1" },
		{ "v1.0", " 1.0.0 " },	  { "1.0-1", "1.0.post1" },
		{ "1.0.rev3", "1.0-r3" }, { "1.0alpha", "1.0a0" },
		{ "1.0.dev", "1.0dev0" }, { "1.0+ABC-1", "1+abc.1" },
		{ "01.0", "0!1.0" },	  { "1.0pre2", "1.0.preview-2" },
	};
	static const char *const none[] = { "",	    "v",	"a1",	  "1.", "1..0",
					    "1.0+", "1.0+a..b", "1.0+a.", "!1", "a!1",
					    "1.0x", "1.0 1",	"1.0+ä" };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_row(VERSION_PYPI, rows[i], ARRAY_SIZE(rows[i]));
	expect_same(VERSION_PYPI, same, ARRAY_SIZE(same));
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		cr_expect_not(pep440_valid(str_of(none[i])), "\"%s\"", none[i]);
	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		cr_expect(pep440_valid(str_of(same[i][1])), "\"%s\"", same[i][1]);
}

Test(version_order, versions_of_maven_are_ordered_as_its_specification_says)
{
	static const char *const rows[][12] = {
		{ "1-alpha", "1-beta-1", "1-m2", "1-rc1", "1-cr2", "1-SNAPSHOT", "1", "1-sp",
		  "1-foo", "1-1", "1.1" },
		{ "1.0.0.RC1", "1.0.0-RC2", "1", "1-20200101", "1.0.1", "1.1-foo", "1.2", "1.10" },
		{ "31-android", "31.0.1-android", "31.0.1-jre", "32.1.2-jre", "33" },
	};
	static const char *const same[][2] = {
		{ "1", "1.0.0" },	  { "1-ga", "1.final" },  { "1.0.0-foo.0.0", "1-foo" },
		{ "1.0.0-0.0.0", "1" },	  { "1a1", "1-alpha-1" }, { "1.x", "1-X" },
		{ "1-b2", "1.0-beta-2" }, { "1.RELEASE", "1.0" }, { "1.01", "1.1" },
		{ "1..2", "1.0.2" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_row(VERSION_MAVEN, rows[i], ARRAY_SIZE(rows[i]));
	expect_same(VERSION_MAVEN, same, ARRAY_SIZE(same));
}

Test(version_order, each_type_of_package_has_its_order)
{
	static const struct {
		const char *type;
		enum version_order order;
	} types[] = {
		{ "npm", VERSION_SEMVER },   { "golang", VERSION_SEMVER },
		{ "cargo", VERSION_SEMVER }, { "pypi", VERSION_PYPI },
		{ "maven", VERSION_MAVEN },  { "deb", VERSION_DEBIAN },
		{ NULL, VERSION_DEBIAN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		cr_expect_eq(version_order_of(types[i].type), types[i].order);
	cr_expect_eq(version_sign_of(VERSION_DEBIAN, "1.0~rc1", "1.0"), -1);
}
