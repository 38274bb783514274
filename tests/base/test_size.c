/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes that people write. */

#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/size.h"

Test(size, a_number_and_a_unit_are_read)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} cases[] = {
		{ "25 MB", 25000000 },	  { "25MB", 25000000 },
		{ "1.5 GB", 1500000000 }, { "0.001 kB", 1 },
		{ "0.25 kB", 250 },	  { "0.05 MB", 50000 },
		{ "640 kB", 640000 },	  { "64 MiB", 64u << 20 },
		{ "1.5 KiB", 1536 },	  { "2 GiB", 2147483648u },
		{ "812 bytes", 812 },	  { "9007199254740 kB", 9007199254740000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t bytes = 0;

		cr_expect(size_parse_unit(str_of(cases[i].text), &bytes), "%s", cases[i].text);
		cr_expect_eq(bytes, cases[i].bytes, "%s: %llu", cases[i].text,
			     (unsigned long long)bytes);
	}
}

Test(size, what_is_no_size_is_refused)
{
	static const char *const cases[] = {
		"",
		"25",
		"MB",
		"25 mb",
		"25 M",
		"0 MB",
		"0.0 MB",
		"-1 MB",
		".5 MB",
		"1. MB",
		"1.2.3 MB",
		"1.2345 MB",
		"1,5 MB",
		"25 MB more",
		"9223372036854775807 GB",
		"9223372036855 MB",
		"0.0001 kB",
		"0.001 bytes",
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t bytes = 0;

		cr_expect(!size_parse_unit(str_of(cases[i]), &bytes), "\"%s\" is %llu", cases[i],
			  (unsigned long long)bytes);
	}
}

Test(size, what_is_shown_is_read_again)
{
	static const uint64_t cases[] = { 1, 999, 1000, 46200, 24800000, 1500000000 };
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t bytes = 0;

		cr_expect(size_parse_unit(str_of(size_text(&a, cases[i])), &bytes));
		cr_expect_eq(bytes, cases[i]);
	}
}
