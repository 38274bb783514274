/* SPDX-License-Identifier: Apache-2.0 */
/* Image names. */

#include <criterion/criterion.h>
#include <regex.h>

#include "format/text/image_name.h"

Test(image_name, forms_of_the_distribution_specification)
{
	static const struct {
		const char *name;
		bool ok;
	} cases[] = {
		{ "a", true },
		{ "cephalo:latest", true },
		{ "cephalo:1.0-rc_1", true },
		{ "ns/sub/name", true },
		{ "a.b/c", true },
		{ "localhost/x", true },
		{ "127.0.0.1:5000/x/y:tag", true },
		{ "HOST.example/x", true },
		{ "a__b/c-d.e", true },
		{ "a--b", true },
		{ "x:T", true },
		{ "", false },
		{ "/a", false },
		{ "a/", false },
		{ "a//b", false },
		{ "A", false },
		{ "a:", false },
		{ "a:.t", false },
		{ "a:-t", false },
		{ "a b", false },
		{ "a:b:c", false },
		{ "-a", false },
		{ "a-", false },
		{ "a..b", false },
		{ "a___b", false },
		{ "a._b", false },
		{ "a-_b", false },
		{ "a/B", false },
		{ "../a", false },
		{ "a\xc3\xa4", false },
		{ "host.example:5000/", false },
		{ "[::1]:5000/x", true },
		{ "a..b:5000/x", false },
		{ "a.b..c/x", false },
		{ ".a/x", false },
		{ "-a:5000/x", false },
		{ "t:team/app", false },
		{ "a:/x", false },
		{ "a:50:50/x", false },
		{ "a-.b/x", false },
		{ "[::1]/x", true },
		{ "[::1]5000/x", false },
		{ "[::1/x", false },
		{ "[]:1/x", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error e = { 0 };

		cr_expect_eq(image_name_check(cases[i].name, &e), cases[i].ok, "\"%s\"",
			     cases[i].name);
		cr_expect_eq(e.kind, cases[i].ok ? ERR_NONE : ERR_INPUT, "\"%s\"", cases[i].name);
	}
}

/* The distribution specification's own expression for a part of a name, on every short text. */
Test(image_name, each_short_name_is_judged_as_the_expression_says)
{
	static const char letters[] = "a0._-";
	const size_t n = strlen(letters);
	regex_t part;

	cr_assert_eq(regcomp(&part, "^[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*$",
			     REG_EXTENDED | REG_NOSUB),
		     0);
	for (size_t number = 0; number < n * n * n * n * n * n; number++) {
		char name[] = "x/......";
		struct error e = { 0 }, below = { 0 };
		size_t rest = number;
		bool wanted;

		for (size_t i = 0; i < 6; i++, rest /= n)
			name[2 + i] = letters[rest % n];
		wanted = regexec(&part, name + 2, 0, NULL, 0) == 0;
		cr_assert_eq(image_name_check(name + 2, &e), wanted, "\"%s\"", name + 2);
		cr_assert_eq(image_name_check(name, &below), wanted, "\"%s\"", name);
	}
	regfree(&part);
}

Test(image_name, lengths_are_limited)
{
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	char *name = arena_alloc(&a, 400);

	memset(name, 'a', 255);
	cr_expect(image_name_check(name, &e));
	name[255] = 'a';
	cr_expect(!image_name_check(name, &e));
	err_clear(&e);
	memset(name, 0, 400);
	memset(name, 'a', 130);
	name[1] = ':';
	cr_expect(image_name_check(name, &e), "a tag of 128");
	name[130] = 'a';
	cr_expect(!image_name_check(name, &e), "a tag of 129");
}

Test(image_name, full_names_have_a_host_and_a_tag)
{
	static const struct {
		const char *name, *tagged, *full;
	} cases[] = {
		{ "x", "x:latest", "localhost/x:latest" },
		{ "x:1", "x:1", "localhost/x:1" },
		{ "ns/x", "ns/x:latest", "localhost/ns/x:latest" },
		{ "localhost/x", "localhost/x:latest", "localhost/x:latest" },
		{ "r.example/x:2", "r.example/x:2", "r.example/x:2" },
		{ "r:5000/x", "r:5000/x:latest", "r:5000/x:latest" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };

		cr_expect_str_eq(image_name_tagged(&a, cases[i].name), cases[i].tagged);
		cr_expect_str_eq(image_name_full(&a, cases[i].name), cases[i].full);
	}
}

/* A colon is one of a tag only behind the last slash. */
Test(image_name, a_tag_stands_behind_the_last_slash)
{
	static const struct {
		const char *name;
		size_t at;
	} cases[] = {
		{ "", 0 },	{ ":", 0 },    { "a", 1 },  { "a:b", 1 },      { "a:b:c", 3 },
		{ "a/b:c", 3 }, { "a:/b", 4 }, { "a/", 2 }, { "h:5000/x", 8 }, { "h:5/x:y", 5 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_eq(image_name_tag_at(str_of(cases[i].name)), cases[i].at, "%s",
			     cases[i].name);
}

Test(image_name, any_text_becomes_one)
{
	static const struct {
		const char *text, *kept, *name;
	} cases[] = {
		{ "shop", "", "shop" },
		{ "My Shop", "", "my-shop" },
		{ "my_shop.js", "_", "my_shop-js" },
		{ "my_shop.js", "._-", "my_shop.js" },
		{ "shop_ (copy)", "_", "shop--copy" },
		{ "shop--2", "_", "shop--2" },
		{ "a._b", "._-", "a-b" },
		{ "a..b__c", "._-", "a-b-c" },
		{ "a_-b-_c", "_", "a-b-c" },
		{ "._-Server-_.", "._-", "server" },
		{ "\xc3\xa9t\xc3\xa9", "_", "t" },
		{ "...", "._-", NULL },
		{ "", "", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *name = image_name_from(&a, cases[i].text, cases[i].kept);
		struct error e = { 0 };

		if (!cases[i].name) {
			cr_expect_null(name, "%s", cases[i].text);
			continue;
		}
		cr_assert(name, "%s", cases[i].text);
		cr_expect_str_eq(name, cases[i].name);
		cr_expect(image_name_check(name, &e), "%s: %s", name, e.cause);
	}
}
