/* SPDX-License-Identifier: Apache-2.0 */
/* Which order the packages of an ecosystem have; the orders are tested in tests/format. */

#include <criterion/criterion.h>

#include "inspect/vuln/version_order.h"

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
}

/* Each order says something else of one of these pairs than the others do. */
Test(version_order, the_order_decides)
{
	static const struct {
		enum version_order order;
		const char *earlier, *later;
	} pairs[] = {
		{ VERSION_DEBIAN, "1.0~rc1", "1.0" },	{ VERSION_DEBIAN, "1.0", "1.0rc1" },
		{ VERSION_SEMVER, "1.0.0-x", "1.0.0" }, { VERSION_SEMVER, "1.0.0-1", "1.0.0" },
		{ VERSION_PYPI, "1.0rc1", "1.0" },	{ VERSION_PYPI, "1.0", "1.0-1" },
		{ VERSION_MAVEN, "1.0", "1.0-x" },	{ VERSION_MAVEN, "1.0-rc1", "1.0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		struct str a = str_of(pairs[i].earlier), b = str_of(pairs[i].later);

		cr_expect(version_compare(pairs[i].order, a, b) < 0, "%s", pairs[i].earlier);
		cr_expect(version_compare(pairs[i].order, b, a) > 0, "%s", pairs[i].earlier);
	}
}
