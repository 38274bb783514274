/* SPDX-License-Identifier: Apache-2.0 */
/* Platforms: their names, what follows --platform, and what images.json allows. */

#include <criterion/criterion.h>

#include "input/recipe/recipe.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

Test(platform, names_are_those_of_oci_debian_and_the_compilers)
{
	const struct platform *arm64 = platform_find(STR("linux/arm64"));

	cr_assert(arm64);
	cr_expect_eq(platform_find(STR("linux/arm64/v8")), arm64);
	cr_expect_eq(platform_of_debian("arm64"), arm64);
	cr_expect_str_eq(arm64->machine->triplet, "aarch64-linux-gnu");
	cr_expect_str_eq(platform_find(STR("linux/amd64"))->name, platform_of_compilers()->name);
	cr_expect_eq(platform_find(STR("linux/amd64/v1")), platform_find(STR("linux/amd64")));
	cr_expect_null(platform_find(STR("linux/amd64/v8")), "amd64 has no such variant");
	cr_expect_null(platform_find(STR("linux/amd64/")));
	cr_expect_null(platform_find(STR("linux/arm64x")));
	cr_expect_null(platform_find(STR("linux/arm")));
	cr_expect_null(platform_find(STR("arm64")));
	cr_expect_null(platform_find(STR("")));
	cr_expect_null(platform_of_debian("armhf"));
}

/* dpkg knows Debian's and GNU's names. */
Test(platform, dpkg_has_the_same_names)
{
	AUTO_ARENA a = { 0 };
	static const char *const architectures[] = { "amd64", "arm64" };

	oracle_need("dpkg-architecture");
	for (size_t i = 0; i < 2; i++)
		cr_expect_str_eq(ORACLE(&a, "dpkg-architecture", "--force", "--host-arch",
					architectures[i], "--query", "DEB_HOST_MULTIARCH")
					 .p,
				 arena_printf(&a, "%s\n",
					      platform_of_debian(architectures[i])
						      ->machine->triplet));
}

Test(platform, a_list_has_each_name_once_and_no_order)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "linux/amd64", NULL },
		{ "linux/amd64,linux/arm64", NULL },
		{ "linux/arm64/v8,linux/amd64", NULL },
		{ "linux/s390x",
		  "--platform linux/s390x: no platform \"linux/s390x\"; known are linux/amd64, linux/arm64" },
		{ "linux/arm64,",
		  "--platform linux/arm64,: no platform \"\"; known are linux/amd64, linux/arm64" },
		{ "", "--platform : no platform \"\"; known are linux/amd64, linux/arm64" },
		{ "linux/arm64,linux/arm64/v8",
		  "--platform linux/arm64,linux/arm64/v8: linux/arm64 is there twice" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct platforms list = { 0 };
		struct error e = { 0 };
		bool ok = platforms_parse(&a, cases[i].text, &list, &e);

		cr_expect_eq(ok, cases[i].error == NULL, "%s", cases[i].text);
		if (ok)
			cr_expect_eq(list.v[0], platform_of_compilers(), "%s", cases[i].text);
		else
			cr_expect_str_eq(e.cause, cases[i].error);
		cr_expect_eq(e.kind, ok ? ERR_NONE : ERR_USAGE);
	}
}

/* A recipe "r" on a base "b", and an images.json with these entries. */
static bool are_allowed(const char *images, const char *bases, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct recipe r = { 0 };
	bool ok;

	files_put(
		arena_printf(&a, "%s/images.json", dir),
		arena_printf(
			&a,
			"{\n\"archives\": { \"d\": { \"suites\": [ { \"codename\": \"trixie\" } ],\n"
			"\"signers\": [\"0123456789ABCDEF0123456789ABCDEF01234567\"] } },\n"
			"\"images\": {%s},\n\"bases\": { \"b\": { \"recipe\": \"b.json\"%s } }\n}\n",
			images, bases));
	files_put(arena_printf(&a, "%s/b.json", dir), "{\"name\": \"b\", \"archive\": \"d\"}");
	files_put(arena_printf(&a, "%s/r.json", dir), "{\"name\": \"r\", \"base\": \"b\"}");
	cr_assert(recipe_load(&a, arena_printf(&a, "%s/r.json", dir), &r, e), "%s", e->cause);
	ok = recipe_check_platform(&a, &r, platform_find(STR("linux/arm64")), e);
	files_remove(dir);
	return ok;
}

Test(platform, images_json_says_for_which_an_image_is_made)
{
	struct error e = { 0 };

	cr_expect(are_allowed("", "", &e), "a recipe that is not named there: %s", e.cause);
	cr_expect(are_allowed("\"r\": { \"recipe\": \"r.json\" }", "", &e), "nothing is said: %s",
		  e.cause);
	cr_expect(
		are_allowed(
			"\"r\": { \"recipe\": \"r.json\", \"platforms\": [\"linux/amd64\", \"linux/arm64\"] }",
			"", &e),
		"%s", e.cause);
	cr_expect(are_allowed(
			  "\"x\": { \"recipe\": \"gone.json\", \"platforms\": [\"linux/amd64\"] }",
			  "", &e),
		  "that is another image: %s", e.cause);
	cr_expect_not(
		are_allowed("\"x\": { \"recipe\": \"./r.json\", \"platforms\": [\"linux/amd64\"] }",
			    "", &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect_eq(e.at.line, 4);
	cr_expect(
		strstr(e.cause, "images.x.platforms: ") &&
			strstr(e.cause,
			       "r.json is not made for linux/arm64; if it should be, add that here"),
		"%s", e.cause);
	err_clear(&e);
	cr_expect_not(are_allowed("", ", \"platforms\": [\"linux/amd64\"]", &e),
		      "nor can it stand on such a base");
	cr_expect(strstr(e.cause, "bases.b.platforms: ") &&
			  strstr(e.cause, "b.json is not made for"),
		  "%s", e.cause);
}

Test(platform, a_misspelt_key_of_images_json_does_not_allow_every_platform)
{
	struct error e = { 0 };

	cr_expect_not(
		are_allowed("\"r\": { \"recipe\": \"r.json\", \"platfroms\": [\"linux/amd64\"] }",
			    "", &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect_eq(e.at.line, 4);
	cr_expect(strstr(e.cause, "images.r.platfroms: unknown key; did you mean \"platforms\"?"),
		  "%s", e.cause);
	err_clear(&e);
	cr_expect_not(are_allowed("\"r\": \"r.json\"", "", &e));
	cr_expect(strstr(e.cause, "images.r: expected an object"), "%s", e.cause);
}

/* Loads x.json of a repository whose images.json has these tags for it. */
static bool tags_of(struct arena *a, const char *tags, struct recipe *r, struct error *e)
{
	const char *dir = files_temporary(a), *file = arena_printf(a, "%s/x.json", dir);
	bool ok;

	files_put(
		file,
		"{ \"name\": \"x\", \"archive\": { \"suites\": [ { \"codename\": \"trixie\" } ],"
		" \"signers\": [\"0123456789ABCDEF0123456789ABCDEF01234567\"] }, \"files\": [ { \"from\": \"x.json\", \"to\": \"/x\" } ] }");
	files_put(
		arena_printf(a, "%s/images.json", dir),
		arena_printf(
			a,
			"{ \"images\": {\n \"other\": { \"recipe\": \"y.json\", \"tags\": [\"no\"] },\n"
			" \"x\": { \"recipe\": \"x.json\", \"tags\": %s } } }",
			tags));
	cr_assert(recipe_load(a, file, r, e), "%s", e->cause);
	ok = recipe_read_tags(a, r, e);
	files_remove(dir);
	return ok;
}

Test(platform, images_json_has_the_tags_of_an_image)
{
	static const struct {
		const char *tags, *message;
	} bad[] = {
		{ "\"v1\"", "expected an array" },     { "[\"\"]", "\"\" is not a tag" },
		{ "[\"a b\"]", "is not a tag" },       { "[\"-a\"]", "is not a tag" },
		{ "[\"a\", 7]", "expected a string" },
	};
	AUTO_ARENA a = { 0 };
	struct recipe r = { 0 };
	struct error e = { 0 };

	cr_assert(tags_of(&a, "[\"v9\", \"9.1\", \"v9\"]", &r, &e), "%s", e.cause);
	cr_assert_eq(r.tags.n, 2);
	cr_expect_str_eq(r.tags.v[0], "v9");
	cr_expect_str_eq(r.tags.v[1], "9.1");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		e = (struct error){ 0 };
		r = (struct recipe){ 0 };
		cr_expect_not(tags_of(&a, bad[i].tags, &r, &e), "%s", bad[i].tags);
		cr_expect(e.kind == ERR_INPUT && e.at.line == 3 && strstr(e.cause, bad[i].message),
			  "%s: %u %s", bad[i].tags, e.at.line, e.cause);
	}
}
