/* SPDX-License-Identifier: Apache-2.0 */
/* Environment markers; what they are worth says packaging 24 (packaging.markers), asked with the
 * values of Debian 13's Python. */

#include <criterion/criterion.h>

#include "format/text/python_marker.h"

/* SpecifierSet(text).contains("3.13.5") of packaging 23 */
static const struct {
	const char *text;
	bool fits;
} release_answers[] = {
	{ ">=3.8", true },     { ">=3.8,<4", true },	   { "<3.11", false },
	{ "!=3.13.*", false }, { "==3.13.*", true },	   { ">=3.6, !=3.9.*", true },
	{ "==3.*", true },     { "~=3.8", true },	   { "~=3.13.2", true },
	{ "~=3.13.6", false }, { "<4.0a1", true },	   { ">=3.14.0a1", false },
	{ ">3.13", true },     { ">=3.13.5", true },	   { "<3.13.5", false },
	{ "<=3.13", false },   { ">3.13.4", true },	   { "===3.13.5", true },
	{ "", true },	       { "!=3.0,>=2.7", true },	   { "==3.13", false },
	{ "<3.13", false },    { " >= 3.8 , < 4 ", true }, { ">=3.8.*", true },
	{ "junk", true }, /* as pip takes what is malformed */
};

Test(python_marker, releases_fit_as_with_pip)
{
	for (size_t i = 0; i < ARRAY_SIZE(release_answers); i++)
		cr_expect_eq(python_release_fits(str_of(release_answers[i].text)),
			     release_answers[i].fits, "%s", release_answers[i].text);
}

static const struct {
	const char *text;
	int holds;
} marker_answers[] = {
	{ "python_version >= \"3.8\"", 1 },
	{ "python_version < \"3.9\"", 0 },
	{ "python_version > \"3.9\"", 1 },
	{ "sys_platform == \"win32\"", 0 },
	{ "sys_platform != \"win32\" and platform_machine == \"x86_64\"", 1 },
	{ "python_version < \"3.9\" or sys_platform == \"linux\"", 1 },
	{ "(python_version < \"3.9\" or sys_platform == \"linux\") and os_name == \"nt\"", 0 },
	{ "python_version not in \"3.8, 3.9\"", 1 },
	{ "\"linux\" in sys_platform", 1 },
	{ "python_version == \"3.*\"", 1 },
	{ "python_version != \"2.*\"", 1 },
	{ "python_full_version ~= \"3.13.2\"", 1 },
	{ "python_version ~= \"3.8\"", 1 },
	{ "python_version ~= \"2.7\"", 0 },
	{ "extra == \"test\"", 0 },
	{ "platform_python_implementation == \"PyPy\"", 0 },
	{ "python_version >= \"3.9\" and python_version < \"4.0\"", 1 },
	{ "implementation_name == \"cpython\"", 1 },
	{ "platform_system == 'Darwin' or platform_system=='Linux'", 1 },
	{ "python_version==\"3.13\"", 1 },
	{ "python_full_version >= \"3.13.0\" and python_full_version < \"3.14.0\"", 1 },
	{ "platform_machine != \"aarch64\"", 1 },
	{ "python_version <= \"3.13\"", 1 },
	{ "python_version <= \"3.12\"", 0 },
	{ "python_version >= \"3.14\"", 0 },
	{ "python_version < \"3.13\"", 0 },
	{ "python_version > \"3.13\"", 0 },
	{ "python_version === \"3.13\"", 1 },
	{ "python_version === \"3.12\"", 0 },
	{ "python_version == \"3.12\"", 0 },
	{ "python_version != \"3.13\"", 0 },
	{ "python_version != \"3.12\"", 1 },
	{ "python_version == \"3.13.0\"", 1 },
	{ "python_version < \"3.13.1\"", 1 },
	{ "python_version > \"3.12.9\"", 1 },
	{ "python_version == \"3.13.*\"", 1 },
	{ "python_version == \"3.1.*\"", 0 },
	{ "python_version != \"3.*\"", 0 },
	{ "python_version == \"4.*\"", 0 },
	{ "python_version ~= \"3.13\"", 1 },
	{ "python_version ~= \"3.14\"", 0 },
	{ "python_full_version ~= \"3.12.1\"", 0 },
	{ "python_full_version ~= \"3.13.6\"", 0 },
	{ "python_full_version ~= \"3.13.5\"", 1 },
	{ "python_full_version == \"3.13.5.*\"", 1 },
	{ "\"3.8\" < python_version", 1 },
	{ "\"3.13\" == python_version", 1 },
	{ "\"lin\" in sys_platform", 1 },
	{ "\"win\" in sys_platform", 0 },
	{ "\"win\" not in sys_platform", 1 },
	{ "sys_platform in \"linux darwin\"", 1 },
	{ "sys_platform not in \"linux darwin\"", 0 },
	{ "extra in \"x\"", 1 },
	{ "platform_release == \"\"", 1 },
	{ "platform_version == \"\"", 1 },
	{ "implementation_version >= \"3.13\"", 1 },
	{ "os_name == \"posix\" and os_name == \"nt\"", 0 },
	{ "os_name == \"nt\" and os_name == \"posix\"", 0 },
	{ "os_name == \"posix\" and os_name == \"posix\"", 1 },
	{ "os_name == \"nt\" or os_name == \"nt\"", 0 },
	{ "os_name == \"nt\" or os_name == \"posix\"", 1 },
	{ "os_name == \"posix\" or os_name == \"nt\" and os_name == \"nt\"", 1 },
	{ "(os_name == \"posix\" or os_name == \"nt\") and os_name == \"nt\"", 0 },
	{ "os_name == \"nt\" and os_name == \"nt\" or os_name == \"posix\"", 1 },
	{ "((os_name == \"posix\"))", 1 },
	{ "sys_platform == \"LINUX\"", 0 },
	{ "sys_platform >= \"linux\"", 1 },
	{ "sys_platform > \"aaa\"", 1 },
	{ "sys_platform < \"aaa\"", 0 },
	{ "sys_platform <= \"linux\"", 1 },
	{ "sys_platform === \"linux\"", 1 },
};

Test(python_marker, as_packaging_evaluates_them)
{
	/* a marker is cut from a longer text: what stands behind it is no part of it */
	static const char behind[] = "x\")0=";

	for (size_t i = 0; i < ARRAY_SIZE(marker_answers); i++) {
		const char *text = marker_answers[i].text;

		for (const char *c = behind; *c; c++) {
			AUTO_ARENA a = { 0 };
			const char *more = arena_printf(&a, "%s%c", text, *c);
			struct error e = { 0 };

			cr_expect_eq(python_marker_holds((struct str){ more, strlen(text) },
							 "x86_64", &e),
				     marker_answers[i].holds, "%s: %s", text, e.cause);
			cr_expect_eq(e.kind, marker_answers[i].holds < 0 ? ERR_INPUT : ERR_NONE);
		}
	}
}

Test(python_marker, a_word_ends_with_the_text)
{
	static const char text[] = "\"posix\" == os_name_x";
	const size_t n = strlen("\"posix\" == os_name");
	struct error e = { 0 };

	cr_expect_eq(python_marker_holds((struct str){ text, n }, "x86_64", &e), 1, "%s", e.cause);
	cr_expect_eq(python_marker_holds((struct str){ text, n + 1 }, "x86_64", &e), -1);
}

Test(python_marker, malformed_ones_are_refused)
{
	static const char *const cases[] = {
		"",
		"python_version",
		"python_version >=",
		"python_version >= 3.8",
		"python_version >= \"3.8",
		"python_version => \"3.8\"",
		"nonsense == \"x\"",
		"os_name == \"posix\" or",
		"os_name == \"posix\" order",
		"(os_name == \"posix\"",
		"os_name == \"posix\")",
		"os_name not \"posix\"",
		"os_name == \"posix\" and",
		"(os_name == \"posix\" and os_name",
		"os_name == \"posix\" or x",
		"os_name == \"x\" and x == \"y\"",
		"os_name not in",
		"os_name in",
		"\"x\"",
		"os_name = \"x\"",
		"os_nameX == \"x\"",
		"1 == \"1\"",
		"((((((((((((((((((((((((((((((((((os_name == \"x\"",
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error e = { 0 };

		cr_expect_eq(python_marker_holds(str_of(cases[i]), "x86_64", &e), -1, "%s",
			     cases[i]);
		cr_expect(e.kind == ERR_INPUT && strstr(e.cause, "is malformed at \""), "%s",
			  e.cause);
	}
}
