/* SPDX-License-Identifier: Apache-2.0 */
/* Streams. */

#include <criterion/criterion.h>

#include "base/io.h"

Test(base, limit_sink_passes_on_what_fits_and_fails_before_the_rest)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct error e = { 0 };
	struct buf_sink all;
	struct limit_sink some;

	buf_sink_init(&all, &text, "test");
	limit_sink_init(&some, &all.base, 5, "the answer");
	cr_expect(some.base.write(&some.base, STR("abc"), &e));
	cr_expect(some.base.write(&some.base, STR("de"), &e));
	cr_expect(some.base.write(&some.base, STR(""), &e) && some.base.finish(&some.base, &e));
	cr_expect_not(some.base.write(&some.base, STR("f"), &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect_str_eq(e.cause, "the answer is larger than the 5 bytes allowed");
	cr_expect_str_eq(buf_cstr(&text), "abcde");
}
