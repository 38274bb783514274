/* SPDX-License-Identifier: Apache-2.0 */
/* Which registries an .npmrc names. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "format/text/npmrc.h"

static struct npmrc npmrc_of(struct arena *a, const char *text)
{
	struct npmrc l = { NULL, 0, 0 };
	struct error e = { 0 };

	cr_assert(npmrc_read(a, str_of(text), ".npmrc", &l, &e), "%s", e.cause);
	return l;
}

Test(npmrc, the_registry_of_a_scope_goes_before_that_of_all)
{
	AUTO_ARENA a = { 0 };
	struct npmrc l = npmrc_of(&a, "; a comment\n# another\n\nsave-exact=true\n"
				      "registry = https://r.test/npm/\n@s:registry=http://s.test\n"
				      "//r.test/:_authToken=secret\n");

	cr_expect_eq(l.n, 2u);
	cr_expect_str_eq(npmrc_registry_of(&l, "a"), "https://r.test/npm");
	cr_expect_str_eq(npmrc_registry_of(&l, "@t/a"), "https://r.test/npm");
	cr_expect_str_eq(npmrc_registry_of(&l, "@s/a"), "http://s.test");
	l = npmrc_of(&a, "@s:registry=http://s.test\n");
	cr_expect_null(npmrc_registry_of(&l, "a"));
	cr_expect_null(npmrc_registry_of(&l, "@ss/a"));
}

/* As npm 11 prints them ("npm config get registry --userconfig FILE"). */
Test(npmrc, the_last_line_of_a_file_counts)
{
	static const struct {
		const char *text, *registry;
	} cases[] = {
		{ "registry=http://a.test\nregistry=http://b.test\n", "http://b.test" },
		{ "registry=ftp://a.test\nregistry=http://${NONE}\nregistry=http://b.test\n",
		  "http://b.test" },
		{ "registry=http://a.test ; c\n", "http://a.test" },
		{ "registry=http://a.test#x\n", "http://a.test" },
		{ "registry=http://a.test/\\;x\n", "http://a.test/;x" },
		{ "registry=\"http://a.test\"\n", "http://a.test" },
		{ "registry='http://a.test'\n", "http://a.test" },
		{ "\"registry\"=http://a.test\n", "http://a.test" },
		{ "registry = http://a.test  \r\n", "http://a.test" },
		{ "registry=http://a.test/=b\n", "http://a.test/=b" },
		{ "registry=http://a.test\n[s]\nregistry=http://b.test\n", "http://a.test" },
		{ " [s]\n[z] x\nregistry=http://a.test\n", "http://a.test" },
		{ "Registry=http://a.test\n", NULL },
	};
	AUTO_ARENA a = { 0 };
	struct npmrc l;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *registry;

		l = npmrc_of(&a, cases[i].text);
		registry = npmrc_registry_of(&l, "a");
		cr_expect_str_eq(registry ? registry : "none",
				 cases[i].registry ? cases[i].registry : "none", "%s",
				 cases[i].text);
	}
	l = npmrc_of(&a, "@s:registry=http://a.test\n@t:registry=http://t.test\n"
			 "@s:registry=http://b.test # c\n");
	cr_expect_str_eq(npmrc_registry_of(&l, "@s/a"), "http://b.test");
	cr_expect_str_eq(npmrc_registry_of(&l, "@t/a"), "http://t.test");
}

/* npm asks the environment, the project and the user in this order; so they are read. */
Test(npmrc, of_more_files_the_first_counts)
{
	AUTO_ARENA a = { 0 };
	struct npmrc l = npmrc_of(&a, "registry=http://project.test\n");
	struct error e = { 0 };

	cr_assert(npmrc_read(&a, STR("registry=ftp://x\n@s:registry=http://s.test\n"), "user", &l,
			     &e));
	cr_expect_str_eq(npmrc_registry_of(&l, "a"), "http://project.test");
	cr_expect_str_eq(npmrc_registry_of(&l, "@s/a"), "http://s.test");
}

Test(npmrc, variables_of_the_environment_are_filled_in)
{
	AUTO_ARENA a = { 0 };
	struct npmrc l = { NULL, 0, 0 };
	struct error e = { 0 };

	setenv("NPMRC_TEST_HOST", "r.test", 1);
	l = npmrc_of(&a, "registry=\"https://${NPMRC_TEST_HOST}/\"\n");
	cr_expect_str_eq(npmrc_registry_of(&l, "a"), "https://r.test");
	unsetenv("NPMRC_TEST_HOST");
	l.n = 0;
	cr_expect(
		!npmrc_read(&a, STR("\nregistry=https://${NPMRC_TEST_HOST}/\n"), ".npmrc", &l, &e));
	cr_expect(e.kind == ERR_INPUT && e.at.line == 2);
	cr_expect_str_eq(e.cause, "the variable NPMRC_TEST_HOST is not set");
}

/* As npm 11 takes them: with 1 it ends on a project whose engines do not fit. */
Test(npmrc, settings_that_are_true_or_false)
{
	static const struct {
		const char *text;
		int said; /* 1 true, 0 false, -1 not at all */
	} cases[] = {
		{ "", -1 },
		{ "#engine-strict=true\nengine-strict-er=true\n", -1 },
		{ "engine-strict=true", 1 },
		{ "a=b\n engine-strict = \"true\" \n", 1 },
		{ "engine-strict", 1 },
		{ "engine-strict=1", 1 },
		{ "engine-strict=0", 1 },
		{ "engine-strict=", 1 },
		{ "engine-strict=false\n", 0 },
		{ "engine-strict=null\n", 0 },
		{ "engine-strict=true\nengine-strict=false\n", 0 },
		{ "engine-strict=true ; c\n", 1 },
		{ "engine-strict=false # c\n", 0 },
		{ "\"engine-strict\"=true\n", 1 },
		{ "[s]\nengine-strict=true\n", -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bool value = false,
		     said = npmrc_flag(str_of(cases[i].text), "engine-strict", &value);

		cr_expect_eq(said ? value : -1, cases[i].said, "%s", cases[i].text);
	}
}

Test(npmrc, addresses_that_cannot_be_locked_are_refused)
{
	static const char *const cases[][2] = {
		{ "registry\n", "the registry \"true\" is not an http or https address" },
		{ "registry=\n", "the registry \"\" is not an http or https address" },
		{ "registry=ftp://r.test\n",
		  "the registry \"ftp://r.test\" is not an http or https address" },
		{ "registry=https://me:word@r.test/\n",
		  "the registry's address holds credentials, which would stand in the lock; put them "
		  "into the file of IMGBUILD_NETRC or ~/.config/imgbuild/auth" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct npmrc l = { NULL, 0, 0 };
		struct error e = { 0 };

		cr_expect(!npmrc_read(&a, str_of(cases[i][0]), ".npmrc", &l, &e));
		cr_expect(e.kind == ERR_INPUT && e.at.line == 1);
		cr_expect_str_eq(e.cause, cases[i][1]);
	}
}
