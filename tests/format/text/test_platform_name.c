/* SPDX-License-Identifier: Apache-2.0 */
/* Names of platforms against what images tell; the least variants are those of containerd's
 * platforms.Normalize. */

#include <criterion/criterion.h>

#include "format/text/platform_name.h"

Test(platform_name, the_least_variant_is_no_variant)
{
	static const struct {
		const char *asked, *architecture, *variant;
		bool fits;
	} cases[] = {
		{ "linux/amd64", "amd64", NULL, true },
		{ "amd64", "amd64", "v1", true },
		{ "linux/amd64/v1", "amd64", NULL, true },
		{ "linux/amd64/v1", "amd64", "v1", true },
		{ "linux/amd64/v2", "amd64", NULL, false },
		{ "linux/amd64/v1", "amd64", "v3", false },
		{ "linux/arm64/v8", "arm64", NULL, true },
		{ "linux/arm64", "arm64", "v8", true },
		{ "linux/arm", "arm", "v6", true },
		{ "linux/arm/v7", "arm", NULL, true },
		{ "linux/arm/v6", "arm", "v7", false },
		{ "linux/arm/v6", "arm", "v6", true },
		{ "windows/amd64", "amd64", NULL, false },
		{ "linux/arm64", "arm", NULL, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_eq(platform_name_fits(str_of(cases[i].asked), "linux",
						cases[i].architecture, cases[i].variant),
			     cases[i].fits, "%zu", i);
}

Test(platform_name, the_variant_is_shown)
{
	AUTO_ARENA a = { 0 };

	cr_expect_str_eq(platform_name(&a, "linux", "arm", "v7"), "linux/arm/v7");
	cr_expect_str_eq(platform_name(&a, "linux", "amd64", NULL), "linux/amd64");
}
