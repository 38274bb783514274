/* SPDX-License-Identifier: Apache-2.0 */
/* Mistakes of a programmer end the program instead of making an archive that is none. */

#include <criterion/criterion.h>
#include <signal.h>

#include "format/archive/tarw.h"
#include "support/fixture_frail_sink.h"

/* Two entries one after the other. */
static void write_two(struct tarw_entry first, struct tarw_entry second)
{
	struct frail_sink to;
	struct tarw t;
	struct error e = { 0 };

	frail_sink_init(&to, 100);
	tarw_init(&t, &to.base);
	cr_assert(tarw_entry(&t, &first, &e));
	(void)!tarw_entry(&t, &second, &e);
}

static const struct tarw_entry good = { .path = "a" };

Test(tarw_misuse, an_entry_before_the_last_one_is_whole, .signal = SIGABRT)
{
	write_two((struct tarw_entry){ .path = "a", .size = 1 }, good);
}

Test(tarw_misuse, an_entry_without_a_name, .signal = SIGABRT)
{
	write_two(good, (struct tarw_entry){ .path = "" });
}

Test(tarw_misuse, an_entry_larger_than_any_file, .signal = SIGABRT)
{
	write_two(good, (struct tarw_entry){ .path = "b", .size = (uint64_t)INT64_MAX + 1 });
}

Test(tarw_misuse, a_folder_with_content, .signal = SIGABRT)
{
	write_two(good, (struct tarw_entry){ .path = "b", .type = TARW_DIR, .size = 1 });
}

Test(tarw_misuse, an_end_before_the_last_entry_is_whole, .signal = SIGABRT)
{
	struct frail_sink to;
	struct tarw t;
	struct error e = { 0 };

	frail_sink_init(&to, 100);
	tarw_init(&t, &to.base);
	cr_assert(tarw_entry(&t, &(struct tarw_entry){ .path = "a", .size = 1 }, &e));
	(void)!tarw_finish(&t, &e);
}

Test(tarw_misuse, the_largest_file_is_none)
{
	struct frail_sink to;
	struct tarw t;
	struct error e = { 0 };

	frail_sink_init(&to, 100);
	tarw_init(&t, &to.base);
	cr_expect(tarw_entry(&t, &(struct tarw_entry){ .path = "b", .size = INT64_MAX }, &e));
}
