/* SPDX-License-Identifier: Apache-2.0 */
/* Words against a shell, settings against what systemd.syntax(7) says. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/text/unit.h"
#include "support/fixture_oracle.h"

Test(unit, words_are_those_of_a_shell)
{
	static const char *const lines[] = {
		"/usr/sbin/nginx -g 'daemon on; master_process on;'",
		"a  b\tc",
		"\"a b\" 'c d'e",
		"a\\ b \"c\\\"d\" ''",
		"-o \"x y\"z --name=\"q r\"",
		"",
		"  lead trail  ",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		AUTO_ARENA a = { 0 };
		struct strings words = { 0 };
		struct buf ours = { .a = &a };
		struct str theirs =
			ORACLE(&a, "sh", "-c",
			       arena_printf(&a, "set -- %s; for w; do printf '[%%s]' \"$w\"; done",
					    lines[i]));

		cr_expect(unit_words(&a, str_of(lines[i]), &words), "%s", lines[i]);
		for (size_t k = 0; k < words.n; k++)
			buf_printf(&ours, "[%s]", words.v[k]);
		cr_expect_str_eq(buf_cstr(&ours), theirs.n ? theirs.p : "", "%s", lines[i]);
	}
}

Test(unit, a_quote_without_end_is_told)
{
	AUTO_ARENA a = { 0 };
	struct strings words = { 0 };

	cr_expect_not(unit_words(&a, STR("a 'b c"), &words));
	cr_expect_eq(words.n, 1);
}

/* The text of the manual page, and a reset list. */
Test(unit, settings_are_joined_commented_and_reset)
{
	AUTO_ARENA a = { 0 };
	struct unit u = { 0 };
	const struct unit_setting *s;
	size_t i = 0;

	unit_read(
		&a,
		STR("[Section A]\nKeyOne=value 1\nKeyTwo=value 2\n\n# a comment\n\n[Section B]\n"
		    "Setting=\"something\" \"some thing\" \"...\"\nKeyTwo=value 2 \\\n       value 2 continued\n\n"
		    "[Section C]\nKeyThree=value 3\\\n# this line is ignored\n; this line is ignored too\n"
		    "       value 3 continued\n[Service]\nExec=a\nExec=\nExec = b\nno setting\n"),
		&u);
	s = unit_last(&u, "Section B", "KeyTwo");
	cr_assert(s);
	cr_expect_str_eq(s->value, "value 2 value 2 continued");
	cr_expect_eq(s->line, 9);
	s = unit_last(&u, "Section C", "KeyThree");
	cr_assert(s);
	cr_expect_str_eq(s->value, "value 3 value 3 continued");
	s = unit_next(&u, "Service", "Exec", &i);
	cr_assert(s);
	cr_expect_str_eq(s->value, "b");
	cr_expect_null(unit_next(&u, "Service", "Exec", &i));
	cr_expect_null(unit_last(&u, "Section A", "Exec"));
}

Test(unit, files_of_variables_are_read_as_a_shell_does)
{
	static const char text[] = "# comment\nA=1\nB=\"two words\"\nC='x'y\nD=\n";
	AUTO_ARENA a = { 0 };
	struct unit u = { 0 };
	struct buf ours = { .a = &a };
	struct str theirs =
		ORACLE(&a, "sh", "-c",
		       arena_printf(&a,
				    "%s\nfor n in A B C D; do eval printf '[%%s=%%s]' $n "
				    "\\\"\\$$n\\\"; done",
				    text));

	unit_read_variables(&a, str_of(text), &u);
	for (size_t i = 0; i < u.n; i++)
		buf_printf(&ours, "[%s=%s]", u.v[i].key, u.v[i].value);
	cr_expect_str_eq(buf_cstr(&ours), theirs.p);
}

Test(unit, so_many_settings_are_kept)
{
	for (unsigned n = UNIT_SETTINGS_MAX - 1; n <= UNIT_SETTINGS_MAX + 1; n++) {
		AUTO_ARENA a = { 0 };
		struct unit u = { 0 }, variables = { 0 };
		struct buf text = { .a = &a };
		size_t kept = n < UNIT_SETTINGS_MAX ? n : UNIT_SETTINGS_MAX;

		for (unsigned i = 0; i < n; i++)
			buf_printf(&text, "K%u=v\n=none\n", i);
		unit_read(&a, buf_str(&text), &u);
		unit_read_variables(&a, buf_str(&text), &variables);
		cr_expect_eq(u.n, kept, "%zu of %u", u.n, n);
		cr_expect_eq(variables.n, kept, "%zu of %u", variables.n, n);
	}
}
