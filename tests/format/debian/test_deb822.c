/* SPDX-License-Identifier: Apache-2.0 */
/* Control data: what is read, and what is refused at which line (T24). */

#include <criterion/criterion.h>

#include "format/debian/deb822.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

static void expect_field(const struct deb822 *r, const char *name, const char *value)
{
	struct str found = deb822_get(r, name);

	cr_assert(value ? found.p && str_eq(found, str_of(value)) : found.p == NULL,
		  "%s is \"%.*s\"", name, STR_ARG(found));
}

Test(deb822, reads_stanzas_with_folded_fields_in_place)
{
	const char *text = "\n \t\nPackage: a\nDEPENDS:b (>= 1),\n c | d\nEmpty:\n\n\n"
			   "package: \t x y \t\nTail: last";
	struct deb822 r;
	struct error e = { 0 };

	deb822_init(&r, str_of(text), "f");
	cr_assert_eq(deb822_next(&r, &e), 1);
	cr_assert_eq(r.n, 3);
	expect_field(&r, "package", "a");
	expect_field(&r, "Depends", "b (>= 1),\n c | d");
	expect_field(&r, "Empty", "");
	expect_field(&r, "Missing", NULL);
	cr_assert_eq(r.fields[1].line, 4);
	cr_assert_eq(deb822_next(&r, &e), 1);
	expect_field(&r, "Package", "x y");
	expect_field(&r, "Tail", "last");
	cr_assert_geq(deb822_get(&r, "Tail").p, text, "the value is a slice of the text");
	cr_assert_eq(deb822_next(&r, &e), 0);
	cr_assert_eq(deb822_next(&r, &e), 0, "the end stays the end");
}

Test(deb822, refuses_what_is_no_control_data_and_says_where)
{
	static const struct {
		struct str text;
		unsigned line, col;
	} cases[] = {
		{ STR(" folded: first\n"), 1, 1 },
		{ STR("A: 1\nno field\n"), 2, 1 },
		{ STR("A: 1\n\n: nameless\n"), 3, 1 },
		{ STR("A: 1\nB: 2\na: 3\n"), 3, 1 },
		{ STR("A: 1\n#comment: x\n"), 2, 1 },
		{ STR("-A: 1\n"), 1, 1 },
		{ STR("A B: 1\n"), 1, 2 },
		{ STR("A : 1\n"), 1, 2 },
		{ STR("A\t: 1\n"), 1, 2 },
		{ STR("A\x7f: 1\n"), 1, 2 },
		{ STR("A\xc3\xa4: 1\n"), 1, 2 },
		{ STR("A: x\0y\n"), 1, 5 },
		{ STR("A: x\r\n"), 1, 5 },
		{ STR("A: 1\n\x0c: 2\n"), 2, 1 },
		{ STR("A: 1\n b\x1b[0m\n"), 2, 3 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error e = { 0 };
		struct deb822 r;
		int got;

		deb822_init(&r, cases[i].text, "f");
		while ((got = deb822_next(&r, &e)) > 0)
			;
		cr_assert_eq(got, -1, "case %zu is read", i);
		cr_assert_eq(e.kind, ERR_INPUT);
		cr_assert(e.at.line == cases[i].line && e.at.col == cases[i].col, "case %zu: %u:%u",
			  i, e.at.line, e.at.col);
	}
}

Test(deb822, a_stanza_of_too_many_fields_is_refused)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct error e = { 0 };
	struct deb822 r;

	for (int i = 0; i < DEB822_FIELDS; i++)
		buf_printf(&text, "F%d: x\n", i);
	deb822_init(&r, buf_str(&text), "f");
	cr_assert_eq(deb822_next(&r, &e), 1);
	buf_puts(&text, "One-more: x\n");
	deb822_init(&r, buf_str(&text), "f");
	cr_assert_eq(deb822_next(&r, &e), -1);
}

Test(deb822, comments_are_read_only_where_they_are_allowed)
{
	struct error e = { 0 };
	struct deb822 r;

	deb822_init(&r, STR("# one\nA: 1\n# two\n more\n"), "f");
	r.comments = true;
	cr_assert_eq(deb822_next(&r, &e), 1);
	cr_assert_eq(r.n, 1);
	cr_assert(str_ends(deb822_get(&r, "A"), STR("more")));
}

Test(deb822, words_and_lines_skip_blanks)
{
	struct str rest = STR("  a\tbb\n  c  "), one;

	cr_assert(deb822_word(&rest, &one) && str_eq(one, STR("a")));
	cr_assert(deb822_word(&rest, &one) && str_eq(one, STR("bb")));
	cr_assert(deb822_word(&rest, &one) && str_eq(one, STR("c")));
	cr_assert_not(deb822_word(&rest, &one));
	rest = STR("\n 1 2\n\n 3\n");
	cr_assert(deb822_line(&rest, &one) && str_eq(one, STR("1 2")));
	cr_assert(deb822_line(&rest, &one) && str_eq(one, STR("3")));
	cr_assert_not(deb822_line(&rest, &one));
}

/* Every stanza of this machine's own package database, against dpkg-query. */
Test(deb822, agrees_with_dpkg_query_on_the_installed_packages)
{
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	struct str listed, line, text;
	struct deb822 r;
	int got;

	oracle_need("dpkg-query");
	listed = ORACLE(&a, "dpkg-query", "-W", "-f", "${Package}|${Version}|${Architecture}\\n");
	text = ORACLE(&a, "cat", "/var/lib/dpkg/status");
	struct strings theirs = { 0 }, ours = { 0 };
	while (str_next(&listed, '\n', &line))
		*list_push(&a, &theirs) = str_dup(&a, line);
	deb822_init(&r, text, "status");
	while ((got = deb822_next(&r, &e)) > 0) {
		if (!str_ends(deb822_get(&r, "Status"), STR("not-installed")))
			*list_push(&a,
				   &ours) = arena_printf(&a, "%.*s|%.*s|%.*s",
							 STR_ARG(deb822_get(&r, "Package")),
							 STR_ARG(deb822_get(&r, "Version")),
							 STR_ARG(deb822_get(&r, "Architecture")));
	}
	cr_assert_eq(got, 0, "%s", e.cause);
	strings_sort(&theirs);
	strings_sort(&ours);
	cr_assert_eq(ours.n, theirs.n);
	for (size_t i = 0; i < ours.n; i++)
		cr_assert_str_eq(ours.v[i], theirs.v[i]);
}
