/* SPDX-License-Identifier: Apache-2.0 */
/* How much JSON is read, and values at the edges of their types. */

#include <criterion/criterion.h>

#include "format/json/json.h"

static const char *bounds_told(struct arena *a, const char *text)
{
	AUTO_JSON doc = { 0 };
	struct error e = { 0 };

	return json_parse("x", str_of(text), &doc, &e) ? "" : arena_strdup(a, e.cause);
}

Test(json, values_are_nested_so_deep)
{
	for (unsigned n = JSON_DEPTH_MAX - 1; n <= JSON_DEPTH_MAX + 1; n++) {
		AUTO_ARENA a = { 0 };
		struct buf lists = { .a = &a }, objects = { .a = &a };

		for (unsigned i = 0; i < n; i++) {
			buf_putc(&lists, '[');
			buf_puts(&objects, "{\"a\":");
		}
		buf_puts(&lists, "\"]]]]\"");
		buf_puts(&objects, "\"{{{{\"");
		for (unsigned i = 0; i < n; i++) {
			buf_putc(&lists, ']');
			buf_putc(&objects, '}');
		}
		for (unsigned i = 0; i < 2; i++) {
			const char *told = bounds_told(&a, buf_cstr(i ? &lists : &objects));

			cr_expect(n <= JSON_DEPTH_MAX
					  ? !told[0]
					  : strcmp(told, "nested more than 64 deep") == 0,
				  "%u: %s", n, told);
		}
	}
}

Test(json, so_many_values_are_read)
{
	for (unsigned n = JSON_VALUES_MAX - 1; n <= JSON_VALUES_MAX + 1; n++) {
		AUTO_ARENA a = { 0 };
		struct buf text = { .a = &a };
		const char *told;

		buf_putc(&text, '[');
		for (unsigned i = 1; i < n; i++)
			buf_puts(&text, "0,");
		buf_puts(&text, "\",,,{{[\"]");
		told = bounds_told(&a, buf_cstr(&text));
		cr_expect(n <= JSON_VALUES_MAX ? !told[0]
					       : strcmp(told, "more than 200000 values") == 0,
			  "%u: %s", n, told);
	}
}

Test(json, true_and_false_are_all_there_is_of_bool)
{
	static const struct {
		const char *text, *says;
		bool value;
	} cases[] = {
		{ "{\"k\":true}", "", true },
		{ "{\"k\":false}", "", false },
		{ "{}", "", true },
		{ "{\"k\":null}", "expected true or false, found null", false },
		{ "{\"k\":1}", "expected true or false, found a number", false },
		{ "{\"k\":\"true\"}", "expected true or false, found a string", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_JSON doc = { 0 };
		struct error e = { 0 };
		struct json_node root;
		bool value = true, ok;

		cr_assert(json_parse("x", str_of(cases[i].text), &doc, &e));
		root = json_root(&doc);
		ok = json_opt_bool(&root, "k", &value, &e);
		cr_expect_eq(ok, !cases[i].says[0], "%s", cases[i].text);
		if (ok)
			cr_expect_eq(value, cases[i].value, "%s", cases[i].text);
		else
			cr_expect(strstr(e.cause, cases[i].says), "%s: %s", cases[i].text, e.cause);
	}
}

Test(json, whole_numbers_are_read_up_to_what_json_can_say)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t value;
	} cases[] = {
		{ "[0]", true, 0 },	 { "[9223372036854775807]", true, INT64_MAX },
		{ "[-1]", false, 0 },	 { "[1.0]", false, 0 },
		{ "[1e3]", false, 0 },	 { "[true]", false, 0 },
		{ "[\"1\"]", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_JSON doc = { 0 };
		struct error e = { 0 };
		struct json_node root, item;
		uint64_t value = 1;

		cr_assert(json_parse("x", str_of(cases[i].text), &doc, &e));
		root = json_root(&doc);
		cr_assert(json_item(&root, 0, &item) && !json_item(&root, 1, &item));
		cr_assert(json_item(&root, 0, &item));
		cr_expect_eq(json_as_u64(&item, &value, &e), cases[i].ok, "%s", cases[i].text);
		if (cases[i].ok)
			cr_expect_eq(value, cases[i].value, "%s", cases[i].text);
	}
}
