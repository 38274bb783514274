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

/* Every short line of quotes and blanks; a shell says of one that it has no end. */
Test(unit, short_lines_have_the_words_of_a_shell, .timeout = 60)
{
	static const char letters[] = "a \t'\"";
	const size_t n = strlen(letters);
	AUTO_ARENA a = { 0 };
	struct buf lines = { .a = &a }, ours = { .a = &a };
	struct str theirs;

	for (size_t number = 0; number < n * n * n * n; number++) {
		struct strings words = { 0 };
		char line[6] = "....x";
		size_t rest = number;
		bool ok;

		for (size_t i = 0; i < 4; i++, rest /= n)
			line[i] = letters[rest % n];
		/* what stands behind it is no part of it */
		ok = unit_words(&a, (struct str){ line, 4 }, &words);
		buf_printf(&lines, "%.4s\n", line);
		for (size_t k = 0; ok && k < words.n; k++)
			buf_printf(&ours, "[%s]", words.v[k]);
		buf_puts(&ours, ok ? "\n" : "no end\n");
	}
	theirs = ORACLE(
		&a, "sh", "-c",
		"printf '%s' \"$1\" | while IFS= read -r line; do\n"
		"(eval \"set -- $line\"; for w; do printf '[%s]' \"$w\"; done; echo) 2>/dev/null "
		"|| echo 'no end'\ndone",
		"sh", buf_cstr(&lines));
	cr_expect_str_eq(buf_cstr(&ours), theirs.p);
}

Test(unit, a_backslash_takes_the_next_byte_as_it_is)
{
	static const struct {
		const char *text;
		size_t n;
		const char *word;
	} cases[] = {
		{ "a\\ b", 4, "a b" }, { "\"a\\\"b\"", 6, "a\"b" }, { "'a\\'", 4, "a\\" },
		{ "a\\b", 2, "a\\" },  { "\\\\", 2, "\\" },	    { "a\nb", 1, "a" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct strings words = { 0 };

		cr_assert(unit_words(&a, (struct str){ cases[i].text, cases[i].n }, &words), "%zu",
			  i);
		cr_assert_eq(words.n, 1u, "%zu", i);
		cr_expect_str_eq(words.v[0], cases[i].word, "%zu", i);
	}
}

/* sysusers.d(5): lines of one word and comments say nothing. */
Test(unit, lines_of_a_table_are_counted)
{
	AUTO_ARENA a = { 0 };
	struct str text = STR(
		"# a comment\n\nu\n  u  web 33 \"two words\"\nq 'open\n\tg x\n#g y\n");
	struct strings words;
	unsigned number = 0;

	cr_assert(unit_table_line(&a, &text, &number, &words));
	cr_expect_eq(number, 4u);
	cr_expect_str_eq(strings_join(&a, &words, "|"), "u|web|33|two words");
	cr_assert(unit_table_line(&a, &text, &number, &words));
	cr_expect_eq(number, 6u);
	cr_expect_str_eq(strings_join(&a, &words, "|"), "g|x");
	cr_expect_not(unit_table_line(&a, &text, &number, &words));
}

/* Lines that are none of either: as systemd, which ignores them. */
Test(unit, what_is_no_setting_is_passed_over)
{
	AUTO_ARENA a = { 0 };
	struct unit u = { 0 }, variables = { 0 };
	const struct unit_setting *s;

	unit_read(&a,
		  STR("Key=none\n[open\n[A]\n;c=1\n#c=1\n \nnothing\n=value\nKey=a\n[B]\nKey=\n"
		      "# not continued \\\nKey=b\n; nor this \\\nLast=c \\\n"),
		  &u);
	cr_assert_eq(u.n, 5u);
	s = unit_last(&u, "A", "Key");
	cr_assert(s && strcmp(s->value, "a") == 0 && s->line == 9, "what B resets stays here");
	s = unit_last(&u, "B", "Key");
	cr_assert(s && strcmp(s->value, "b") == 0 && s->line == 13);
	s = unit_last(&u, "B", "Last");
	cr_assert(s && strcmp(s->value, "c") == 0);
	s = unit_last(&u, "", "Key");
	cr_assert(s && strcmp(s->value, "none") == 0);
	unit_read_variables(
		&a, STR("; A=1\n# A=2\n\nexport B=2\nC='open\nexported=3\nnothing\nD=a  'b c'\n"),
		&variables);
	cr_assert_eq(variables.n, 3u);
	cr_expect_str_eq(variables.v[0].key, "B");
	cr_expect_eq(variables.v[0].line, 4u);
	cr_expect_str_eq(variables.v[1].key, "exported");
	cr_expect_str_eq(variables.v[2].value, "a b c");
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
