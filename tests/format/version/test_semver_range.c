/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges of npm: what node-semver 7.6.1 (of Debian 13) and 7.8.5 (of npm 11) say, both with
 * includePrerelease. */

#include "format/version/semver_range.h"

#include <criterion/criterion.h>

Test(semver_range, has_what_npm_says)
{
	static const char *const versions[] = { "18.20.4", "20.19.2", "22.0.0" };
	static const struct {
		const char *range, *has; /* of each version: y or n */
	} cases[] = {
		{ ">=20", "nyy" },
		{ ">= 0.10.0", "yyy" },
		{ "*", "yyy" },
		{ "", "yyy" },
		{ "x", "yyy" },
		{ " 20 ", "nyn" },
		{ "20.19", "nyn" },
		{ "v20.19.2", "nyn" },
		{ "=20.19.2", "nyn" },
		{ "20.19.3", "nnn" },
		{ ">=6.9.0", "yyy" },
		{ "^18.17.0 || ^20.3.0 || >=21.0.0", "yyy" },
		{ "14 || 16 || 18", "ynn" },
		{ "14||16||20", "nyn" },
		{ ">=v12 <21", "yyn" },
		{ ">=10 <20", "ynn" },
		{ "^20.19.0 || ^22.13.0 || >=24", "nyn" },
		{ ">=0.6.0 <=20.99.99", "yyn" },
		{ "18 - 20", "yyn" },
		{ "18.0 - 20.19", "yyn" },
		{ "20.0.0-rc.1 - 21", "nyn" },
		{ "~20.19", "nyn" },
		{ "~20.18", "nnn" },
		{ "~> 20", "nyn" },
		{ "^20.20", "nnn" },
		{ "^0.20", "nnn" },
		{ ">20", "nny" },
		{ ">20.18", "nyy" },
		{ "<=20", "yyn" },
		{ "<=20.18", "ynn" },
		{ "<20", "ynn" },
		{ ">=21.0.0-0", "nny" },
		{ ">= 20.x", "nyy" },
		{ "20.*.*", "nyn" },
		{ ">x", "nnn" },
		{ ">= 16\t<= 20", "yyn" },
		{ "latest", "nnn" },
		{ "node >= 1", "nnn" },
		{ "!=1", "nnn" },
		{ ">=10,<20", "nnn" },
		{ ">=010", "nnn" },
		{ ">= 20 foo || *", "nnn" },
		{ "20.19.2 -", "nnn" },
		{ "==20.19.2", "nnn" },
		{ ">==20.1", "nyy" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(versions); k++)
			cr_expect_eq(semver_range_has(str_of(cases[i].range), str_of(versions[k])),
				     cases[i].has[k] == 'y', "\"%s\" and %s", cases[i].range,
				     versions[k]);
	}
}

Test(semver_range, of_early_versions_and_pre_releases)
{
	static const struct {
		const char *range, *version;
		bool has;
	} cases[] = {
		{ "^0.2.3", "0.2.9", true },
		{ "^0.2.3", "0.3.0", false },
		{ "^0.0.3", "0.0.3", true },
		{ "^0.0.3", "0.0.4", false },
		{ "^0.0", "0.0.9", true },
		{ "^0.0", "0.1.0", false },
		{ "^0", "0.9.0", true },
		{ "^0", "1.0.0", false },
		{ "~0", "0.9.0", true },
		{ "~1.2.3", "1.2.9", true },
		{ "~1.2.3", "1.3.0", false },
		{ "^1.2.3", "1.2.3-rc.1", false },
		{ "^1.2", "1.2.0-rc.1", true },
		{ "^1.2.3-rc.1", "1.2.3-rc.0", false },
		{ "^1.2.3-rc.1", "1.2.3-rc.10", true },
		{ "^1.2.3", "2.0.0-rc.1", false },
		{ "1.2 - 2", "1.2.0-0", true },
		{ "1.2.3 - 2.3.4-rc.2", "2.3.4-rc.3", false },
		{ ">=1.2.3-rc.1", "1.2.3", true },
		{ "1.2.3-rc.1", "1.2.3-rc.1", true },
		{ "1.2.3-01", "1.2.3-1", false },
		{ ">=1.2.3+build", "1.2.3", true },
		{ "v1.2.3", "v1.2.3", true },
		{ "9007199254740992", "9007199254740992.0.0", false },
		{ ">=0.0.0", "0.0.0", true },
		{ "<1", "1.0.0-rc.1", false },
		{ ">1", "1.9.9", false },
		{ "1.2.3-", "1.2.3", false },
		{ "1.2.3-a..b", "1.2.3", false },
		{ "1.2.3.4", "1.2.3", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_eq(semver_range_has(str_of(cases[i].range), str_of(cases[i].version)),
			     cases[i].has, "\"%s\" and %s", cases[i].range, cases[i].version);
}
