/* SPDX-License-Identifier: Apache-2.0 */
/* Names in archives and images (T1 of the threat list: path traversal). */

#include <criterion/criterion.h>

#include "base/path.h"

Test(path, normal_form)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "./usr//bin/", "usr/bin" }, { "/", "" }, { ".", "" }, { "", "" }, { "./", "" },
		{ "a/./b", "a/b" }, { "///a", "a" }, { "a..b", "a..b" }, { "...", "..." },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error e = { 0 };
		const char *out;

		cr_assert(path_normalise(&a, str_of(cases[i].in), &out, &e), "%s", cases[i].in);
		cr_expect_str_eq(out, cases[i].out);
	}
}

Test(path, T1_traversal_and_malformed_names_are_refused)
{
	AUTO_ARENA a = { 0 };
	char *component = arena_alloc(&a, 300), *whole = arena_alloc(&a, 8192);
	const struct str bad[] = {
		STR(".."), STR("../x"), STR("a/../b"), STR("a/.."), STR("/../x"), STR("./../x"),
		STR("a\0b"), { memset(component, 'c', 256), 256 },
		{ memset(whole, 'w', 8000), 0 },
	};

	for (size_t i = 0; i + 1 < sizeof(bad) / sizeof(bad[0]); i++) {
		struct error e = { 0 };
		const char *out;

		cr_expect(!path_normalise(&a, bad[i], &out, &e), STR_FMT, STR_ARG(bad[i]));
		cr_expect_eq(e.kind, ERR_INPUT);
	}
	for (size_t i = 100; i < 8000; i += 101)
		whole[i] = '/';
	struct error e = { 0 };
	const char *out;
	cr_expect(!path_normalise(&a, (struct str){ whole, 8000 }, &out, &e));
	cr_expect(strstr(e.cause, "4095"), "%s", e.cause);
}

Test(path, dir_and_base)
{
	AUTO_ARENA a = { 0 };

	cr_expect_str_eq(path_dir(&a, "usr/bin/x"), "usr/bin");
	cr_expect_str_eq(path_dir(&a, "x"), "");
	cr_expect_str_eq(path_base("usr/bin/x"), "x");
	cr_expect_str_eq(path_base("x"), "x");
}
