/* SPDX-License-Identifier: Apache-2.0 */
/* The gzip writer: read back by zlib, gzip and Python; the same bytes on any number of threads. */

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <zlib.h>

#include "format/archive/gzip.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/gen_sample.h"

/* `bytes` written in pieces of `piece` bytes by `jobs` threads. */
static struct str gzip_with(struct arena *a, struct str bytes, unsigned jobs, size_t piece)
{
	struct buf out = { .a = a };
	struct error e = { 0 };
	struct buf_sink sink;
	struct gzip_library library = gzip_library_host();
	AUTO_GZIP g = { .live = false };

	buf_sink_init(&sink, &out, "gzip");
	cr_assert(gzip_sink_init(a, &g, &library, &sink.base, jobs, &e));
	sample_write(&g.base, bytes, piece);
	return buf_str(&out);
}

/* Inflates one member with zlib; gives the bytes it took, and appends what it held. */
static size_t inflate_member(struct str z, struct buf *out)
{
	char block[65536];
	z_stream s = { .next_in = (unsigned char *)(uintptr_t)z.p, .avail_in = (unsigned)z.n };
	int status = Z_OK;

	cr_assert_eq(inflateInit2(&s, 16 + MAX_WBITS), Z_OK);
	while (status == Z_OK) {
		s.next_out = (unsigned char *)block;
		s.avail_out = sizeof(block);
		status = inflate(&s, Z_NO_FLUSH);
		buf_add(out, (struct str){ block, sizeof(block) - s.avail_out });
	}
	cr_assert_eq(status, Z_STREAM_END, "zlib says %d", status);
	inflateEnd(&s);
	return z.n - s.avail_in;
}

Test(gzip, every_member_holds_4_MiB_under_a_fixed_header)
{
	static const unsigned char header[10] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255 };
	AUTO_ARENA a = { 0 };
	struct str in = sample_of(&a, 2 * GZIP_MEMBER + 12345);
	struct str rest = gzip_with(&a, in, 2, 100000);
	struct buf all = { .a = &a };
	size_t before = 0, members = 0;

	while (rest.n) {
		cr_assert_geq(rest.n, sizeof(header));
		cr_expect_eq(memcmp(rest.p, header, sizeof(header)), 0, "member %zu", members);
		rest = str_from(rest, inflate_member(rest, &all));
		cr_expect_eq(all.n - before, members < 2 ? GZIP_MEMBER : 12345, "member %zu",
			     members);
		before = all.n;
		members++;
	}
	cr_expect_eq(members, 3);
	cr_expect(str_eq(buf_str(&all), in));
}

Test(gzip, the_bytes_do_not_depend_on_threads_or_pieces)
{
	AUTO_ARENA a = { 0 };
	struct str in = sample_of(&a, 2 * GZIP_MEMBER + 1);
	struct str want = gzip_with(&a, in, 1, in.n);
	static const struct {
		unsigned jobs;
		size_t piece;
	} cases[] = {
		{ 0, 65536 },		{ 1, 4097 },	 { 2, GZIP_MEMBER },
		{ 3, GZIP_MEMBER - 1 }, { 99, 1000003 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect(str_eq(gzip_with(&a, in, cases[i].jobs, cases[i].piece), want),
			  "%u jobs, pieces of %zu", cases[i].jobs, cases[i].piece);
}

Test(gzip, a_size_at_the_edge_of_a_member_makes_no_empty_one)
{
	static const struct {
		size_t size, members;
	} cases[] = {
		{ 0, 1 },
		{ 1, 1 },
		{ GZIP_MEMBER - 1, 1 },
		{ GZIP_MEMBER, 1 },
		{ GZIP_MEMBER + 1, 2 },
		{ 2 * (size_t)GZIP_MEMBER, 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (unsigned jobs = 1; jobs <= 2; jobs++) {
			AUTO_ARENA a = { 0 };
			struct str in = sample_of(&a, cases[i].size);
			struct str rest = gzip_with(&a, in, jobs, 1 << 20);
			struct buf all = { .a = &a };
			size_t members = 0;

			for (; rest.n; members++)
				rest = str_from(rest, inflate_member(rest, &all));
			cr_expect_eq(members, cases[i].members, "%zu bytes", cases[i].size);
			cr_expect(str_eq(buf_str(&all), in), "%zu bytes", cases[i].size);
		}
	}
}

Test(gzip, gzip_and_python_read_all_members)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *path = arena_printf(&a, "%s/x.gz", dir);
	struct str in = sample_of(&a, 3 * GZIP_MEMBER / 2);
	struct error e = { 0 };

	cr_assert(file_write_path(path, 0600, gzip_with(&a, in, 2, 65536), &e));
	ORACLE(&a, "gzip", "-t", path);
	cr_expect(str_eq(ORACLE(&a, "gzip", "-dc", path), in));
	oracle_need("python3");
	cr_expect(str_eq(
		ORACLE(&a, "python3", "-c",
		       "import gzip, sys; sys.stdout.buffer.write(gzip.open(sys.argv[1]).read())",
		       path),
		in));
	files_remove(dir);
}

/* A sink that takes `left` writes. */
struct failing_sink {
	struct sink base;
	int left;
};

static bool failing_write(struct sink *base, struct str chunk, struct error *e)
{
	struct failing_sink *s = (struct failing_sink *)base;

	(void)chunk;
	return s->left-- > 0 || err_set(e, ERR_SYSTEM, "disk full");
}

static bool failing_finish(struct sink *base, struct error *e)
{
	(void)base;
	return err_set(e, ERR_SYSTEM, "finish fails");
}

Test(gzip, a_sink_that_fails_ends_the_writing_and_the_threads)
{
	AUTO_ARENA a = { 0 };
	struct str in = { arena_alloc(&a, 6 * GZIP_MEMBER), 6 * GZIP_MEMBER };
	struct gzip_library library = gzip_library_host();

	for (int left = 0; left <= 6; left += 2) {
		for (unsigned jobs = 1; jobs <= 3; jobs++) {
			struct failing_sink sink = { { failing_write, failing_finish }, left };
			struct error e = { 0 };
			AUTO_GZIP g = { .live = false };

			cr_assert(gzip_sink_init(&a, &g, &library, &sink.base, jobs, &e));
			cr_expect(!(g.base.write(&g.base, in, &e) && g.base.finish(&g.base, &e)));
			cr_expect_str_eq(e.cause, left < 6 ? "disk full" : "finish fails");
		}
	}
}

Test(gzip, dropping_it_unfinished_ends_its_threads)
{
	AUTO_ARENA a = { 0 };
	struct str in = sample_of(&a, 3 * GZIP_MEMBER);
	struct buf out = { .a = &a };
	struct error e = { 0 };
	struct buf_sink sink;
	struct gzip_library library = gzip_library_host();
	struct gzip_sink g;

	buf_sink_init(&sink, &out, "gzip");
	cr_assert(gzip_sink_init(&a, &g, &library, &sink.base, 4, &e));
	cr_assert(g.base.write(&g.base, in, &e));
	gzip_sink_drop(&g);
	gzip_sink_drop(&g); /* a second time is nothing */
}

/* Compressors that are there, and how many may be: in this test's process. */
static unsigned gzip_alive, gzip_most;

static struct libdeflate_compressor *gzip_alloc_few(int level)
{
	if (gzip_alive == gzip_most)
		return NULL;
	gzip_alive++;
	return gzip_library_host().alloc(level);
}

static void gzip_release_one(struct libdeflate_compressor *c)
{
	gzip_alive--;
	gzip_library_host().release(c);
}

/* The bytes are the same, and each compressor is released, once. */
Test(gzip, as_many_threads_as_there_is_memory_for)
{
	AUTO_ARENA a = { 0 };
	struct str in = sample_of(&a, 3 * GZIP_MEMBER), usual = gzip_with(&a, in, 1, GZIP_MEMBER);
	struct gzip_library library = gzip_library_host();

	library.alloc = gzip_alloc_few;
	library.release = gzip_release_one;
	for (gzip_most = 0; gzip_most <= 6; gzip_most++) {
		struct buf out = { .a = &a };
		struct error e = { 0 };
		struct buf_sink sink;
		struct gzip_sink g;
		bool ok;

		buf_sink_init(&sink, &out, "gzip");
		ok = gzip_sink_init(&a, &g, &library, &sink.base, 4, &e);
		cr_expect_eq(ok, gzip_most > 0);
		if (ok) {
			sample_write(&g.base, in, GZIP_MEMBER);
			cr_expect_eq(g.n_workers, gzip_most > 4 ? 4 : gzip_most - 1);
			cr_expect(str_eq(buf_str(&out), usual), "%u", gzip_most);
		} else {
			cr_expect_str_eq(e.cause, "out of memory for a compressor");
		}
		gzip_sink_drop(&g);
		cr_expect_eq(gzip_alive, 0, "%u of %u", gzip_alive, gzip_most);
	}
}

/* None is none, and of too many jobs there are as many as there can be. */
Test(gzip, jobs_have_bounds)
{
	static const unsigned cases[][2] = { { 0, 1 }, { 1, 1 }, { 2, 2 }, { 16, 16 }, { 17, 16 } };
	struct gzip_library library = gzip_library_host();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct buf out = { .a = &a };
		struct error e = { 0 };
		struct buf_sink sink;
		AUTO_GZIP g = { .live = false };

		buf_sink_init(&sink, &out, "gzip");
		cr_assert(gzip_sink_init(&a, &g, &library, &sink.base, cases[i][0], &e));
		cr_expect_eq(g.jobs, cases[i][1], "%u", cases[i][0]);
		cr_expect_eq(g.n_slots, cases[i][1] > 1 ? cases[i][1] + 1 : 1);
	}
}
