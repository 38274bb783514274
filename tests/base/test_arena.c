/* SPDX-License-Identifier: Apache-2.0 */
/* Arenas and lists. */

#include <criterion/criterion.h>
#include <stdalign.h>
#include <stdint.h>

#include "base/str.h"

Test(arena, gives_zeroed_aligned_memory_of_any_size)
{
	AUTO_ARENA a = { 0 };

	for (size_t size = 0; size < 200000; size = size * 3 + 1) {
		unsigned char *p = arena_alloc(&a, size);

		cr_expect_eq((uintptr_t)p % alignof(max_align_t), 0u);
		for (size_t i = 0; i < size; i++)
			cr_assert_eq(p[i], 0);
		memset(p, 0xee, size);
	}
}

Test(arena, large_blocks_do_not_lose_the_room_in_small_ones)
{
	AUTO_ARENA a = { 0 };
	char *first = arena_alloc(&a, 16);

	arena_alloc(&a, 1 << 20);
	cr_expect_eq((char *)arena_alloc(&a, 16), first + 16);
}

Test(arena, printf_fits_exactly)
{
	AUTO_ARENA a = { 0 };

	cr_expect_str_eq(arena_printf(&a, "%s-%d", "x", 42), "x-42");
}

Test(arena, joined_memory_stays_until_the_other_is_freed)
{
	struct arena all = { 0 }, some = { 0 }, none = { 0 };
	const char *one = arena_strdup(&some, "one"), *two, *three;

	arena_join(&all, &some);
	two = arena_strdup(&all, "two");
	three = arena_strdup(&some, "three");
	arena_join(&all, &some);
	arena_join(&all, &none);
	arena_free(&some);
	cr_expect_str_eq(one, "one");
	cr_expect_str_eq(two, "two");
	cr_expect_str_eq(three, "three");
	cr_expect_str_eq(arena_strdup(&all, "four"), "four");
	arena_free(&all);
}

Test(arena, is_usable_after_it_was_freed)
{
	struct arena a = { 0 };

	arena_strdup(&a, "one");
	arena_free(&a);
	cr_expect_str_eq(arena_strdup(&a, "two"), "two");
	arena_free(&a);
	arena_free(&a);
}

Test(list, push_keeps_order_and_content)
{
	AUTO_ARENA a = { 0 };
	struct LIST(int) l = { 0 };

	for (int i = 0; i < 1000; i++)
		*list_push(&a, &l) = i;
	cr_expect_eq(l.n, 1000u);
	for (int i = 0; i < 1000; i++)
		cr_assert_eq(l.v[i], i);
}

Test(list, unique_sorts_and_drops_repeats)
{
	AUTO_ARENA a = { 0 };
	struct strings l = { 0 };
	static const char *const in[] = { "b", "a", "c", "a", "b", "a" };

	for (size_t i = 0; i < 6; i++)
		*list_push(&a, &l) = in[i];
	strings_unique(&l);
	cr_assert_eq(l.n, 3u);
	cr_expect_str_eq(l.v[0], "a");
	cr_expect_str_eq(l.v[2], "c");
}
