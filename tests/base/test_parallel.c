/* SPDX-License-Identifier: Apache-2.0 */
/* The parallel loop: every item once, and of failures always the same one. */

#include <criterion/criterion.h>
#include <stdatomic.h>

#include "base/parallel.h"

static bool count_items(void *ctx, size_t i, struct error *e)
{
	atomic_int *done = ctx;

	(void)e;
	atomic_fetch_add(&done[i], 1);
	return true;
}

static bool fail_from_seven(void *ctx, size_t i, struct error *e)
{
	(void)ctx;
	return i < 7 || err_set(e, ERR_INPUT, "item %zu", i);
}

Test(parallel, every_item_is_done_once_on_any_number_of_threads)
{
	for (unsigned jobs = 0; jobs < 9; jobs++) {
		static atomic_int done[1000];
		struct error e = { 0 };

		for (size_t i = 0; i < 1000; i++)
			atomic_store(&done[i], 0);
		cr_expect(parallel_for(1000, jobs, count_items, done, &e));
		for (size_t i = 0; i < 1000; i++)
			cr_assert_eq(atomic_load(&done[i]), 1);
	}
}

Test(parallel, first_failure_by_item_is_reported)
{
	for (int round = 0; round < 200; round++) {
		struct error e = { 0 };

		cr_expect(!parallel_for(100, 4, fail_from_seven, NULL, &e));
		cr_assert_str_eq(e.cause, "item 7");
	}
}

Test(parallel, nothing_to_do_is_fine)
{
	struct error e = { 0 };

	cr_expect(parallel_for(0, 4, count_items, NULL, &e));
	cr_expect_geq(parallel_cpus(), 1u);
}
