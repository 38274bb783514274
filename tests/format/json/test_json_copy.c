/* SPDX-License-Identifier: Apache-2.0 */
/* What is copied says the same: every kind of value, as deep as is written. */

#include "format/json/json_copy.h"

#include <criterion/criterion.h>

static bool copy_of(struct arena *a, const char *text, struct str *out, struct error *e)
{
	struct buf to = { .a = a };
	AUTO_JSON doc = { 0 };
	struct json_node root;
	struct jsonw w;

	cr_assert(json_parse("x", str_of(text), &doc, e), "%s", e->cause);
	root = json_root(&doc);
	jsonw_init(&w, &to, false);
	if (!json_copy(&w, NULL, &root, e))
		return false;
	jsonw_finish(&w);
	*out = str_trim(buf_str(&to));
	return true;
}

Test(json_copy, every_value_is_as_it_was)
{
	static const char *const cases[] = {
		"{}",
		"[]",
		"{\"a\":\"b\",\"c\":[1,-2,0,9007199254740993],\"d\":{\"e\":true,\"f\":false}}",
		"[null,1.5,\"\",\"\\\"\\\\\\n\",[[],{}]]",
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };
		struct str out = { "", 0 };

		cr_expect(copy_of(&a, cases[i], &out, &e), "%s: %s", cases[i], e.cause);
		cr_expect_str_eq(str_dup(&a, out), cases[i]);
	}
}

/* The writer has a depth; what is deeper is an error at its place, not a broken text. */
Test(json_copy, what_is_too_deep_to_be_written_is_refused)
{
	for (unsigned depth = 1; depth < JSONW_DEPTH + 4; depth++) {
		AUTO_ARENA a = { 0 };
		struct buf text = { .a = &a };
		struct error e = { 0 };
		struct str out = { "", 0 };
		bool ok;

		for (unsigned i = 0; i < depth; i++)
			buf_puts(&text, i % 2 ? "{\"a\":" : "[");
		buf_puts(&text, "1");
		for (unsigned i = depth; i-- > 0;)
			buf_putc(&text, i % 2 ? '}' : ']');
		ok = copy_of(&a, buf_cstr(&text), &out, &e);
		cr_expect_eq(ok, depth <= JSONW_DEPTH - 3, "%u", depth);
		cr_expect(!ok || str_eq(out, buf_str(&text)), "%u", depth);
		cr_expect_eq(ok, e.kind == ERR_NONE, "%u", depth);
		cr_expect(ok || (e.kind == ERR_INPUT && strstr(e.cause, "is nested too deeply")),
			  "%s", e.cause);
	}
}
