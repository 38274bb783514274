/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions mean what they mean to Go's regexp, for which the tests of others were written. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/text/regex.h"

Test(regex, means_what_go_means)
{
	static const struct {
		const char *pattern, *text;
		int found;
	} cases[] = {
		{ "b", "abc", 1 },
		{ "^b", "abc", 0 },
		{ "c$", "abc", 1 },
		{ "c$", "abc\n", 0 }, /* $ is the very end, unlike in Perl */
		{ "(?m)c$", "abc\nd", 1 },
		{ "a.c", "a\nc", 0 },
		{ "(?s)a.c", "a\nc", 1 },
		{ "(?i)ABC", "abc", 1 },
		{ "\\d+", "x12", 1 },
		{ "\\d", "\xd9\xa3", 0 },
		{ "(?P<year>\\d{4})-\\d\\d", "2026-11", 1 },
		{ "[[:alpha:]]+\\z", "abc", 1 },
		{ "\\pL", "\xc3\xa4", 1 },
		{ "^.$", "\xc3\xa4", 1 },
		{ "a+?b", "aab", 1 },
		{ "\\Qa.b\\E", "axb", 0 },
		{ "x|", "", 1 },
		{ "\xff", "\xff", -2 },
		{ "a",
		  "\xff"
		  "a",
		  1 },
		{ "\\bsquid\\b", "a squid.", 1 },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *why = "";
		const struct regex *r = regex_compile(&a, cases[i].pattern, &why);

		cr_expect((r != NULL) == (cases[i].found != -2), "%s: %s", cases[i].pattern, why);
		if (r)
			cr_expect_eq(regex_search(r, str_of(cases[i].text)), cases[i].found,
				     "%s in %s", cases[i].pattern, cases[i].text);
	}
}

Test(regex, malformed_ones_say_where)
{
	AUTO_ARENA a = { 0 };
	const char *why;

	cr_expect_null(regex_compile(&a, "ab(c", &why));
	cr_expect_str_eq(why, "missing closing parenthesis, at byte 4");
	cr_expect_null(regex_compile(&a, "*a", &why));
	cr_expect(strstr(why, "quantifier does not follow a repeatable item"), "%s", why);
}

Test(regex, one_that_would_never_end_gives_up)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	const char *why;
	const struct regex *r = regex_compile(&a, "^(a|aa|a?)+$", &why);

	for (int i = 0; i < 5000; i++)
		buf_putc(&text, 'a');
	buf_putc(&text, 'b');
	cr_assert(r);
	cr_expect_eq(regex_search(r, buf_str(&text)), -1);
}
