/* SPDX-License-Identifier: Apache-2.0 */
/* Which indexes files of pip and the environment name: as "pip install" of pip 23 prints them
 * ("Looking in indexes: ..."). */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "format/text/pip_settings.h"

static const char *pip_indexes(struct arena *a, const char *first, const char *second)
{
	struct pip_settings s = { .global = { .index = { .key = NULL } } };
	struct strings out = { NULL, 0, 0 };
	struct error e = { 0 };

	pip_settings_ask_environment(a, &s);
	cr_assert(pip_settings_read(a, str_of(first), "a", &s, &e), "%s", e.cause);
	cr_assert(pip_settings_read(a, str_of(second), "b", &s, &e), "%s", e.cause);
	cr_assert(pip_settings_indexes(a, &s, &out, &e), "%s", e.cause);
	return strings_join(a, &out, " ");
}

Test(pip_settings, what_counts_of_files_and_sections)
{
	static const struct {
		const char *first, *second, *indexes;
	} cases[] = {
		{ "# x\n[global]\ntimeout = 60\nextra-index-url = https://b.test/simple/\n"
		  "    https://c.test\n  # x\n    https://d.test\nindex-url = https://a.test/simple\n"
		  "[list]\nindex-url = https://none.test\n",
		  "", "https://a.test/simple https://b.test/simple https://c.test https://d.test" },
		{ "[install]\nindex-url: http://i.test/\n"
		  "[global]\nindex-url = http://g.test/\nextra-index-url = http://ge.test/\n",
		  "", "http://i.test http://ge.test" },
		{ "[global]\nindex-url = http://a.test/\nextra-index-url = http://ge.test/\n"
		  "[install]\nextra-index-url = http://ie.test/\n",
		  "", "http://a.test http://ie.test" },
		{ "[global]\nindex-url = http://a.test\nextra_index_url = http://ge.test/\n"
		  "extra-index-url = http://gh.test/\n",
		  "", "http://a.test http://gh.test" },
		{ "[global]\n--Index-URL =\n  http://a.test/\n", "", "http://a.test" },
		{ "[global]\nindex-url = http://a.test\nextra-index-url = http://ae.test\n",
		  "[global]\nindex-url = http://b.test\nextra-index-url =\n",
		  "http://b.test http://ae.test" },
		{ "[install]\nindex-url = http://a.test\n", "[global]\nindex-url = http://b.test\n",
		  "http://a.test" },
		/* what does not count may be anything */
		{ "[global]\nindex-url = https://me:word@a.test\n",
		  "[global]\nindex-url = http://b.test\n", "http://b.test" },
	};
	AUTO_ARENA a = { 0 };

	unsetenv("PIP_INDEX_URL");
	unsetenv("PIP_EXTRA_INDEX_URL");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(pip_indexes(&a, cases[i].first, cases[i].second), cases[i].indexes,
				 "%zu", i);
}

/* A variable takes the place of its key alone. */
Test(pip_settings, variables_go_before_files)
{
	static const char file[] =
		"[global]\nindex-url = http://a.test/\nextra-index-url = http://ge.test/\n";
	AUTO_ARENA a = { 0 };

	unsetenv("PIP_EXTRA_INDEX_URL");
	setenv("PIP_INDEX_URL", "http://e.test", 1);
	cr_expect_str_eq(pip_indexes(&a, file, ""), "http://e.test http://ge.test");
	unsetenv("PIP_INDEX_URL");
	setenv("PIP_EXTRA_INDEX_URL", "http://ee.test http://ef.test/", 1);
	cr_expect_str_eq(pip_indexes(&a, file, ""), "http://a.test http://ee.test http://ef.test");
	unsetenv("PIP_EXTRA_INDEX_URL");
}

Test(pip_settings, what_cannot_be_taken_is_told_with_its_line)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *says;
	} cases[] = {
		{ "[global]\nindex-url = x\n", 2,
		  "index-url: \"x\" is not an http or https address" },
		{ "[install]\n\nextra-index-url = http://a.test\n https://me:word@b.test\n", 3,
		  "extra-index-url: the address holds credentials, which would stand in the lock; "
		  "put them into the file of IMGBUILD_NETRC or ~/.config/imgbuild/auth" },
		{ "[global]\nindex-url = http://a.test\nindex-url = http://b.test\n", 3,
		  "index-url is there twice in one section, and pip refuses such a file; remove one" },
	};

	unsetenv("PIP_INDEX_URL");
	unsetenv("PIP_EXTRA_INDEX_URL");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct pip_settings s = { .global = { .index = { .key = NULL } } };
		struct strings out = { NULL, 0, 0 };
		struct error e = { 0 };

		cr_expect(!pip_settings_read(&a, str_of(cases[i].text), "pip.conf", &s, &e) ||
			  !pip_settings_indexes(&a, &s, &out, &e));
		cr_expect(e.kind == ERR_INPUT && e.at.line == cases[i].line, "%u", e.at.line);
		cr_expect_str_eq(e.cause, cases[i].says);
	}
}
