/* SPDX-License-Identifier: Apache-2.0 */
/* One value of a large text. What is right says the parser that reads all of it. */

#include <criterion/criterion.h>

#include "format/json/json.h"
#include "format/json/json_member.h"

static const char text[] =
	"{ \"a\\\"{\": [1, {\"versions\": 2}], \"s\": \"}]\\\\\",\n"
	" \"versions\" : { \"1.0\": {\"x\": [{}, \"]\"]} , \"2.0\":{\"y\":-1.5e3},\"n\": null } }";

Test(json_member, is_what_the_parser_finds)
{
	static const char *const versions[] = { "1.0", "2.0", "n", "3.0" };

	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		const char *const keys[] = { "versions", versions[i] };
		AUTO_ARENA a = { 0 };
		AUTO_JSON doc = { 0 };
		struct json_node root, all, one;
		struct error e = { 0 };
		struct str found;
		bool there;

		cr_assert(json_parse("x", STR(text), &doc, &e));
		root = json_root(&doc);
		cr_assert(json_get(&root, "versions", &all));
		there = json_get(&all, versions[i], &one);
		cr_expect_eq(json_member_find(STR(text), keys, 2, &found), there, "%s",
			     versions[i]);
		if (there) {
			AUTO_JSON part = { 0 };

			cr_assert(json_parse("y", found, &part, &e));
			root = json_root(&part);
			cr_expect_str_eq(json_text(&a, &root), json_text(&a, &one));
		}
	}
}

/* Nothing is read behind an end, wherever it is. */
Test(json_member, a_text_that_is_cut_has_it_or_not)
{
	const char *const keys[] = { "versions", "2.0" };
	const size_t end = (size_t)(strstr(text, ",\"n\"") - text);

	for (size_t n = 0; n < sizeof(text); n++) {
		AUTO_ARENA a = { 0 };
		struct str found, cut = { memcpy(arena_alloc(&a, n + 1), text, n), n };

		cr_expect(!json_member_find(cut, keys, 2, &found) || n > end, "%zu", n);
	}
}
