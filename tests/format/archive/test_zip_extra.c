/* SPDX-License-Identifier: Apache-2.0 */
/* The extra field of zip64 (APPNOTE 4.5.3): numbers that do not fit stand there, in their order,
 * and only they. Archives put together by hand. */

#include <criterion/criterion.h>
#include <sys/mman.h>

#include "format/archive/zip.h"

#define WIDE 0xffffffffu

struct extra_entry {
	uint32_t size, packed, offset; /* as the directory has them */
	struct str extra;
};

static void extra_put(struct buf *out, uint64_t v, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		buf_putc(out, i < sizeof(v) ? (char)(v >> (8 * i)) : '\0');
}

/* "x" with the five bytes "hello", whose record in the directory is this one. */
static struct str extra_archive(struct arena *a, const struct extra_entry *x)
{
	struct buf out = { .a = a };
	size_t at;

	buf_add(&out, STR("PK\3\4\24\0\0\0\0\0\0\0\0\0"));
	extra_put(&out, 0x3610a686, 4); /* its CRC-32 */
	extra_put(&out, 5, 4);
	extra_put(&out, 5, 4);
	extra_put(&out, 1, 2);
	extra_put(&out, 0, 2);
	buf_puts(&out, "xhello");
	at = out.n;
	buf_add(&out, STR("PK\1\2\24\3\24\0\0\0\0\0\0\0\0\0"));
	extra_put(&out, 0x3610a686, 4);
	extra_put(&out, x->packed, 4);
	extra_put(&out, x->size, 4);
	extra_put(&out, 1, 2);
	extra_put(&out, x->extra.n, 2);
	extra_put(&out, 0, 2 + 2 + 2 + 4);
	extra_put(&out, x->offset, 4);
	buf_putc(&out, 'x');
	buf_add(&out, x->extra);
	extra_put(&out, 0x06054b50, 4);
	extra_put(&out, 0, 4);
	extra_put(&out, 1, 2);
	extra_put(&out, 1, 2);
	extra_put(&out, out.n - 12 - at, 4);
	extra_put(&out, at, 4);
	extra_put(&out, 0, 2);
	return buf_str(&out);
}

#define FIVE "\5\0\0\0\0\0\0\0"
#define ZERO "\0\0\0\0\0\0\0\0"

Test(zip, numbers_that_do_not_fit_stand_in_the_extra_field)
{
	static const struct {
		struct extra_entry x;
		bool good;
	} cases[] = {
		{ { 5, 5, 0, STR("") }, true },
		{ { 5, 5, 0, STR("\1\0\0\0") }, true },
		{ { WIDE, 5, 0, STR("\1\0\10\0" FIVE) }, true },
		{ { WIDE, 5, 0, STR("\1\0\7\0\5\0\0\0\0\0\0") }, false },
		{ { WIDE, 5, 0, STR("\1\0\0\0") }, false },
		{ { 5, WIDE, 0, STR("\1\0\10\0" FIVE) }, true },
		{ { 5, 5, WIDE, STR("\1\0\10\0" ZERO) }, true },
		{ { WIDE, WIDE, 0, STR("\1\0\20\0" FIVE FIVE) }, true },
		{ { WIDE, WIDE, 0, STR("\1\0\10\0" FIVE) }, false },
		{ { WIDE, WIDE, WIDE, STR("\1\0\30\0" FIVE FIVE ZERO) }, true },
		{ { WIDE, WIDE, WIDE, STR("\1\0\20\0" FIVE FIVE) }, false },
		/* behind what others have put there */
		{ { WIDE, 5, 0, STR("\2\0\3\0abc\1\0\10\0" FIVE) }, true },
		{ { 5, 5, 0, STR("\2\0\3\0ab") }, false },
		{ { 5, 5, 0, STR("\2\0\3") }, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_FD fd = memfd_create("zip", MFD_CLOEXEC);
		struct str bytes = extra_archive(&a, &cases[i].x);
		struct error e = { 0 };
		struct zip z;
		bool ok;

		cr_assert(fd_write(fd, bytes, "zip", &e));
		ok = zip_open(&a, fd, bytes.n, "x.zip", &z, &e);
		cr_expect_eq(ok, cases[i].good, "%zu: %s", i, e.cause);
		cr_expect_eq(e.kind, ok ? ERR_NONE : ERR_INPUT, "%zu", i);
		if (!ok)
			continue;
		cr_assert_eq(z.members.n, 1u);
		cr_expect_eq(z.members.v[0].size, 5u, "%zu", i);
		cr_expect_eq(z.members.v[0].packed, 5u, "%zu", i);
		cr_expect_eq(z.members.v[0].offset, 0u, "%zu", i);
	}
}
