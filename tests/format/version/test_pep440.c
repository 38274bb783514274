/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of PEP 440, and what the packaging library of pip says of other pairs. */

#include "format/version/pep440.h"

#include <criterion/criterion.h>

#include "support/fixture_version_rows.h"

Test(pep440, versions_are_ordered_as_pep_440_says)
{
	static const char *const rows[][16] = {
		{ "1.dev0", "1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12",
		  "1.0b1.dev456", "1.0b2", "1.0b2.post345.dev456", "1.0b2.post345", "1.0rc1.dev456",
		  "1.0rc1", "1.0", "1.0.post456.dev34", "1.0.post456", "1.1.dev1" },
		{ "not a version", "2.0", "2.0+abc", "2.0+abc.1", "2.0+ubuntu", "2.0+1", "2.0+1.1",
		  "2.0+2", "2.0.1", "1!0.1", "2!0" },
		{ "9.0x", "1.0" },
		{ "1.1", "1.8", "1.9", "1.9.9", "1.10", "1.99" },
		{ "2.0+a", "2.0+a1", "2.0+ab", "2.0+b", "2.0+z", "2.0+9", "2.0+10" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		version_expect_row(pep440_compare, rows[i], ARRAY_SIZE(rows[i]));
}

Test(pep440, spellings_that_are_normalized_are_the_same)
{
	static const char *const same[][2] = {
		{ "1.0", "1" },
		{ "1.0RC1", "1-c_1" },
		{ "v1.0", " 1.0.0 " },
		{ "1.0-1", "1.0.post1" },
		{ "1.0.rev3", "1.0-r3" },
		{ "1.0alpha", "1.0a0" },
		{ "1.0.dev", "1.0dev0" },
		{ "1.0+ABC-1", "1+abc.1" },
		{ "01.0", "0!1.0" },
		{ "1.0pre2", "1.0.preview-2" },
		{ "V1.0", "1" },
		{ "1.0_beta.3", "1.0b3" },
		{ "1.0-rc-1", "1.0rc1" },
		{ "1.0post", "1.0.post0" },
		{ "1.0-dev_4", "1.0dev4" },
		{ "1.0+a_1", "1.0+A-1" },
		{ "1.0r", "1.0-0" },
		{ "1.0c", "1.0rc0" },
	};

	version_expect_same(pep440_compare, same, ARRAY_SIZE(same));
	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		cr_expect(pep440_valid(str_of(same[i][1])), "\"%s\"", same[i][1]);
}

Test(pep440, what_is_no_version)
{
	static const char *const none[] = {
		"",	    "v",      "a1",	"1.",	   "1..0",	     "1.0+",
		"1.0+a..b", "1.0+a.", "!1",	"a!1",	   "1.0x",	     "1.0 1",
		"1.0+ä",    "1.0+",   "1.0+.a", "1.0-",	   "1.a1x",	     "1!",
		"1a!1",	    "1!2!3",  "vv1",	"1.0+a b", "1.0+/",	     "1.0+:",
		"1.0+@",    "1.0+[",  "1.0+`",	"1.0+{",   "1.0.dev1.post1", "1.0.post1a1",
	};

	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		cr_expect_not(pep440_valid(str_of(none[i])), "\"%s\"", none[i]);
	cr_expect(pep440_valid(STR("1.0+09azAZ")));
	/* by their bytes */
	cr_expect(pep440_compare(STR("1.0x"), STR("1.0y")) < 0);
	cr_expect(pep440_compare(STR("b"), STR("a")) > 0);
}
