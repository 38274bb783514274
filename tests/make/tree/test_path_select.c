/* SPDX-License-Identifier: Apache-2.0 */
/* Globs and the selection of files. */

#include <criterion/criterion.h>

#include "make/tree/path_select.h"

Test(unpack, select_globs_match_as_the_header_says)
{
	static const struct {
		const char *pattern, *path;
		bool matches;
	} cases[] = {
		{ "/usr/bin/x", "usr/bin/x", true },
		{ "usr/bin/x", "usr/bin/x", true },
		{ "/usr/bin/x", "usr/bin/xy", false },
		{ "/usr/bin/x", "usr/bin", false },
		{ "/usr/bin", "usr/bin/x", false },
		{ "/usr/*/x", "usr/bin/x", true },
		{ "/usr/*/x", "usr/bin/y/x", false },
		{ "/usr/*", "usr/bin/x", false },
		{ "/usr/lib*", "usr/lib64", true },
		{ "/usr/lib*", "usr/lib", true },
		{ "*.so", "x.so", true },
		{ "*.so", "usr/x.so", false },
		{ "/**/*.so", "x.so", true },
		{ "/**/*.so", "usr/lib/x.so", true },
		{ "**/*.so.*", "usr/lib/libx.so.1.2", true },
		{ "/usr/**", "usr", true },
		{ "/usr/**", "usr/a/b/c", true },
		{ "/usr/**", "us", false },
		{ "/usr/**/doc/*", "usr/share/doc/x", true },
		{ "/usr/**/doc/*", "usr/doc/x", true },
		{ "/usr/**/doc/*", "usr/share/doc", false },
		{ "/a/**/b/**/c", "a/b/x/b/y/c", true },
		{ "/a/**/b/**/c", "a/x/c/b", false },
		{ "/usr/share/man/", "usr/share/man", true },
		{ "/usr/share/man/", "usr/share/man/man1/x.1", true },
		{ "/usr/share/man/", "usr/share/manual", false },
		{ "/usr/*/", "usr/lib/x/y", true },
		{ "/", "usr", true },
		{ "**", "anything/at/all", true },
		{ "/usr/bin/?", "usr/bin/x", true },
		{ "/usr/bin/?", "usr/bin/xy", false },
		{ "/usr/bin/?", "usr/bin", false },
		{ "/usr?bin", "usr/bin", false },
		{ "/usr/bin/[a-c]x", "usr/bin/bx", true },
		{ "/usr/bin/[a-c]x", "usr/bin/dx", false },
		{ "/usr/bin/[!a-c]x", "usr/bin/dx", true },
		{ "/usr/bin/[!a-c]x", "usr/bin/ax", false },
		{ "/usr/bin/[]]", "usr/bin/]", true },
		{ "/usr/bin/[a-]", "usr/bin/-", true },
		{ "/usr/bin/[", "usr/bin/[", true },
		{ "/usr/bin/[x", "usr/bin/[x", true },
		{ "/usr[/]bin", "usr/bin", false },
		{ "/a*b*c", "aXbXbXc", true },
		{ "/a*b*c", "aXbXbX", false },
		{ "/.*", "usr", false },
		{ "/x.y", "xzy", false },
		{ "/\xc3\xa9*", "\xc3\xa9t\xc3\xa9", true },
		{ "/[\xc0-\xff]", "\xe9", true },
		{ "", "usr", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_eq(glob_match(cases[i].pattern, cases[i].path), cases[i].matches,
			     "%s on %s", cases[i].pattern, cases[i].path);
}

/* With one step back per star this is quick; with a tree of choices it would not end. */
Test(unpack, select_globs_with_many_stars_end)
{
	char path[4096];

	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	cr_expect_not(glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*a*b", path));
	for (size_t i = 1; i < sizeof(path) - 1; i += 2)
		path[i] = '/';
	cr_expect_not(glob_match("**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/b", path));
}

Test(unpack, select_keeps_all_without_patterns_and_drop_wins)
{
	struct glob kept[] = { { .text = "/usr/**" },
			       { .text = "/etc/none" },
			       { .text = "/usr/bin/*" } };
	struct glob dropped[] = { { .text = "**/*.sh" }, { .text = "/usr/doc/" } };
	struct globs keep = { kept, 3, 3 }, drop = { dropped, 2, 2 };
	bool keeping[3] = { false }, dropping[2] = { false };
	const struct select_used used = { keeping, dropping };

	cr_expect(select_path(NULL, NULL, "etc/x", NULL));
	cr_expect(select_path(&(struct globs){ NULL, 0, 0 }, NULL, "etc/x", NULL));
	cr_expect(select_path(&keep, NULL, "usr/lib/x", NULL));
	cr_expect_not(select_path(&keep, &drop, "etc/x", &used));
	cr_expect(!keeping[0] && !keeping[1] && !keeping[2]);
	cr_expect_not(select_path(&keep, &drop, "usr/bin/x.sh", &used));
	cr_expect(keeping[0] && !keeping[1] && keeping[2], "a pattern is used even if drop wins");
	cr_expect(dropping[0] && !dropping[1]);
	cr_expect_not(select_path(NULL, &drop, "usr/doc/deep/file", NULL));
	cr_expect(select_path(NULL, &drop, "usr/docs", NULL));
	cr_expect_not(select_path(&keep, &drop, "var/x.sh", NULL));
}
