/* SPDX-License-Identifier: Apache-2.0 */
/* Lines added to recipes that somebody wrote by hand. */

#include <criterion/criterion.h>

#include "format/json/json.h"
#include "input/recipe/recipe_edit.h"

#define TAKE(component, name) { component, 0, false, { "depends", "take" }, NULL, "\"" name "\"" }
#define LIBRARY(name) { NULL, 0, false, { "libraries", NULL }, NULL, "\"" name "\"" }
#define ACCEPT(name) \
	{ NULL, 0, false, { "effects", "accept" }, NULL, "{ \"package\": \"" name "\" }" }
#define LINK(number, from, to) { "b", number, true, { "alternatives", NULL }, from, "\"" to "\"" }

static const struct {
	const char *before, *after; /* after NULL: the same */
	struct edit edit;
} cases[] = {
	{ "{ \"libraries\": [\"liba1\"] }\n", "{ \"libraries\": [\"liba1\", \"libb2\"] }\n",
	  LIBRARY("libb2") },
	{ "{ \"libraries\": [\"liba1\"] }\n", NULL, LIBRARY("liba1") },
	{ "{ \"libraries\": [] }\n", "{ \"libraries\": [\"libb2\"] }\n", LIBRARY("libb2") },
	{ "{ \"libraries\": [\n\t\t\"liba1\"\n\t] }\n",
	  "{ \"libraries\": [\n\t\t\"liba1\",\n\t\t\"libb2\"\n\t] }\n", LIBRARY("libb2") },
	{ "{\n  \"name\": \"x\"\n}\n", "{\n  \"name\": \"x\",\n  \"libraries\": [\"libb2\"]\n}\n",
	  LIBRARY("libb2") },
	{ "{}", "{ \"libraries\": [\"libb2\"] }", LIBRARY("libb2") },
	{ "{ \"effects\": { \"ld-so-cache\": true } }",
	  "{ \"effects\": { \"ld-so-cache\": true, \"accept\": [ { \"package\": \"x\" } ] } }",
	  ACCEPT("x") },
	{ "{ \"name\": \"x\" }",
	  "{ \"name\": \"x\", \"effects\": { \"accept\": [ { \"package\": \"x\" } ] } }",
	  ACCEPT("x") },
	{ "{ \"effects\": { \"accept\": [ { \"reason\": \"mine\", \"package\": \"x\" } ] } }", NULL,
	  ACCEPT("x") },
	{ "{ \"components\": [\n  { \"name\": \"a\" },\n  { \"name\": \"b\",\n    \"keep\": [ \"/x/}\" ] } ] }",
	  "{ \"components\": [\n  { \"name\": \"a\" },\n  { \"name\": \"b\",\n    \"keep\": [ \"/x/}\" ],\n"
	  "    \"depends\": { \"take\": [\"d\"] } } ] }",
	  TAKE("b", "d") },
	{ "{ \"components\": [ { \"name\": \"b\", \"depends\": { \"accept\": [] } } ] }",
	  "{ \"components\": [ { \"name\": \"b\", \"depends\": { \"accept\": [], \"take\": [\"d\"] } } ] }",
	  TAKE("b", "d") },
	{ "{ \"components\": [ { \"name\": \"b\", \"depends\": { \"take\": [\"c\"] } } ] }",
	  "{ \"components\": [ { \"name\": \"b\", \"depends\": { \"take\": [\"c\", \"d\"] } } ] }",
	  TAKE("b", "d") },
	{ "{ \"components\": [ { \"name\": \"b\", \"providers\": [ { \"packages\": [\"p\"] }, { } ] } ] }",
	  "{ \"components\": [ { \"name\": \"b\", \"providers\": [ { \"packages\": [\"p\"] }, "
	  "{ \"alternatives\": { \"/a\": \"/b\" } } ] } ] }",
	  LINK(1, "/a", "/b") },
	{ "{ \"components\": [ { \"name\": \"b\", \"providers\": [ { \"alternatives\": { \"/a\": \"/mine\" } } ] } ] }",
	  NULL, LINK(0, "/a", "/b") },
};

Test(recipe_edit, what_is_new_stands_behind_what_is_there)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_JSON doc = { 0 };
		const char *want = cases[i].after ? cases[i].after : cases[i].before;
		struct error e = { 0 };
		struct str out;
		bool added;

		cr_assert(edit_add(&a, "x.json", str_of(cases[i].before), &cases[i].edit, &out,
				   &added, &e),
			  "%s", e.cause);
		cr_expect_eq(added, cases[i].after != NULL, "%s", cases[i].before);
		cr_expect(str_eq(out, str_of(want)), "\n" STR_FMT "\nis not\n%s", STR_ARG(out),
			  want);
		cr_expect(json_parse("x.json", out, &doc, &e), "%s", e.cause);
	}
}

Test(recipe_edit, tells_where_a_line_belongs)
{
	static const struct edit take = TAKE("a", "d"), link = LINK(2, "/a", "/b");
	AUTO_ARENA a = { 0 };

	cr_expect_str_eq(edit_where(&a, &take), "components[a].depends.take");
	cr_expect_str_eq(edit_line(&a, &take), "\"d\"");
	cr_expect_str_eq(edit_where(&a, &link), "components[b].providers[2].alternatives");
	cr_expect_str_eq(edit_line(&a, &link), "\"/a\": \"/b\"");
}

Test(recipe_edit, a_text_that_is_no_such_recipe_is_an_error)
{
	static const struct {
		const char *text, *message;
	} bad[] = {
		{ "{ \"components\": [ { \"name\": \"c\" } ] }",
		  "components: it has no component \"b\"" },
		{ "{ }", "it has no components" },
		{ "{ \"components\": [ { \"name\": \"b\", \"depends\": [] } ] }",
		  "expected an object, found an array" },
		{ "{ \"components\": [ { \"name\": \"b\", \"depends\": { \"take\": 7 } } ] }",
		  "expected an array, found a number" },
		{ "{", "" },
	};
	static const struct edit edit = TAKE("b", "d");

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };
		struct str out;
		char text[2048];
		bool added;

		cr_expect(!edit_add(&a, "x.json", str_of(bad[i].text), &edit, &out, &added, &e),
			  "%s", bad[i].text);
		err_format(&e, text, sizeof(text));
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect(strstr(text, bad[i].message), "no \"%s\" in \"%s\"", bad[i].message,
			  text);
	}
}
