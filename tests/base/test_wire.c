/* SPDX-License-Identifier: Apache-2.0 */
/* What is written is read back; anything else is refused, whatever bytes it is made of. */

#include <criterion/criterion.h>

#include "base/wire.h"

Test(base, wire_gives_back_what_was_put)
{
	static const uint64_t numbers[] = { 0, 1, 127, 128, 16383, 16384, 1ull << 32, UINT64_MAX };
	static const int64_t signs[] = { 0, -1, 1, INT64_MIN, INT64_MAX, -4096 };
	AUTO_ARENA a = { 0 };
	struct buf b = { .a = &a };
	struct strings list = { 0 }, got = { 0 };
	struct wire w = { .a = &a };
	struct str s;

	*list_push(&a, &list) = "";
	*list_push(&a, &list) = "two words";
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		wire_put(&b, numbers[i]);
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		wire_put_signed(&b, signs[i]);
	wire_put_str(&b, STR("a\0b"));
	wire_put_text(&b, NULL);
	wire_put_text(&b, "");
	wire_put_texts(&b, &list);
	wire_put(&b, true);
	w.rest = buf_str(&b);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		cr_expect_eq(wire_get(&w, UINT64_MAX), numbers[i], "number %zu", i);
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		cr_expect_eq(wire_get_signed(&w), signs[i], "signed %zu", i);
	s = wire_str(&w);
	cr_expect(str_eq(s, STR("a\0b")) && s.p[3] == '\0');
	cr_expect_null(wire_text(&w));
	cr_expect_str_eq(wire_text(&w), "");
	wire_texts(&w, &got);
	cr_expect(got.n == 2 && strcmp(got.v[0], "") == 0 && strcmp(got.v[1], "two words") == 0);
	cr_expect(wire_flag(&w));
	cr_expect(wire_end(&w));
}

static void wire_take_number(struct wire *w)
{
	wire_get(w, 1000);
}
static void wire_take_flag(struct wire *w)
{
	wire_flag(w);
}
static void wire_take_count(struct wire *w)
{
	wire_count(w);
}
static void wire_take_string(struct wire *w)
{
	wire_str(w);
}
static void wire_take_text(struct wire *w)
{
	wire_text(w);
}
static void wire_take_texts(struct wire *w)
{
	struct strings l = { 0 };

	wire_texts(w, &l);
}

Test(base, wire_refuses_what_no_writer_puts)
{
	static const struct {
		const char *what;
		void (*read)(struct wire *);
		struct str bytes;
	} cases[] = {
		{ "nothing", wire_take_number, { "", 0 } },
		{ "a number that does not end", wire_take_number, { "\x81\x82", 2 } },
		{ "a number of more than 64 bits",
		  wire_take_number,
		  { "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x03", 10 } },
		{ "a number of more than ten bytes",
		  wire_take_number,
		  { "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\0", 11 } },
		{ "a number beyond its maximum", wire_take_number, { "\xe9\x07", 2 } },
		{ "a flag of 2", wire_take_flag, { "\2", 1 } },
		{ "more elements than bytes", wire_take_count, { "\3ab", 3 } },
		{ "a string longer than the message", wire_take_string, { "\5abc", 4 } },
		{ "no string where one must be", wire_take_string, { "\0", 1 } },
		{ "a string of all the memory there is",
		  wire_take_string,
		  { "\xff\xff\xff\xff\xff\xff\xff\xff\xff\1", 10 } },
		{ "a NUL in a text", wire_take_text, { "\4a\0b", 4 } },
		{ "a list with a NULL", wire_take_texts, { "\2\2a\0", 4 } },
		{ "bytes that nobody reads", wire_take_flag, { "\1\1", 2 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct wire w = { .a = &a, .rest = cases[i].bytes };

		cases[i].read(&w);
		cr_expect_not(wire_end(&w), "%s", cases[i].what);
		if (w.bad) {
			cr_expect_eq(wire_get(&w, 9), 0, "%s: it goes on", cases[i].what);
			cr_expect_null(wire_text(&w), "%s: it goes on", cases[i].what);
		}
	}
}
