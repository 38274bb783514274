/* SPDX-License-Identifier: Apache-2.0 */
/* In these tests what stands behind each array of an arena, and behind the elements of each list,
 * is no zero: who reads one element too many gets pointers that lead nowhere. The linker calls
 * the functions here instead of those they wrap (--wrap in the Makefile). */

#include <criterion/criterion.h>

#include "base/str.h"

#define POISON 0xa5

void *__real_arena_array(struct arena *a, size_t count, size_t size);
void *__wrap_arena_array(struct arena *a, size_t count, size_t size);
void *__real_list_grow(struct arena *a, void *v, size_t n, size_t *cap, size_t size);
void *__wrap_list_grow(struct arena *a, void *v, size_t n, size_t *cap, size_t size);

void *__wrap_arena_array(struct arena *a, size_t count, size_t size)
{
	unsigned char *p;

	if (count == SIZE_MAX)
		return __real_arena_array(a, count, size);
	p = __real_arena_array(a, count + 1, size);
	memset(p + count * size, POISON, size);
	return p;
}

static bool zone_is_poison(const unsigned char *p, size_t n)
{
	return n > 0 && p[0] == POISON && memcmp(p, p + 1, n - 1) == 0;
}

/* A slot that is given out is zeroed, unless it held something before. */
void *__wrap_list_grow(struct arena *a, void *v, size_t n, size_t *cap, size_t size)
{
	size_t before = *cap;
	unsigned char *p = __real_list_grow(a, v, n, cap, size);

	if (*cap != before)
		memset(p + n * size, POISON, (*cap - n) * size);
	if (zone_is_poison(p + n * size, size))
		memset(p + n * size, 0, size);
	return p;
}

Test(red_zones, one_element_past_an_array_is_poison)
{
	AUTO_ARENA a = { 0 };

	for (size_t n = 0; n < 5; n++) {
		uint64_t *p = arena_array(&a, n, sizeof(*p));

		for (size_t i = 0; i < n; i++)
			cr_expect_eq(p[i], 0u);
		cr_expect_eq(p[n], 0xa5a5a5a5a5a5a5a5u);
	}
}

Test(red_zones, one_element_past_a_list_is_poison)
{
	AUTO_ARENA a = { 0 };
	struct LIST(uint64_t) l = { 0 };

	for (uint64_t i = 0; i < 100; i++) {
		uint64_t *slot = list_push(&a, &l);

		cr_expect_eq(*slot, 0u);
		*slot = i;
		cr_expect_eq(l.v[l.n], 0xa5a5a5a5a5a5a5a5u);
	}
}
