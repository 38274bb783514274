/* SPDX-License-Identifier: Apache-2.0 */
/* What people write that is nearly JSON. The words are jansson's, so the texts are read by it. */

#include <criterion/criterion.h>

#include "format/json/json.h"

Test(json_hint, says_what_is_wrong_with_what_is_nearly_json)
{
	static const struct {
		const char *text, *hint;
	} cases[] = {
		{ "{ \"a\": 1, }", "'}'; a comma too many stands before it" },
		{ "[ 1, ]", "']'; a comma too many stands before it" },
		{ "{ // x\n \"a\": 1 }", "; JSON has no comments" },
		{ "{ \"a\": 1 // x\n }", "; JSON has no comments" },
		{ "{ \"a\": /* x */ 1 }", "; JSON has no comments" },
		{ "# x\n{ \"a\": 1 }", "; JSON has no comments" },
		{ "{ \"a\": [ 1 # x\n ] }", "; JSON has no comments" },
		{ "{ 'a': 1 }", "; texts stand in double quotes" },
		{ "{ \"a\": 'b' }", "; texts stand in double quotes" },
		{ "{ \"a\": 1\n \"b\": 2 }", "; a comma is missing before it" },
		{ "{ \"a\": [ \"b\" \"c\" ] }", "; a comma is missing before it" },
		{ "{ \"a\": [ {} {} ] }", "; a comma is missing before it" },
		{ "{ \"a\": 1", "near end of file" },
		{ "{ a: 1 }", "near 'a'" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_JSON doc = { 0 };
		struct error e = { 0 };

		cr_assert_not(json_parse("x.json", str_of(cases[i].text), &doc, &e));
		cr_expect(str_ends(str_of(e.cause), str_of(cases[i].hint)), "%s: %s", cases[i].text,
			  e.cause);
	}
}
