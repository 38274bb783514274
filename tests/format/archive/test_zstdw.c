/* SPDX-License-Identifier: Apache-2.0 */
/* The zstd writer: read back by zstd itself; the same bytes on any number of threads. */

#include <fcntl.h>

#include <criterion/criterion.h>

#include "format/archive/zstdw.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/gen_sample.h"

static struct str zstd_with(struct arena *a, struct str bytes, unsigned jobs, size_t piece)
{
	struct buf out = { .a = a };
	struct error e = { 0 };
	struct buf_sink sink;
	struct zstd_library library = zstd_library_host();
	AUTO_ZSTD z = { .ctx = NULL };

	buf_sink_init(&sink, &out, "zstd");
	cr_assert(zstd_sink_init(a, &z, &library, &sink.base, jobs, &e), "%s", e.cause);
	sample_write(&z.base, bytes, piece);
	return buf_str(&out);
}

Test(zstdw, the_bytes_do_not_depend_on_threads_or_pieces)
{
	AUTO_ARENA a = { 0 };
	struct str in = sample_of(&a, 2 * (size_t)ZSTD_SINK_JOB + 1);
	struct str want = zstd_with(&a, in, 1, in.n);
	static const struct {
		unsigned jobs;
		size_t piece;
	} cases[] = {
		{ 0, 65536 },
		{ 1, 4097 },
		{ 3, ZSTD_SINK_JOB },
		{ 8, 1000003 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect(str_eq(zstd_with(&a, in, cases[i].jobs, cases[i].piece), want),
			  "%u jobs, pieces of %zu", cases[i].jobs, cases[i].piece);
}

Test(zstdw, zstd_reads_it_back_at_every_size)
{
	static const size_t sizes[] = { 0, 1, 100000, ZSTD_SINK_JOB, (size_t)ZSTD_SINK_JOB + 7 };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *path = arena_printf(&a, "%s/x.zst", dir);

	oracle_need("zstd");
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct str in = sample_of(&a, sizes[i]);
		struct error e = { 0 };

		cr_assert(file_write_path(path, 0600, zstd_with(&a, in, 2, 65536), &e));
		cr_expect(str_eq(ORACLE(&a, "zstd", "-dcq", path), in), "%zu bytes", sizes[i]);
	}
	files_remove(dir);
}

/* RFC 8878, 3.1.1.1.1: one frame; no content size, no dictionary, a checksum, not a single segment.
 */
Test(zstdw, it_is_one_frame_with_a_checksum_and_without_a_size)
{
	AUTO_ARENA a = { 0 };
	struct str z = zstd_with(&a, sample_of(&a, 2 * (size_t)ZSTD_SINK_JOB), 2, 65536);
	const char *dir = files_temporary(&a);
	const char *path = arena_printf(&a, "%s/x.zst", dir);
	struct error e = { 0 };
	struct str list;

	cr_assert_gt(z.n, 8);
	cr_expect_eq(memcmp(z.p, "\x28\xb5\x2f\xfd", 4), 0);
	cr_expect_eq((unsigned char)z.p[4], 0x04);
	oracle_need("zstd");
	cr_assert(file_write_path(path, 0600, z, &e));
	list = ORACLE(&a, "zstd", "-lv", path);
	cr_expect(strstr(list.p, "Zstandard Frames: 1\n"), "%s", list.p);
	cr_expect(strstr(list.p, "Check: XXH64"), "%s", list.p);
	files_remove(dir);
}

static bool zstd_sink_full(struct sink *s, struct str chunk, struct error *e)
{
	(void)s;
	(void)chunk;
	return err_set(e, ERR_SYSTEM, "disk full");
}

Test(zstdw, a_sink_that_fails_ends_the_writing)
{
	AUTO_ARENA a = { 0 };
	struct sink sink = { .write = zstd_sink_full };
	struct error e = { 0 };
	struct zstd_library library = zstd_library_host();
	AUTO_ZSTD z = { .ctx = NULL };

	cr_assert(zstd_sink_init(&a, &z, &library, &sink, 2, &e));
	cr_expect(!(z.base.write(&z.base, sample_of(&a, 1000), &e) && z.base.finish(&z.base, &e)));
	cr_expect_str_eq(e.cause, "disk full");
}
