/* SPDX-License-Identifier: Apache-2.0 */
/* Debian changelogs: which entries an upgrade brings, as dpkg-parsechangelog chooses them, and each
 * on one line. */

#include "format/debian/changelog.h"

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define SIGNED "\n -- A <a@b.test>  Thu, 01 Jan 2026 00:00:00 +0000\n\n"

static const char text[] =
	"x (1.0-4) trixie-security; urgency=high\n\n  [ A. Maintainer ]\n  * Fix one thing\n"
	"    that goes on.\n  * Fix another." SIGNED
	"x (1.0-3) trixie; urgency=medium\n\n  * Three." SIGNED
	"x (1.0-2+b1) trixie unstable; urgency=medium\n\n  * Two." SIGNED
	"x (1.0-1) unstable; urgency=medium\n\n  * One." SIGNED;

static const char *changelog_show(struct arena *a, const char *of, const char *from, const char *to)
{
	struct strings out = { NULL, 0, 0 };

	changelog_between(a, str_of(of), from, to, &out);
	return out.n ? strings_join(a, &out, "\n") : "";
}

Test(changelog, entries_become_lines)
{
	AUTO_ARENA a = { 0 };

	cr_expect_str_eq(changelog_show(&a, text, "1.0-2", "1.0-4"),
			 "1.0-4 (trixie-security): Fix one thing that goes on.; Fix another.\n"
			 "1.0-3 (trixie): Three.\n1.0-2+b1 (trixie unstable): Two.");
	cr_expect_str_eq(changelog_show(&a, "", "1", "2"), "");
	cr_expect_str_eq(changelog_show(&a, "no changelog (at all)\nnor (this\n (1.0) x;\n", "0",
					"2"),
			 "");
	/* the last entry is whole without a signature, and text before the first is of none */
	cr_expect_str_eq(changelog_show(&a, "  * of none\nx (2) y; z\n  * last", "1", "2"),
			 "2 (y): last");
	cr_expect_str_eq(changelog_show(&a,
					"x (2) y; z\n * one blank\n\t* a tab\n  plain\n  *glued\n",
					"1", "2"),
			 "2 (y): plain *glued");
}

Test(changelog, versions_are_those_that_dpkg_chooses)
{
	static const struct {
		const char *from, *to;
	} cases[] = {
		{ "1.0-1", "1.0-4" },
		{ "1.0-2+b1", "1.0-3" },
		{ "1.0-2", "1.0-2+b1" },
		{ "1.0-3", "1.0-3" },
		{ "0", "9" },
		{ "1.0-4", "9" },
		{ "0", "0.1" },
		{ "1.0~rc1", "1.0-1" },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/changelog", dir);

	oracle_need("dpkg-parsechangelog");
	files_put(path, text);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct strings out = { NULL, 0, 0 };
		struct buf got = { .a = &a }, want = { .a = &a };
		struct str all = ORACLE(&a, "dpkg-parsechangelog", "--all", "--format", "rfc822",
					"-l", path),
			   line;

		changelog_between(&a, str_of(text), cases[i].from, cases[i].to, &out);
		for (size_t k = 0; k < out.n; k++)
			buf_printf(&got, "%.*s ", (int)strcspn(out.v[k], " "), out.v[k]);
		while (str_next(&all, '\n', &line)) {
			const char *version;

			if (!str_starts(line, STR("Version: ")))
				continue;
			version = str_dup(&a, str_from(line, 9));
			if (oracle_run(&a,
				       (const char *const[]){ "dpkg", "--compare-versions", version,
							      "gt", cases[i].from, NULL })
					    .status == 0 &&
			    oracle_run(&a,
				       (const char *const[]){ "dpkg", "--compare-versions", version,
							      "le", cases[i].to, NULL })
					    .status == 0)
				buf_printf(&want, "%s ", version);
		}
		cr_expect_str_eq(got.n ? buf_cstr(&got) : "", want.n ? buf_cstr(&want) : "",
				 "%s to %s", cases[i].from, cases[i].to);
	}
	files_remove(dir);
}

Test(changelog, long_entries_and_long_changelogs_are_cut)
{
	AUTO_ARENA a = { 0 };
	struct buf many = { .a = &a };
	struct strings out = { NULL, 0, 0 };

	for (unsigned n = 40; n > 0; n--)
		buf_printf(&many, "x (%u) y; z\n  * Change.\n", n);
	changelog_between(&a, buf_str(&many), "0", "99", &out);
	cr_expect_eq(out.n, 32);
	cr_expect_str_eq(out.v[31], "9 (y): Change.");
	many = (struct buf){ .a = &a };
	buf_puts(&many, "x (1) y; z\n");
	for (unsigned n = 0; n < 40; n++)
		buf_puts(&many, "  * A change of thirty characters.\n");
	out.n = 0;
	changelog_between(&a, buf_str(&many), "0", "1", &out);
	cr_assert_eq(out.n, 1);
	cr_expect(str_ends(str_of(out.v[0]), STR(". ...")), "%s", out.v[0]);
	cr_expect(strlen(out.v[0]) > 600 && strlen(out.v[0]) < 650, "%zu", strlen(out.v[0]));
}
