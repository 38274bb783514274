/* SPDX-License-Identifier: Apache-2.0 */
/* Streams. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

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

/* A pipe takes no copies in the kernel. */
Test(base, a_range_of_a_file_is_appended_whatever_it_goes_to)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD from = memfd_create("from", MFD_CLOEXEC), to = memfd_create("to", MFD_CLOEXEC);
	struct error e = { 0 };
	char got[16] = "";
	int ends[2];

	cr_assert(fd_write(from, STR("abcdefgh"), "from", &e) && fd_write(to, STR("1"), "to", &e));
	cr_assert(io_copy_range(from, 2, 3, to, "from", &e), "%s", e.cause);
	cr_assert(io_copy_range(from, 8, 0, to, "from", &e));
	cr_expect_eq(pread(to, got, sizeof(got), 0), 4);
	cr_expect_str_eq(got, "1cde");
	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	cr_assert(io_copy_range(from, 5, 3, ends[1], "from", &e), "%s", e.cause);
	cr_expect_eq(read(ends[0], got, sizeof(got)), 3);
	cr_expect_str_eq(got, "fghe");
	close(ends[0]);
	close(ends[1]);
	cr_expect_not(io_copy_range(from, 6, 3, to, "from", &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect_str_eq(e.cause, "from ends too early");
	err_clear(&e);
}
