/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that were met, against a list that is searched. */

#include <criterion/criterion.h>

#include "base/strmap.h"

Test(strmap, a_text_is_new_once)
{
	static const struct str texts[] = { STR(""),	     STR("a"),	  STR("ab"),  STR("a\0"),
					    STR("\0"),	     STR("\0\0"), STR("b"),   STR("\xff"),
					    STR("\xff\xff"), STR("abc"),  STR("abd"), STR("aba") };
	AUTO_ARENA a = { 0 };
	struct strmap m = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		cr_expect_null(strmap_get(&m, texts[i]), "%zu", i);
		cr_expect(strmap_add(&a, &m, texts[i]), "%zu", i);
		for (size_t k = 0; k <= i; k++)
			cr_expect_not(strmap_add(&a, &m, texts[k]), "%zu after %zu", k, i);
	}
}

Test(strmap, each_text_keeps_what_belongs_to_it)
{
	AUTO_ARENA a = { 0 };
	struct strmap m = { 0 };
	struct strings list = { NULL, 0, 0 };
	unsigned random = 1;

	for (size_t i = 0; i < 3000; i++) {
		const char *text = arena_printf(&a, "%*u", (int)(random % 5), random % 700);
		void **slot = strmap_slot(&a, &m, str_of(text));
		const char *first = *slot;

		random = random * 1103515245 + 12345;
		cr_assert_eq(first != NULL, strings_has(&list, text), "%s", text);
		if (!first)
			*slot = (void *)(*list_push(&a, &list) = text);
		cr_assert_str_eq(*slot, text);
	}
	for (size_t i = 0; i < list.n; i++)
		cr_assert_eq(strmap_get(&m, str_of(list.v[i])), list.v[i]);
	cr_expect_null(strmap_get(&m, STR("none")));
}
