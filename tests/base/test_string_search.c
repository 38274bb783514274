/* SPDX-License-Identifier: Apache-2.0 */
/* Words in one pass; memmem(3) says where they are. */

#include "base/string_search.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/buf.h"

#define BYTES 200
#define ROUNDS 3000

static const struct str test_words[] = { STR("ab"), STR("abc"), STR("ba"), STR("aa") };

struct words_found {
	struct buf text; /* "WORD@PLACE" */
	const char *begin;
};

static void words_note(void *ctx, size_t i, const char *at)
{
	struct words_found *f = ctx;

	buf_printf(&f->text, "%zu@%zu ", i, (size_t)(at - f->begin));
}

static void words_note_with_memmem(struct words_found *f, struct str bytes, char or_behind)
{
	for (size_t at = 0; at < bytes.n; at++) {
		for (size_t i = 0; i < ARRAY_SIZE(test_words); i++) {
			char text[8] = "";
			struct str rest = str_from(bytes, at);

			if (bytes.p[at] == or_behind)
				text[0] = or_behind;
			memcpy(text + 1, test_words[i].p, test_words[i].n);
			if (memmem(rest.p, rest.n, text, test_words[i].n + 1) == rest.p)
				words_note(f, i, rest.p);
		}
	}
}

/* Short texts of a few letters, at all places and of all lengths; one byte more would be seen by
 * AddressSanitizer. */
static void words_compare(char or_behind)
{
	unsigned seed = 1;
	size_t n = 0;

	for (size_t round = 0; round < ROUNDS; round++) {
		AUTO_ARENA a = { 0 };
		struct words_found ours = { .text = { .a = &a } }, right = ours;
		size_t length = round % BYTES;
		char *bytes = malloc(length ? length : 1);

		cr_assert(bytes);
		for (size_t i = 0; i < length; i++)
			bytes[i] = "\0abc/"[rand_r(&seed) % 5];
		ours.begin = right.begin = bytes;
		string_search(&(struct string_search){ test_words, ARRAY_SIZE(test_words),
						       or_behind, words_note, &ours },
			      (struct str){ bytes, length });
		words_note_with_memmem(&right, (struct str){ bytes, length }, or_behind);
		cr_assert_str_eq(buf_cstr(&ours.text), buf_cstr(&right.text), "round %zu", round);
		n += ours.text.n;
		free(bytes);
	}
	cr_expect_gt(n, ROUNDS);
}

Test(string_search, words_are_where_memmem_finds_them)
{
	words_compare('\0');
	words_compare('/');
}
