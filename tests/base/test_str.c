/* SPDX-License-Identifier: Apache-2.0 */
/* Slices, escaping, suggestions. */

#include <criterion/criterion.h>

#include "base/buf.h"

Test(str, order_is_by_unsigned_bytes)
{
	cr_expect_lt(str_cmp(STR("a"), STR("b")), 0);
	cr_expect_lt(str_cmp(STR("a"), STR("a\xff")), 0);
	cr_expect_lt(str_cmp(STR("a"), STR("\xc3\xa4")), 0);
	cr_expect_eq(str_cmp(STR("ab"), STR("ab")), 0);
	cr_expect_gt(str_cmp(STR("ab"), STR("a")), 0);
}

Test(str, next_yields_the_parts_between_separators)
{
	struct str rest = STR("a,,b"), one;

	cr_expect(str_next(&rest, ',', &one) && str_eq(one, STR("a")));
	cr_expect(str_next(&rest, ',', &one) && str_eq(one, STR("")));
	cr_expect(str_next(&rest, ',', &one) && str_eq(one, STR("b")));
	cr_expect(!str_next(&rest, ',', &one));
}

Test(str, u64_takes_digits_only_and_no_overflow)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t value;
	} cases[] = {
		{ "0", true, 0 },   { "18446744073709551615", true, UINT64_MAX },
		{ "007", true, 7 }, { "18446744073709551616", false, 0 },
		{ "", false, 0 },   { "-1", false, 0 },
		{ "+1", false, 0 }, { " 1", false, 0 },
		{ "1x", false, 0 }, { "0x1", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t v = 0;

		cr_expect_eq(str_u64(str_of(cases[i].text), &v), cases[i].ok, "%s", cases[i].text);
		if (cases[i].ok)
			cr_expect_eq(v, cases[i].value, "%s", cases[i].text);
	}
}

Test(str, T37_escape_leaves_nothing_that_drives_a_terminal)
{
	static const struct {
		const char *text, *escaped;
	} cases[] = {
		{ "plain\ttext\n", "plain\ttext\n" },
		{ "\x1b]0;title\x07", "\\x1b]0;title\\x07" },
		{ "\r[INFO] forged", "\\x0d[INFO] forged" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "\xe2\x80\xae"
		  "gpj.exe",
		  "\\xe2\\x80\\xaegpj.exe" }, /* U+202E */
		{ "\xc2\x9b"
		  "31m",
		  "\\xc2\\x9b31m" }, /* C1 control CSI */
		{ "\xff\xfe", "\\xff\\xfe" },
		{ "\xc0\xaf", "\\xc0\\xaf" },	       /* overlong */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" }, /* surrogate */
		{ "\x7f", "\\x7f" },
	};
	char out[64];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		str_escape(str_of(cases[i].text), out, sizeof(out));
		cr_expect_str_eq(out, cases[i].escaped);
	}
}

/* GitHub's runner takes "::name" at the beginning of a line, blanks aside, and "##[name]" anywhere
 * in it; Azure's agent "##vso[" and "##[". Names in C++, IPv6 addresses and headings are none of
 * these. */
Test(str, T37_escape_leaves_no_command_to_a_ci_service)
{
	static const struct {
		const char *text, *escaped;
	} cases[] = {
		{ "::error file=x::y", ":\\x3aerror file=x::y" },
		{ "a\n \t::set-output name=a::b", "a\n \t:\\x3aset-output name=a::b" },
		{ "\"::add-mask::x\"", "\":\\x3aadd-mask::x\"" },
		{ "a ##[error]b", "a ##\\x5berror]b" },
		{ "##vso[task.setvariable]x", "##vso\\x5btask.setvariable]x" },
		{ "####[group]", "####\\x5bgroup]" },
		{ "std::vector<int>::begin()::x Net::SSL",
		  "std::vector<int>::begin()::x Net::SSL" },
		{ "[::1]:80 ::1 fe80::1 a :: b", "[::1]:80 ::1 fe80::1 a :: b" },
		{ "## Notes [1] #[x] ##", "## Notes [1] #[x] ##" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char out[128];

		str_escape_log(str_of(cases[i].text), out, sizeof(out));
		cr_expect_str_eq(out, cases[i].escaped);
		str_escape(str_of(cases[i].text), out, sizeof(out));
		cr_expect(!strstr(out, "##[") && !strstr(out, "##vso["), "%s", out);
	}
}

Test(str, escape_never_writes_past_its_room)
{
	for (size_t size = 1; size < 24; size++) {
		char out[32];

		memset(out, '#', sizeof(out));
		str_escape(STR("a\x1b\xc3\xa4"
			       "bcdef\x01"),
			   out, size);
		cr_expect_lt(strlen(out), size);
		cr_expect_eq(out[size], '#');
	}
}

Test(str, nearest_finds_typing_mistakes_only)
{
	static const char *const names[] = { "components", "config", "packages", "providers" };

	cr_expect_str_eq(str_nearest(STR("compnents"), names, 4), "components");
	cr_expect_str_eq(str_nearest(STR("pakcages"), names, 4), "packages");
	cr_expect_str_eq(str_nearest(STR("confgi"), names, 4), "config");
	cr_expect_null(str_nearest(STR("healthcheck"), names, 4));
	cr_expect_null(str_nearest(STR("x"), names, 4));
}

Test(str, distance_counts_a_swap_once)
{
	cr_expect_eq(str_distance(STR("ab"), STR("ba"), 4), 1);
	cr_expect_eq(str_distance(STR("kitten"), STR("sitting"), 5), 3);
	cr_expect_eq(str_distance(STR(""), STR("abc"), 5), 3);
	cr_expect_eq(str_distance(STR("abcdef"), STR("uvwxyz"), 2), 3);
}

Test(buf, keeps_what_it_has_when_it_overflows)
{
	AUTO_ARENA a = { 0 };
	struct buf b = { .a = &a, .max = 8 };

	buf_puts(&b, "12345");
	buf_puts(&b, "6789");
	cr_expect(b.overflow);
	cr_expect_str_eq(buf_cstr(&b), "12345");
	buf_putc(&b, 'x');
	cr_expect_str_eq(buf_cstr(&b), "12345");
}

Test(buf, grows_over_many_additions)
{
	AUTO_ARENA a = { 0 };
	struct buf b = { .a = &a };

	for (int i = 0; i < 10000; i++)
		buf_printf(&b, "%04d", i);
	cr_expect_eq(b.n, 40000u);
	cr_expect(strncmp(b.p + 4 * 9999, "9999", 5) == 0);
}
