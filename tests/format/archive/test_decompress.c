/* SPDX-License-Identifier: Apache-2.0 */
/* Decompression: one stream, complete, nothing after it; budgets; and the disagreements that other
 * readers have about odd streams. */

#include <criterion/criterion.h>

#include <lzma.h>
#include <sys/resource.h>
#include <zstd.h>

#include "format/archive/decompress.h"
#include "format/archive/unxz.h"
#include "support/gen_deb.h"

/* Gives its bytes `step` at a time, so that every boundary falls everywhere. */
struct drip {
	struct source base;
	struct str rest;
	size_t step;
};

static int drip_next(struct source *base, struct str *chunk, struct error *e)
{
	struct drip *d = (struct drip *)base;
	size_t n = d->rest.n < d->step ? d->rest.n : d->step;

	(void)e;
	*chunk = (struct str){ d->rest.p, n };
	d->rest = str_from(d->rest, n);
	return n > 0;
}

static bool decode_stream(struct arena *a, struct str bytes, enum codec codec, size_t step,
			  uint64_t budget, struct str *out, struct error *e)
{
	struct drip from = { { drip_next, "x.stream" }, bytes, step };
	struct buf b = { .a = a };
	struct buf_sink to;
	AUTO_DECOMPRESS d = { .state = NULL };
	bool ok;

	buf_sink_init(&to, &b, "x");
	ok = decompress_open(&d, &from.base, codec, budget, e) && io_copy(&d.base, &to.base, e);
	*out = buf_str(&b);
	return ok;
}

static struct str streams_joined(struct arena *a, struct str x, struct str y)
{
	struct buf b = { .a = a };

	buf_add(&b, x);
	buf_add(&b, y);
	return buf_str(&b);
}

/* Text that compresses to several blocks and is not a multiple of anything. */
static struct str long_text(struct arena *a)
{
	struct buf b = { .a = a };

	for (unsigned i = 0; i < 30011; i++)
		buf_printf(&b, "%x,", i * 2654435761u);
	return buf_str(&b);
}

static const struct {
	const char *suffix;
	enum codec codec;
} kinds[] = { { "xz", CODEC_XZ }, { "zst", CODEC_ZSTD }, { "gz", CODEC_GZIP }, { "", CODEC_NONE } };

Test(format, decompress_gives_what_was_compressed_whatever_the_chunks)
{
	static const size_t steps[] = { 1, 7, 4096, 1u << 30 };
	AUTO_ARENA a = { 0 };
	struct str plain = long_text(&a);

	for (size_t k = 0; k < 4; k++) {
		struct str packed = debgen_compress(&a, plain, kinds[k].suffix);

		for (size_t i = 0; i < 4; i++) {
			struct error e = { 0 };
			struct str out;

			cr_expect(decode_stream(&a, packed, kinds[k].codec, steps[i], plain.n, &out,
						&e),
				  "%s: %s", kinds[k].suffix, e.cause);
			cr_expect(str_eq(out, plain), "%s in steps of %zu", kinds[k].suffix,
				  steps[i]);
		}
	}
}

Test(format, decompress_reads_an_empty_stream)
{
	for (size_t k = 0; k < 4; k++) {
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };
		struct str out, packed = debgen_compress(&a, STR(""), kinds[k].suffix);

		cr_expect(decode_stream(&a, packed, kinds[k].codec, 4096, 0, &out, &e), "%s: %s",
			  kinds[k].suffix, e.cause);
		cr_expect_eq(out.n, 0);
	}
}

Test(format, decompress_knows_suffixes)
{
	enum codec c = CODEC_NONE;

	cr_expect(codec_of_suffix(STR(".xz"), &c) && c == CODEC_XZ);
	cr_expect(codec_of_suffix(STR(".zst"), &c) && c == CODEC_ZSTD);
	cr_expect(codec_of_suffix(STR(".gz"), &c) && c == CODEC_GZIP);
	cr_expect(codec_of_suffix(STR(""), &c) && c == CODEC_NONE);
	cr_expect_not(codec_of_suffix(STR(".bz2"), &c));
	cr_expect_not(codec_of_suffix(STR(".lzma"), &c));
	cr_expect_not(codec_of_suffix(STR("."), &c));
}

/* What an encoder without a check makes. */
static struct str xz_with_check(struct arena *a, struct str bytes, lzma_check check)
{
	size_t n = 0, size = lzma_stream_buffer_bound(bytes.n);
	char *p = arena_alloc(a, size);

	cr_assert_eq(lzma_easy_buffer_encode(0, check, NULL, (const uint8_t *)bytes.p, bytes.n,
					     (uint8_t *)p, &n, size),
		     LZMA_OK);
	return (struct str){ p, n };
}

static struct str zstd_without_checksum(struct arena *a, struct str bytes)
{
	size_t size = ZSTD_compressBound(bytes.n);
	char *p = arena_alloc(a, size);

	return (struct str){ p, ZSTD_compress(p, size, bytes.p, bytes.n, 1) };
}

static struct str byte_flipped(struct arena *a, struct str s, size_t at)
{
	char *p = arena_strndup(a, s.p, s.n);

	p[at] = (char)(p[at] ^ 1);
	return (struct str){ p, s.n };
}

#define SKIPPABLE STR("\x50\x2a\x4d\x18\x04\0\0\0skip")

/* T11: the twelve streams of which dpkg and libarchive take four differently, and gzip's. */
Test(format, T11_decompress_takes_exactly_one_stream)
{
	AUTO_ARENA a = { 0 };
	struct str plain = long_text(&a);
	struct str xz = debgen_xz(&a, plain), zst = debgen_zstd(&a, plain),
		   gz = debgen_gzip(&a, plain);
	const struct {
		const char *name;
		struct str bytes;
		enum codec codec;
		const char *message; /* NULL: accepted */
	} cases[] = {
		{ "two xz streams", streams_joined(&a, xz, xz), CODEC_XZ,
		  "is followed by other bytes" },
		{ "two zstd frames", streams_joined(&a, zst, zst), CODEC_ZSTD,
		  "is followed by other bytes" },
		{ "two gzip members", streams_joined(&a, gz, gz), CODEC_GZIP,
		  "is followed by other bytes" },
		{ "xz padding", streams_joined(&a, xz, STR("\0\0\0\0")), CODEC_XZ,
		  "is followed by other bytes" },
		{ "xz odd padding", streams_joined(&a, xz, STR("\0\0\0")), CODEC_XZ,
		  "is followed by" },
		{ "xz junk", streams_joined(&a, xz, STR("12345678")), CODEC_XZ,
		  "is followed by other bytes" },
		{ "zstd junk", streams_joined(&a, zst, STR("12345678")), CODEC_ZSTD,
		  "is followed by" },
		{ "gzip junk", streams_joined(&a, gz, STR("1")), CODEC_GZIP,
		  "is followed by other bytes" },
		{ "zstd skippable first", streams_joined(&a, SKIPPABLE, zst), CODEC_ZSTD,
		  "its first bytes are not those of such a stream" },
		{ "zstd skippable last", streams_joined(&a, zst, SKIPPABLE), CODEC_ZSTD,
		  "is followed by" },
		{ "xz bit flipped", byte_flipped(&a, xz, xz.n / 2), CODEC_XZ, "is damaged" },
		{ "zstd bit flipped", byte_flipped(&a, zst, zst.n - 1), CODEC_ZSTD, "checksum" },
		{ "gzip checksum flipped", byte_flipped(&a, gz, gz.n - 8), CODEC_GZIP, "check" },
		{ "xz without check", xz_with_check(&a, plain, LZMA_CHECK_NONE), CODEC_XZ, NULL },
		{ "zstd without checksum", zstd_without_checksum(&a, plain), CODEC_ZSTD, NULL },
		{ "gzip called xz", gz, CODEC_XZ,
		  "its first bytes are not those of such a stream" },
		{ "nothing", STR(""), CODEC_XZ, "is empty" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static const size_t steps[] = { 16, 1u << 30 };

		for (size_t k = 0; k < 2; k++) {
			struct error e = { 0 };
			struct str out;
			bool ok = decode_stream(&a, cases[i].bytes, cases[i].codec, steps[k],
						plain.n, &out, &e);

			cr_expect_eq(ok, !cases[i].message, "%s: %s", cases[i].name, e.cause);
			cr_expect_eq(ok, e.kind == ERR_NONE, "%s", cases[i].name);
			cr_expect(ok || (e.kind == ERR_INPUT && strstr(e.cause, cases[i].message)),
				  "%s: %s", cases[i].name, e.cause);
			cr_expect(!ok || str_eq(out, plain), "%s", cases[i].name);
		}
	}
}

/* T7 */
Test(format, T7_decompress_of_a_stream_cut_anywhere_is_an_error)
{
	AUTO_ARENA a = { 0 };
	struct str plain = { long_text(&a).p, 3001 };

	for (size_t k = 0; k < 3; k++) {
		struct str packed = debgen_compress(&a, plain, kinds[k].suffix);

		for (size_t n = 0; n < packed.n; n++) {
			AUTO_ARENA scratch = { 0 };
			struct error e = { 0 };
			struct str out;

			cr_expect_not(decode_stream(&scratch, (struct str){ packed.p, n },
						    kinds[k].codec, 4096, plain.n, &out, &e),
				      "%s cut at %zu", kinds[k].suffix, n);
			cr_expect_eq(e.kind, ERR_INPUT);
		}
	}
}

Test(format, decompress_keeps_to_its_budget_to_the_byte)
{
	AUTO_ARENA a = { 0 };
	struct str plain = long_text(&a);

	for (size_t k = 0; k < 4; k++) {
		struct str packed = debgen_compress(&a, plain, kinds[k].suffix), out;
		struct error e = { 0 };

		cr_expect_not(
			decode_stream(&a, packed, kinds[k].codec, 1u << 30, plain.n - 1, &out, &e));
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect(strstr(e.cause, "more than"), "%s", e.cause);
		cr_expect(out.n < plain.n);
	}
}

/* A file of `mib` MiB of zeros, compressed as a stream: nothing large is in memory. */
static struct str zeros_zstd(struct arena *a, size_t mib)
{
	static const char block[1 << 20];
	struct buf b = { .a = a };
	ZSTD_CCtx *z = ZSTD_createCCtx();
	char room[1 << 16] = { 0 };

	for (size_t i = 0; i < mib; i++) {
		ZSTD_inBuffer in = { block, sizeof(block), 0 };
		ZSTD_EndDirective end = i + 1 == mib ? ZSTD_e_end : ZSTD_e_continue;
		size_t left;

		do {
			ZSTD_outBuffer out = { room, sizeof(room), 0 };

			left = ZSTD_compressStream2(z, &out, &in, end);
			buf_add(&b, (struct str){ room, out.pos });
		} while (in.pos < in.size || (end == ZSTD_e_end && left));
	}
	ZSTD_freeCCtx(z);
	return buf_str(&b);
}

static bool sink_count(struct sink *s, struct str chunk, struct error *e)
{
	(void)s;
	(void)chunk;
	(void)e;
	return true;
}

static bool sink_finish(struct sink *s, struct error *e)
{
	(void)s;
	(void)e;
	return true;
}

/* T6 */
Test(format, T6_decompress_of_a_bomb_stops_at_the_budget_in_flat_memory)
{
	AUTO_ARENA a = { 0 };
	struct str bomb = zeros_zstd(&a, 1024);
	struct sink nowhere = { sink_count, sink_finish };
	struct str_source from;
	AUTO_DECOMPRESS d = { .state = NULL };
	struct rusage before, after;
	struct error e = { 0 };

	cr_assert(bomb.n < 200000, "%zu", bomb.n);
	str_source_init(&from, bomb, "bomb");
	getrusage(RUSAGE_SELF, &before);
	cr_assert(decompress_open(&d, &from.base, CODEC_ZSTD, 256u << 20, &e));
	cr_expect_not(io_copy(&d.base, &nowhere, &e));
	getrusage(RUSAGE_SELF, &after);
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect(d.given <= 256u << 20);
	cr_expect(after.ru_maxrss - before.ru_maxrss < 64 << 10, "%ld KiB more",
		  after.ru_maxrss - before.ru_maxrss);
}

/* A header may ask for more memory than the decoder may have. */
Test(format, decompress_refuses_a_window_beyond_its_limit)
{
	AUTO_ARENA a = { 0 };
	/* magic; frame header without content size; window descriptor 2^28; an empty last block */
	struct str zst = STR("\x28\xb5\x2f\xfd"
			     "\x00"
			     "\x90"
			     "\x01\x00\x00"),
		   xz, out;
	lzma_options_lzma options;
	lzma_filter filters[] = { { LZMA_FILTER_LZMA2, &options }, { LZMA_VLI_UNKNOWN, NULL } };
	struct error e = { 0 };
	uint8_t *p = arena_alloc(&a, 4096);
	size_t n = 0;

	cr_expect_not(decode_stream(&a, zst, CODEC_ZSTD, 4096, 1u << 20, &out, &e));
	cr_expect(strstr(e.cause, "memory"), "%s", e.cause);
	lzma_lzma_preset(&options, 0);
	cr_assert_eq(lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC32, NULL,
					       (const uint8_t *)"x", 1, p, &n, 4096),
		     LZMA_OK);
	/* the dictionary size: property byte 38 is 2 GiB; the block header's CRC follows it */
	for (size_t i = 12; i < 24; i++) {
		if (p[i] == 0x21 && p[i + 1] == 1) {
			uint32_t crc;

			p[i + 2] = 38;
			crc = lzma_crc32(p + 12, ((size_t)p[12] + 1) * 4 - 4, 0);
			memcpy(p + 12 + ((size_t)p[12] + 1) * 4 - 4, &crc, 4);
			break;
		}
	}
	xz = (struct str){ (const char *)p, n };
	err_clear(&e);
	cr_expect_not(decode_stream(&a, xz, CODEC_XZ, 4096, 1u << 20, &out, &e));
	cr_expect(strstr(e.cause, "needs more memory"), "%s", e.cause);
}

static lzma_ret damaged_code(lzma_stream *z, lzma_action action)
{
	lzma_ret r = lzma_code(z, action);

	return r == LZMA_STREAM_END ? LZMA_DATA_ERROR : r;
}

Test(format, decompress_reads_xz_by_the_library_that_is_given)
{
	AUTO_ARENA a = { 0 };
	struct xz_library never_ends = xz_library_host();
	struct str packed = debgen_xz(&a, STR("a text\n"));

	never_ends.code = damaged_code;
	for (size_t i = 0; i < 2; i++) {
		AUTO_DECOMPRESS d = { .state = NULL };
		struct str_source from;
		struct buf text = { .a = &a };
		struct buf_sink to;
		struct error e = { 0 };

		str_source_init(&from, packed, "x.xz");
		buf_sink_init(&to, &text, "x");
		cr_assert(decompress_open_with(&d, &from.base, CODEC_XZ, 100,
					       i ? &never_ends : NULL, &e));
		cr_expect_eq(io_copy(&d.base, &to.base, &e), i == 0, "%s", e.cause);
		if (i)
			cr_expect_str_eq(e.cause, "x.xz: xz stream: is damaged");
	}
}
