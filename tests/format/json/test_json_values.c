/* SPDX-License-Identifier: Apache-2.0 */
/* Values of each type, asked for as each type; members that are null or not there. */

#include <criterion/criterion.h>

#include "format/json/json.h"
#include "format/json/jsonx.h"

/* One member of each type, under the first letter of its type; "z" is null. */
static const char text[] =
	"{\"s\":\"text\",\"e\":\"\",\"n\":7,\"m\":-1,\"r\":1.5,\"t\":true,\"f\":false,"
	"\"z\":null,\"l\":[\"a\",\"b\"],\"k\":[1],\"o\":{\"x\":1,\"y\":2},\"u\":0}";

struct values_doc {
	struct arena a;
	struct json_doc doc;
	struct json_node root;
};

static void values_open(struct values_doc *d)
{
	struct error e = { 0 };

	*d = (struct values_doc){ .a = { 0 } };
	cr_assert(json_parse("x", STR(text), &d->doc, &e), "%s", e.cause);
	d->root = json_root(&d->doc);
}

static void values_close(struct values_doc *d)
{
	json_drop(&d->doc);
	arena_free(&d->a);
}

/* Which members can be read as this: their names. */
#define EXPECT_MEMBERS(d, names, type, zero, read)                                            \
	do {                                                                                  \
		struct json_node n_;                                                          \
                                                                                              \
		for (size_t i_ = 0; json_member(&(d)->root, i_, &n_); i_++) {                 \
			struct error e = { 0 };                                               \
			type out = zero;                                                      \
			bool ok_ = read;                                                      \
                                                                                              \
			(void)out;                                                            \
			cr_expect_eq(ok_, strchr(names, n_.key[0]) != NULL, "%s: %s", n_.key, \
				     e.cause);                                                \
			cr_expect_eq(e.kind, ok_ ? ERR_NONE : ERR_INPUT, "%s", n_.key);       \
		}                                                                             \
	} while (0)

Test(json_values, each_type_is_told_from_the_others)
{
	struct values_doc d;

	values_open(&d);
	EXPECT_MEMBERS(&d, "se", const char *, NULL, json_as_string(&d.a, &n_, &out, &e));
	EXPECT_MEMBERS(&d, "nu", uint64_t, 0, json_as_u64(&n_, &out, &e));
	EXPECT_MEMBERS(&d, "tf", bool, false, json_as_bool(&n_, &out, &e));
	EXPECT_MEMBERS(&d, "l", struct strings, { 0 }, json_as_strings(&d.a, &n_, &out, &e));
	EXPECT_MEMBERS(&d, "o", int, 0, json_want_object(&n_, &e));
	EXPECT_MEMBERS(&d, "lk", int, 0, json_want_array(&n_, &e));
	/* what is null is not there */
	EXPECT_MEMBERS(&d, "sez", const char *, NULL,
		       jsonx_string(&d.a, &d.root, n_.key, &out, &e));
	EXPECT_MEMBERS(&d, "lz", struct strings, { 0 },
		       jsonx_strings(&d.a, &d.root, n_.key, &out, &e));
	EXPECT_MEMBERS(&d, "oz", struct strings, { 0 },
		       jsonx_keys(&d.root, n_.key, &d.a, &out, &e));
	/* what a recipe may leave out may not be null */
	EXPECT_MEMBERS(&d, "se", const char *, NULL,
		       json_opt_string(&d.a, &d.root, n_.key, &out, &e));
	EXPECT_MEMBERS(&d, "nu", uint64_t, 0, json_opt_u64(&d.root, n_.key, &out, &e));
	EXPECT_MEMBERS(&d, "tf", bool, false, json_opt_bool(&d.root, n_.key, &out, &e));
	EXPECT_MEMBERS(&d, "l", struct strings, { 0 },
		       json_opt_strings(&d.a, &d.root, n_.key, &out, &e));
	values_close(&d);
}

Test(json_values, what_is_read_is_what_stands_there)
{
	struct values_doc d;
	struct error e = { 0 };
	struct strings list = { 0 }, keys = { 0 };
	const char *s = "before";
	uint64_t number = 1;
	bool yes = false, no = true;
	struct json_node n;

	values_open(&d);
	cr_expect(json_opt_string(&d.a, &d.root, "none", &s, &e));
	cr_expect_str_eq(s, "before");
	cr_expect(jsonx_string(&d.a, &d.root, "z", &s, &e));
	cr_expect_str_eq(s, "before");
	cr_expect(json_opt_string(&d.a, &d.root, "s", &s, &e));
	cr_expect_str_eq(s, "text");
	cr_expect(json_opt_u64(&d.root, "n", &number, &e) && number == 7);
	cr_expect(json_opt_u64(&d.root, "u", &number, &e) && number == 0);
	cr_expect(json_opt_bool(&d.root, "t", &yes, &e) && yes);
	cr_expect(json_opt_bool(&d.root, "f", &no, &e) && !no);
	cr_expect(json_opt_strings(&d.a, &d.root, "l", &list, &e));
	cr_expect_str_eq(strings_join(&d.a, &list, "|"), "a|b");
	cr_expect(jsonx_keys(&d.root, "o", &d.a, &keys, &e));
	cr_expect_str_eq(strings_join(&d.a, &keys, "|"), "x|y");
	cr_expect_str_eq(jsonx_text(&d.a, &d.root, "s"), "text");
	for (const char *p = "nmrtfzlkoq"; *p; p++)
		cr_expect_null(jsonx_text(&d.a, &d.root, arena_printf(&d.a, "%c", *p)), "%c", *p);
	cr_expect_eq(json_count(&d.root), 12u);
	cr_assert(json_get(&d.root, "l", &n));
	cr_expect_eq(json_count(&n), 2u);
	cr_expect_not(json_get(&n, "l", &n), "a list has no members");
	values_close(&d);
}

/* A misspelt key is told with what was meant, if anything is near; "x-" is the user's. */
Test(json_values, keys_that_nobody_knows_are_told)
{
	static const char *const all[] = { "s", "e", "n", "m", "r", "t", "f",
					   "z", "l", "k", "o", "u", NULL };
	static const char *const few[] = { "s", "e", "n", "m", "r", "t",
					   "f", "z", "l", "k", "o", NULL };
	struct values_doc d;
	struct error e = { 0 };

	values_open(&d);
	cr_expect(json_no_other_keys(&d.root, all, &e), "%s", e.cause);
	cr_expect_not(json_no_other_keys(&d.root, few, &e));
	cr_expect(strstr(e.cause, "u: unknown key"), "%s", e.cause);
	values_close(&d);
}

/* A value that is put together of parts of others, as of a recipe and the one it extends. */
Test(json_values, a_joined_object_has_its_parts_alone)
{
	static const char *const both[] = { "s", "n", NULL }, *const one[] = { "s", NULL };
	struct values_doc d;
	struct json_parts parts = { NULL, 0, 0 };
	struct json_node joined, n;
	struct error e = { 0 };

	values_open(&d);
	cr_assert(json_get(&d.root, "s", &n));
	*list_push(&d.a, &parts) = n;
	cr_assert(json_get(&d.root, "n", &n));
	*list_push(&d.a, &parts) = n;
	joined = json_join(&d.root, &parts);
	cr_expect_eq(json_count(&joined), 2u);
	cr_expect(json_get(&joined, "n", &n) && strcmp(n.key, "n") == 0);
	cr_expect_not(json_get(&joined, "t", &n));
	cr_expect(json_member(&joined, 1, &n) && strcmp(n.key, "n") == 0);
	cr_expect_not(json_member(&joined, 2, &n));
	cr_expect(json_need(&joined, "s", &n, &e));
	cr_expect_not(json_need(&joined, "t", &n, &e));
	cr_expect(strstr(e.cause, "the key \"t\" is missing"), "%s", e.cause);
	err_clear(&e);
	cr_expect(json_no_other_keys(&joined, both, &e), "%s", e.cause);
	cr_expect_not(json_no_other_keys(&joined, one, &e));
	cr_expect(strstr(e.cause, "n: unknown key"), "%s", e.cause);
	values_close(&d);
}
