/* SPDX-License-Identifier: Apache-2.0 */
/* JSON in and out. Bad documents with their places are under tests/data/recipe/invalid. */

#include <criterion/criterion.h>

#include "format/json/json.h"
#include "format/json/jsonw.h"

static struct str json_written(struct buf *out, bool pretty)
{
	struct strings list = { 0 };
	struct jsonw w;

	*list_push(out->a, &list) = "a";
	*list_push(out->a, &list) = "b";
	jsonw_init(&w, out, pretty);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "s", "q\"\\\n\x01\x7f\xff\xc3\xa4");
	jsonw_u64(&w, "n", UINT64_MAX);
	jsonw_i64(&w, "i", INT64_MIN);
	jsonw_bool(&w, "t", true);
	jsonw_null(&w, "z");
	jsonw_strings(&w, "l", &list);
	jsonw_array(&w, "e");
	jsonw_array_end(&w);
	jsonw_array(&w, "o");
	jsonw_object_inline(&w, NULL);
	jsonw_printf(&w, "k", "%d", 7);
	jsonw_object_end(&w);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(out);
}

Test(jsonw, compact_form_has_no_blanks)
{
	AUTO_ARENA a = { 0 };
	struct buf out = { .a = &a };

	cr_expect(
		str_eq(json_written(&out, false),
		       STR("{\"s\":\"q\\\"\\\\\\n\\u0001\\u007f\xef\xbf\xbd\xc3\xa4\",\"n\":18446744073709551615,"
			   "\"i\":-9223372036854775808,\"t\":true,\"z\":null,\"l\":[\"a\",\"b\"],\"e\":[],"
			   "\"o\":[{\"k\":\"7\"}]}")),
		"%s", buf_cstr(&out));
}

/* The text stays the same; a line of a log that holds it is not a command (GitHub: "##[", Azure:
 * "##vso["). */
Test(jsonw, T37_no_string_is_a_command_to_a_ci_service)
{
	AUTO_ARENA a = { 0 };
	struct buf out = { .a = &a };
	AUTO_JSON doc = { 0 };
	struct error e = { 0 };
	struct json_node root, n;
	const char *text;
	struct jsonw w;

	jsonw_init(&w, &out, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "##[a]", "[b] ##[error] ##vso[x] #[c]");
	jsonw_object_end(&w);
	cr_expect_str_eq(buf_cstr(&out),
			 "{\"##\\u005ba]\":\"[b] ##\\u005berror] ##vso\\u005bx] #[c]\"}");
	cr_assert(json_parse("x", buf_str(&out), &doc, &e));
	root = json_root(&doc);
	cr_assert(json_get(&root, "##[a]", &n) && json_as_string(&a, &n, &text, &e));
	cr_expect_str_eq(text, "[b] ##[error] ##vso[x] #[c]");
}

Test(jsonw, pretty_form_is_good_to_diff)
{
	AUTO_ARENA a = { 0 };
	struct buf out = { .a = &a };

	json_written(&out, true);
	cr_expect(strstr(out.p, "{\n  \"s\": \"q"), "%s", out.p);
	cr_expect(strstr(out.p, "\n  \"l\": [\"a\", \"b\"],\n  \"e\": [],\n"), "%s", out.p);
	cr_expect(strstr(out.p, "\n    { \"k\": \"7\" }\n  ]\n}\n"), "%s", out.p);
}

Test(json, reads_back_what_the_writer_wrote)
{
	AUTO_ARENA a = { 0 };
	struct buf out = { .a = &a };
	AUTO_JSON doc = { 0 };
	struct error e = { 0 };
	struct json_node root, n;
	struct strings list = { 0 };
	struct jsonw w;
	const char *s;

	jsonw_init(&w, &out, true);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "s", "q\"\\\n\x01\xc3\xa4");
	jsonw_array_inline(&w, "l");
	jsonw_cstr(&w, NULL, "x");
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	cr_assert(json_parse("t", buf_str(&out), &doc, &e), "%s", e.cause);
	root = json_root(&doc);
	cr_assert(json_need(&root, "s", &n, &e) && json_as_string(&a, &n, &s, &e));
	cr_expect_str_eq(s, "q\"\\\n\x01\xc3\xa4");
	cr_assert(json_need(&root, "l", &n, &e) && json_as_strings(&a, &n, &list, &e));
	cr_expect_eq(list.n, 1u);
}

Test(json, T31_malformed_documents_are_refused_with_a_place)
{
	static const char *const bad[] = {
		"",
		" ",
		"{",
		"[1,]",
		"{\"a\":1,}",
		"{\"a\" 1}",
		"{a:1}",
		"'x'",
		"01",
		"1.",
		"+1",
		".5",
		"nul",
		"\"\\x\"",
		"\"\t\"",
		"\"\xff\"",
		"[1] 2",
		"\xef\xbb\xbf{}",
		"{\"a\":1,\"a\":2}",
		"\"\\u0000\"",
		"[1e999]",
		"\"\\ud800\"",
		"/* c */ 1",
		"NaN",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		AUTO_JSON doc = { 0 };
		struct error e = { 0 };

		cr_expect(!json_parse("t.json", str_of(bad[i]), &doc, &e), "accepted: %s", bad[i]);
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect_str_eq(e.at.file, "t.json");
		cr_expect_geq(e.at.line, 1u);
	}
}

Test(json, T31_a_NUL_is_nowhere_in_it)
{
	static const char bad[][12] = { "[1\0]", "[{\"a\":1\0},2]", "[true\0]", "[\"\0\"]", "\0[]",
					"[]\0" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		AUTO_JSON doc = { 0 };
		struct error e = { 0 };
		size_t n = i == 1 ? 11 : strlen(bad[i]) + 1 + strlen(bad[i] + strlen(bad[i]) + 1);

		cr_expect(!json_parse("t.json", (struct str){ bad[i], n }, &doc, &e), "%zu", i);
		cr_expect(e.kind == ERR_INPUT && e.at.line == 1, "%zu: %s", i, e.cause);
	}
}

Test(json, a_merge_that_is_not_done_is_told)
{
	AUTO_JSON doc = { 0 };
	struct error e = { 0 };

	cr_assert_not(json_parse("x.json",
				 STR("{\n  \"a\": [\n<<<<<<< HEAD\n1\n=======\n2\n"
				     ">>>>>>> b\n]}\n"),
				 &doc, &e));
	cr_expect_str_eq(e.cause, "a merge conflict stands here: resolve it");
	cr_expect_eq(e.at.line, 3);
}

/* Each value costs memory many times its text. */
Test(json, T31_more_values_than_anybody_writes_are_refused)
{
	AUTO_ARENA a = { 0 };
	AUTO_JSON doc = { 0 };
	struct buf text = { .a = &a };
	struct error e = { 0 };

	buf_puts(&text, "[\n\"a string with ,,,,[[[ in it\"");
	for (int i = 0; i < 199999; i++)
		buf_puts(&text, ",0");
	cr_assert_not(json_parse("many.json", buf_str(&text), &doc, &e), "it has no end");
	cr_expect(strstr(e.cause, "not valid JSON"), "%s", e.cause);
	e = (struct error){ 0 };
	buf_puts(&text, ",0]");
	cr_assert_not(json_parse("many.json", buf_str(&text), &doc, &e));
	cr_expect_str_eq(e.cause, "more than 200000 values");
	cr_expect_eq(e.at.line, 2);
}

Test(json, places_are_found_through_strings_that_look_like_structure)
{
	static const char text[] =
		"{ \"a{,[\\\"\": [1, \"]}\", {}],\n  \"b\": [ [], {\"c\": \"x\"}, 7 ] }";
	AUTO_JSON doc = { 0 };
	struct error e = { 0 };
	struct json_node root, b, item;
	unsigned line, col;

	cr_assert(json_parse("t", STR(text), &doc, &e));
	root = json_root(&doc);
	cr_assert(json_get(&root, "b", &b) && json_item(&b, 2, &item));
	json_place(&item, &line, &col);
	cr_expect_eq(line, 2u);
	cr_expect_eq(col, (unsigned)(strstr(text, "7 ]") - strchr(text, '\n')));
	cr_expect(!json_fail(&item, &e, "bad"));
	cr_expect_str_eq(e.cause, "b[2]: bad");
}

Test(json, keys_that_begin_with_x_are_the_users)
{
	static const char *const keys[] = { "known", NULL };
	AUTO_JSON doc = { 0 };
	struct error e = { 0 };
	struct json_node root;

	cr_assert(json_parse("t", STR("{\"known\":1,\"x-mine\":[]}"), &doc, &e));
	root = json_root(&doc);
	cr_expect(json_no_other_keys(&root, keys, &e), "%s", e.cause);
}

static void json_expect_place(const struct json_node *n, const struct json_node *plain)
{
	unsigned line, col, plain_line, plain_col;

	json_place(n, &line, &col);
	json_place(plain, &plain_line, &plain_col);
	cr_expect(line == plain_line && col == plain_col, "%s %zu: %u:%u, %u:%u",
		  n->key ? n->key : "", n->index, line, col, plain_line, plain_col);
}

/* A document remembers what was asked last; one that remembers nothing answers the same. */
Test(json, places_are_the_same_however_they_are_looked_for)
{
	AUTO_ARENA a = { 0 };
	AUTO_JSON doc = { 0 };
	struct json_doc plain;
	struct buf text = { .a = &a };
	struct error e = { 0 };
	struct json_node root, array, item, member, plain_root, plain_array, plain_item,
		plain_member;

	buf_puts(&text, "{ \"x\": 1,\n  \"list\": [");
	for (int i = 0; i < 500; i++)
		buf_printf(&text, "%s%s{ \"n\": %d,%s \"s\": \"]}\\\"\", \"\\u0041\": 2 }",
			   i ? "," : "", i % 7 ? "" : "\n\n ", i, i % 3 ? "" : "\n");
	buf_puts(&text, "] }");
	cr_assert(json_parse("x.json", buf_str(&text), &doc, &e), "%s", e.cause);
	cr_assert(doc.walk);
	plain = doc;
	plain.walk = NULL;
	root = json_root(&doc);
	plain_root = json_root(&plain);
	cr_assert(json_get(&root, "list", &array) && json_get(&plain_root, "list", &plain_array));
	for (size_t i = 0, k = 0; i < 1000; i++, k = (k + (i % 5 ? 1 : 371)) % 500) {
		cr_assert(json_item(&array, k, &item) && json_item(&plain_array, k, &plain_item));
		json_expect_place(&item, &plain_item);
		for (size_t m = 0; m < 5; m++) {
			bool there = json_member(&item, (m * k) % 4, &member);

			cr_assert_eq(there, json_member(&plain_item, (m * k) % 4, &plain_member));
			cr_assert_eq(there, (m * k) % 4 < 3);
			cr_assert(!there || member.value == plain_member.value);
			if (there)
				json_expect_place(&member, &plain_member);
		}
	}
	json_item(&array, 3, &item);
	cr_expect(!json_fail(&item, &e, "x"), "also backwards");
	cr_expect_eq(e.at.line, 5);
}
