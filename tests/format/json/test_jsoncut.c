/* SPDX-License-Identifier: Apache-2.0 */
/* Texts cut into their objects, however they come in; what jansson says of the whole. */

#include "format/json/jsoncut.h"

#include <criterion/criterion.h>
#include <jansson.h>

/* Gives a text in chunks of so many bytes, and then fails if it is told to. */
struct chunk_source {
	struct source base;
	struct str rest;
	size_t n;
	bool fails;
};

static int chunk_next(struct source *base, struct str *chunk, struct error *e)
{
	struct chunk_source *s = (struct chunk_source *)base;

	if (!s->rest.n && s->fails)
		return err_set(e, ERR_SYSTEM, "gone"), -1;
	*chunk = (struct str){ s->rest.p, s->n < s->rest.n ? s->n : s->rest.n };
	s->rest = str_from(s->rest, chunk->n);
	return chunk->n > 0;
}

struct cutting {
	struct arena a;
	enum jsoncut_form form;
	struct buf pieces;   /* "OF/KEY LINE:COL TEXT;" of each */
	const char *message; /* or "" */
	size_t max;
	bool fails;
};

/* Whether all of it is cut and read. */
static bool cut_text(struct cutting *t, struct str text, size_t chunk)
{
	struct chunk_source s = { { chunk_next, "x" }, text, chunk, t->fails };
	AUTO_JSONCUT c = { .from = &s.base, .file = "x", .form = t->form, .max = t->max };
	struct jsoncut_piece piece;
	struct error e = { 0 };
	char said[600] = "";
	int got;

	t->pieces = (struct buf){ .a = &t->a };
	while ((got = jsoncut_next(&c, &piece, &e)) > 0) {
		AUTO_JSON doc = { 0 };

		if (!jsoncut_parse(&c, &piece, &doc, &e)) {
			got = -1;
			break;
		}
		buf_printf(&t->pieces, "%s/%s %u:%u " STR_FMT ";", piece.of ? piece.of : "",
			   piece.key ? piece.key : "", piece.line, piece.col, STR_ARG(piece.text));
	}
	cr_expect_eq(got == 0, e.kind == ERR_NONE, STR_FMT, STR_ARG(text));
	if (got < 0)
		err_format(&e, said, sizeof(said));
	t->message = arena_strdup(&t->a, said);
	return got == 0;
}

Test(jsoncut, objects_come_out_whole_however_the_text_comes_in)
{
	static const struct {
		enum jsoncut_form form;
		const char *text, *pieces;
	} cases[] = {
		{ JSONCUT_ITEMS, "[]", "" },
		{ JSONCUT_ITEMS, " [ ] \n", "" },
		{ JSONCUT_ITEMS, "[{},{\"a\":[{}]}]", "/ 1:2 {};/ 1:5 {\"a\":[{}]};" },
		{ JSONCUT_ITEMS, "[\n {\"}\":\"\\\"]\\\\\"} ,\r\n\t{}\n]",
		  "/ 2:2 {\"}\":\"\\\"]\\\\\"};/ 3:2 {};" },
		{ JSONCUT_VALUES, "{}", "/ 1:1 {};" },
		{ JSONCUT_VALUES, " {\"a\":1}\n{\"b\":{}}\n\n{}\n",
		  "/ 1:2 {\"a\":1};/ 2:1 {\"b\":{}};/ 4:1 {};" },
		{ JSONCUT_NESTED, "{}", "" },
		{ JSONCUT_NESTED, "{\"a\":{}}", "" },
		{ JSONCUT_NESTED, "{\"a\":{\"x\":{}},\"b\":{\"y\" : {\"z\":1},\n\"z\":{}}}",
		  "a/x 1:11 {};b/y 1:26 {\"z\":1};b/z 2:5 {};" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str text = str_of(cases[i].text);

		for (size_t chunk = 1; chunk <= text.n; chunk++) {
			struct cutting t = { .form = cases[i].form, .max = 1000 };

			cr_assert(cut_text(&t, text, chunk), "%s: %s", text.p, t.message);
			cr_expect_str_eq(t.pieces.n ? buf_cstr(&t.pieces) : "", cases[i].pieces);
			arena_free(&t.a);
		}
	}
}

static bool members_are_objects(json_t *v, bool deeper)
{
	const char *key;
	json_t *item;

	json_object_foreach(v, key, item)
	{
		if (!json_is_object(item) || (deeper && !members_are_objects(item, false)))
			return false;
	}
	return json_is_object(v);
}

static bool items_are_objects(json_t *v)
{
	json_t *item;
	size_t i;

	json_array_foreach(v, i, item)
	{
		if (!json_is_object(item))
			return false;
	}
	return json_is_array(v);
}

static void expect_as_jansson(enum jsoncut_form form, struct str text)
{
	struct cutting t = { .form = form, .max = 1000 };
	json_t *v = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);

	cr_expect_eq(cut_text(&t, text, text.n),
		     v && (form == JSONCUT_ITEMS ? items_are_objects(v)
						 : members_are_objects(v, true)),
		     STR_FMT ": %s", STR_ARG(text), t.message);
	json_decref(v);
	arena_free(&t.a);
}

Test(jsoncut, a_list_is_cut_if_it_is_one_of_objects, .timeout = 60)
{
	static const char letters[] = "[]{},\": ";
	const size_t n = strlen(letters);

	for (size_t length = 1, all = n; length <= 5; length++, all *= n) {
		for (size_t number = 0; number < all; number++) {
			char text[8];
			size_t rest = number;

			for (size_t i = 0; i < length; i++, rest /= n)
				text[i] = letters[rest % n];
			expect_as_jansson(JSONCUT_ITEMS, (struct str){ text, length });
		}
	}
}

/* Each byte another one, left out, and one more before it. */
Test(jsoncut, a_change_anywhere_is_an_error_or_as_good_as_before)
{
	static const struct {
		enum jsoncut_form form;
		const char *text;
	} texts[] = {
		{ JSONCUT_NESTED, "{\"a\":{\"x\":{},\"y\":{\"k\":[1]}}, \"b\" : { }}" },
		{ JSONCUT_ITEMS, "[{\"a\":{}}, {} , {\"b\":[]}]" },
	};
	static const char letters[] = "[]{},:\" z\n\t\r\x1f";

	for (size_t t = 0; t < ARRAY_SIZE(texts); t++) {
		struct str text = str_of(texts[t].text);

		for (size_t i = 0; i < text.n; i++) {
			for (const char *c = letters; *c; c++) {
				AUTO_ARENA a = { 0 };
				const char *more = arena_printf(&a, "%.*s%c%s", (int)i, text.p, *c,
								text.p + i);

				expect_as_jansson(texts[t].form, str_of(more));
				expect_as_jansson(texts[t].form,
						  str_of(arena_printf(&a, "%.*s%c%s", (int)i,
								      text.p, *c, text.p + i + 1)));
			}
			expect_as_jansson(texts[t].form, (struct str){ text.p, i });
		}
	}
}

Test(jsoncut, errors_say_where_in_the_whole_text)
{
	static const struct {
		enum jsoncut_form form;
		const char *text, *says;
	} cases[] = {
		{ JSONCUT_VALUES, "", "x:1:1: the text ends too early" },
		{ JSONCUT_VALUES, "\xef\xbb\xbf{}",
		  "x:1:1: it begins with a byte order mark, which JSON does not have: save it as UTF-8 "
		  "without one" },
		{ JSONCUT_VALUES, "\n{}\n x", "x:3:2: expected '{' or '[', found \"x\"" },
		{ JSONCUT_VALUES, "{\"a\":", "x:1:6: the text ends too early" },
		{ JSONCUT_ITEMS, "[{},\n 1]", "x:2:2: expected '{', found \"1\"" },
		{ JSONCUT_ITEMS, "[{},]", "x:1:5: expected '{', found \"]\"" },
		{ JSONCUT_ITEMS, "[{}]\n]", "x:2:1: expected the end, found \"]\"" },
		{ JSONCUT_ITEMS, "[{} {}]", "x:1:5: expected ',' or the end, found \"{\"" },
		{ JSONCUT_ITEMS, "[{\"a\":1},\n  {\"b\":}]", "x:2:8: " },
		{ JSONCUT_ITEMS, "[{\"a\":1},\n  {\"b\":\n1,}]", "x:3:3: " },
		{ JSONCUT_NESTED, "{\"a\\u0062\":{}}",
		  "x:1:4: expected a plain name, found \"\\\"" },
		{ JSONCUT_NESTED, "{\"a\":1}", "x:1:6: expected '{', found \"1\"" },
		{ JSONCUT_NESTED, "{\"a\"{}}", "x:1:5: expected ':', found \"{\"" },
		{ JSONCUT_NESTED, "{1:{}}", "x:1:2: expected a name, found \"1\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cutting t = { .form = cases[i].form, .max = 1000 };

		cr_expect_not(cut_text(&t, str_of(cases[i].text), 3), "%s", cases[i].text);
		cr_expect(str_starts(str_of(t.message), str_of(cases[i].says)), "%s: %s",
			  cases[i].text, t.message);
		arena_free(&t.a);
	}
}

Test(jsoncut, an_object_has_at_most_so_many_bytes)
{
	struct cutting t = { .form = JSONCUT_NESTED, .max = 7 };

	cr_expect(cut_text(&t, STR("{\"a\":{\"b\":{\"c\":1}}}"), 4), "%s", t.message);
	cr_expect_not(cut_text(&t, STR("{\"a\":{\"b\":\n{\"c\":12}}}"), 4));
	cr_expect_str_eq(t.message, "x:2:1: an entry of b has more than 7 bytes");
	t.form = JSONCUT_ITEMS;
	cr_expect_not(cut_text(&t, STR("[{\"c\":12}]"), 4));
	cr_expect_str_eq(t.message, "x:1:2: an entry has more than 7 bytes");
	arena_free(&t.a);
}

Test(jsoncut, a_name_has_at_most_255_bytes)
{
	for (size_t n = 255; n <= 256; n++) {
		struct cutting t = { .form = JSONCUT_NESTED, .max = 1000 };
		char *name = arena_text(&t.a, n);

		memset(name, 'k', n);
		cr_expect_eq(cut_text(&t, str_of(arena_printf(&t.a, "{\"a\":{\"%s\":{}}}", name)),
				      1000),
			     n == 255, "%zu: %s", n, t.message);
		cr_expect_eq(cut_text(&t, str_of(arena_printf(&t.a, "{\"%s\":{\"a\":{}}}", name)),
				      1000),
			     n == 255, "%zu: %s", n, t.message);
		arena_free(&t.a);
	}
}

Test(jsoncut, a_source_that_fails_is_told)
{
	struct cutting t = { .form = JSONCUT_ITEMS, .max = 1000, .fails = true };

	cr_expect_not(cut_text(&t, STR("[{},{}"), 2));
	cr_expect_str_eq(t.message, "gone");
	arena_free(&t.a);
}

Test(jsoncut, a_value_has_its_line_in_the_whole_text)
{
	struct chunk_source s = {
		{ chunk_next, "x" }, STR("[{},\n\n{\"a\":\n[1,\n2]}]"), 100, false
	};
	AUTO_JSONCUT c = { .from = &s.base, .file = "x", .form = JSONCUT_ITEMS, .max = 100 };
	struct jsoncut_piece piece;
	struct json_node root, list, item;
	AUTO_JSON doc = { 0 };
	struct error e = { 0 };

	cr_assert_eq(jsoncut_next(&c, &piece, &e), 1);
	cr_assert_eq(jsoncut_next(&c, &piece, &e), 1);
	cr_assert(jsoncut_parse(&c, &piece, &doc, &e));
	root = json_root(&doc);
	cr_expect_eq(jsoncut_line(&piece, &root), 3u);
	cr_assert(json_need(&root, "a", &list, &e) && json_item(&list, 1, &item));
	cr_expect_eq(jsoncut_line(&piece, &list), 4u);
	cr_expect_eq(jsoncut_line(&piece, &item), 5u);
}
