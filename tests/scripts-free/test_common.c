/* SPDX-License-Identifier: Apache-2.0 */
/* Text, escaping, environment: tables of cases. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "common/log_escape.h"
#include "common/settings.h"
#include "common/text.h"

Test(text, numbers_are_digits_within_their_range)
{
	static const struct {
		const char *s;
		bool ok;
		unsigned long long v;
	} cases[] = {
		{ "0", true, 0 },
		{ "65535", true, 65535 },
		{ "65536", false, 0 },
		{ "", false, 0 },
		{ "-1", false, 0 },
		{ "+1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "0x10", false, 0 },
		{ "007", true, 7 },
		{ "99999999999999999999999", false, 0 },
		{ "18446744073709551616", false, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		unsigned long long v = 12345;
		bool ok = text_number(cases[i].s, 0, 65535, &v);

		cr_expect_eq(ok, cases[i].ok, "'%s'", cases[i].s);
		cr_expect_eq(v, ok ? cases[i].v : 12345, "'%s'", cases[i].s);
	}
}

Test(text, what_does_not_fit_is_cut_and_remembered)
{
	char a[8];
	struct text t = TEXT_OF(a);

	text_add(&t, "12345");
	cr_expect(!t.cut);
	text_addf(&t, "%d", 6789);
	cr_expect_str_eq(a, "1234567");
	cr_expect(t.cut);
	text_add(&t, "x");
	cr_expect_str_eq(a, "1234567");
	cr_expect(!text_copy(a, sizeof a, "12345678", 8));
	cr_expect_str_empty(a);
	cr_expect(!text_copy(a, sizeof a, "a\0b", 3));
	cr_expect(text_copy(a, sizeof a, "1234567", 7));
}

static const struct {
	const char *raw, *shown;
} escapes[] = {
	{ "plain", "plain" },
	{ "tab\tstays", "tab\tstays" },
	{ "\x1b[31m", "\\x1b[31m" },
	{ "a\nb\r", "a\\x0ab\\x0d" },
	{ "\x7f", "\\x7f" },
	{ "gr\xc3\xbcn", "gr\xc3\xbcn" },
	{ "\xc3", "\\xc3" },
	{ "\xc0\xaf", "\\xc0\\xaf" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
	{ "\xc2\x85", "\\xc2\\x85" },
	{ "\xe2\x80\xae", "\\xe2\\x80\\xae" },
	{ "\xef\xbb\xbf", "\\xef\\xbb\\xbf" },
	{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
	{ "(/cgi-bin/|\\?)", "(/cgi-bin/|\\?)" },
	{ "\\x41", "\\x5cx41" },
	{ "\\x4", "\\x4" },
	{ "\\", "\\" },
};

Test(log_escape, nothing_harmful_passes_and_everything_comes_back)
{
	for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
		char shown[64], back[64];
		size_t n = log_escape(escapes[i].raw, strlen(escapes[i].raw), shown, sizeof shown);

		cr_expect_str_eq(shown, escapes[i].shown);
		n = log_unescape(shown, n, back, sizeof back);
		cr_expect_eq(n, strlen(escapes[i].raw), "%s", shown);
		cr_expect(memcmp(back, escapes[i].raw, n) == 0, "%s", shown);
	}
}

Test(log_escape, every_byte_alone_comes_out_printable)
{
	for (int c = 0; c < 256; c++) {
		char in = (char)c, out[8];
		size_t n = log_escape(&in, 1, out, sizeof out);

		cr_expect(n == 1 || n == 4, "%d", c);
		cr_expect_eq(n == 1, c == '\t' || (c >= 0x20 && c < 0x7f), "%d", c);
	}
}

Test(log_escape, a_short_buffer_never_splits_an_escape)
{
	char out[7];

	cr_expect_eq(log_escape("ab\x01\x02", 4, out, sizeof out), 6);
	cr_expect_str_eq(out, "ab\\x01");
}

static const char *table[16];

static const char *table_lookup(const char *name)
{
	for (size_t i = 0; table[i] != NULL; i += 2)
		if (strcmp(table[i], name) == 0)
			return table[i + 1];
	return NULL;
}

Test(settings, nothing_set_gives_the_defaults)
{
	struct settings s;

	settings_read(&s, table_lookup);
	cr_expect_eq(s.squid_port, 3128);
	cr_expect_eq(s.health_port, 8080);
	cr_expect_eq(s.grace, 30);
	cr_expect_eq(s.max_fd, 65536);
	cr_expect_eq(s.level, LOG_INFO);
	cr_expect(!s.hup_reconfigures);
	cr_expect_str_empty(s.cache_dir);
	cr_expect_eq(s.n_notes, 0);
}

Test(settings, every_wrong_value_is_noted_and_replaced)
{
	static const char *const wrong[] = { "SQUID_PORT",     "0",    "HEALTH_PORT", "65536",
					     "LOG_LEVEL",      "LOUD", "CACHE_DIR",   "relative",
					     "SHUTDOWN_GRACE", "-5",   "SQUID_HUP",   "restart",
					     "SQUID_MAX_FD",   "\x1b" };
	struct settings s;

	memcpy(table, wrong, sizeof wrong);
	settings_read(&s, table_lookup);
	cr_expect_eq(s.n_notes, 7);
	cr_expect_eq(s.health_port, 8080);
	cr_expect_eq(s.grace, 30);
	cr_expect_str_empty(s.cache_dir);
	for (size_t i = 0; i < s.n_notes; i++)
		cr_expect(strncmp(s.notes[i], "Invalid ", 8) == 0 &&
			  strchr(s.notes[i], 0x1b) == NULL);
}

Test(settings, right_values_are_taken)
{
	static const char *const right[] = { "HEALTH_PORT", "9090",	   "LOG_LEVEL",	     "warn",
					     "CACHE_DIR",   "/c",	   "SHUTDOWN_GRACE", "9",
					     "SQUID_HUP",   "reconfigure", "SQUID_PORT",     "" };
	struct settings s;

	memcpy(table, right, sizeof right);
	settings_read(&s, table_lookup);
	cr_expect_eq(s.n_notes, 0);
	cr_expect_eq(s.health_port, 9090);
	cr_expect_eq(s.squid_port, 3128);
	cr_expect_eq(s.level, LOG_WARNING);
	cr_expect_eq(s.grace, 9);
	cr_expect(s.hup_reconfigures);
	cr_expect_str_eq(s.cache_dir, "/c");
}

Test(settings, levels_have_names_and_squids_digits)
{
	static const struct {
		const char *s;
		int level;
	} cases[] = {
		{ "DEBUG", LOG_DEBUG },
		{ "info", LOG_INFO },
		{ "WARN", LOG_WARNING },
		{ "Warning", LOG_WARNING },
		{ "ERROR", LOG_ERROR },
		{ "0", LOG_ERROR },
		{ "1", LOG_INFO },
		{ "2", LOG_DEBUG },
		{ "9", LOG_DEBUG },
		{ "10", -1 },
		{ "", -1 },
		{ "ALL,1", -1 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		cr_expect_eq(settings_level(cases[i].s), cases[i].level, "%s", cases[i].s);
}
