/* SPDX-License-Identifier: Apache-2.0 */
/* Members of gzip, whole and damaged, in one piece and byte by byte: what zlib takes is taken, with
 * the same bytes, and nothing else. */

#include <criterion/criterion.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "inspect/image/expand.h"

#define PLAIN "to be, or not to be, that is the question: to be, or not to be"
#define OUT_MAX 4096
#define REFUSED SIZE_MAX

/* A source that gives so many bytes at a time. */
struct piece_source {
	struct source base;
	struct str rest;
	size_t piece;
};

static int piece_next(struct source *base, struct str *chunk, struct error *e)
{
	struct piece_source *s = (struct piece_source *)base;

	(void)e;
	*chunk = s->rest;
	if (chunk->n > s->piece)
		chunk->n = s->piece;
	s->rest = str_from(s->rest, chunk->n);
	return chunk->n > 0;
}

/* How many bytes come out, or REFUSED. */
static size_t members_expand(struct str bytes, size_t piece, char *out, struct error *e)
{
	struct piece_source from = { { piece_next, "layer" }, bytes, piece };
	struct str chunk;
	AUTO_EXPAND x;
	size_t n = 0;
	int got;

	cr_assert(expand_open(&x, &from.base, LAYER_GZIP, OUT_MAX, e));
	while ((got = x.base.next(&x.base, &chunk, e)) == 1) {
		memcpy(out + n, chunk.p, chunk.n);
		n += chunk.n;
	}
	return got == 0 ? n : REFUSED;
}

/* The same by zlib. */
static size_t members_inflate(struct str bytes, char *out)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes.p, .avail_in = (uInt)bytes.n };
	int status = Z_STREAM_END;

	cr_assert_eq(inflateInit2(&z, 15 + 16), Z_OK);
	z.next_out = (Bytef *)out;
	z.avail_out = OUT_MAX;
	while (z.avail_in && status == Z_STREAM_END) {
		status = inflate(&z, Z_NO_FLUSH);
		if (status == Z_STREAM_END)
			inflateReset2(&z, 15 + 16);
	}
	inflateEnd(&z);
	return status == Z_STREAM_END && bytes.n ? (size_t)((char *)z.next_out - out) : REFUSED;
}

/* A member with these parts of a header; NULL: without. */
static void members_put(struct buf *out, const char *extra, const char *name, const char *comment,
			bool check)
{
	char packed[512];
	gz_header h = { .extra = (Bytef *)(uintptr_t)extra,
			.extra_len = extra ? (uInt)strlen(extra) : 0,
			.name = (Bytef *)(uintptr_t)name,
			.comment = (Bytef *)(uintptr_t)comment,
			.hcrc = check,
			.os = 255 };
	z_stream z = { .next_in = (Bytef *)(uintptr_t)PLAIN, .avail_in = sizeof(PLAIN) - 1 };

	cr_assert_eq(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	cr_assert_eq(deflateSetHeader(&z, &h), Z_OK);
	z.next_out = (Bytef *)packed;
	z.avail_out = sizeof(packed);
	cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_add(out, (struct str){ packed, sizeof(packed) - z.avail_out });
	deflateEnd(&z);
}

static struct str members_all(struct arena *a)
{
	struct buf out = { .a = a };

	members_put(&out, NULL, NULL, NULL, false);
	members_put(&out, "SG\4\0abcd", "name", "a comment", true);
	members_put(&out, "", NULL, NULL, true);
	members_put(&out, NULL, "other", NULL, false);
	members_put(&out, NULL, NULL, "said", true);
	return buf_str(&out);
}

static void members_compare(struct str bytes, const char *what, size_t at)
{
	static const size_t pieces[] = { SIZE_MAX, 1, 7 };
	char want[OUT_MAX];
	size_t n = members_inflate(bytes, want);

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		struct error e = { 0 };
		char out[OUT_MAX];
		size_t got = members_expand(bytes, pieces[i], out, &e);

		cr_assert_eq(got, n, "%s %zu in pieces of %zu: %zd, zlib %zd (%s)", what, at,
			     pieces[i], (ssize_t)got, (ssize_t)n, e.cause);
		cr_assert(got == REFUSED || memcmp(out, want, n) == 0, "%s %zu", what, at);
	}
}

Test(gzip_members, headers_of_all_kinds_are_read)
{
	AUTO_ARENA a = { 0 };
	char want[OUT_MAX];

	cr_assert_eq(members_inflate(members_all(&a), want), 5 * (sizeof(PLAIN) - 1));
	members_compare(members_all(&a), "whole", 0);
}

Test(gzip_members, what_is_cut_or_followed_is_as_zlib_says)
{
	AUTO_ARENA a = { 0 };
	struct str all = members_all(&a);
	struct error e = { 0 };
	char out[OUT_MAX];

	for (size_t n = 0; n < all.n; n++)
		members_compare((struct str){ all.p, n }, "cut at", n);
	for (size_t n = 1; n < 20; n++) {
		struct buf more = { .a = &a };

		buf_add(&more, all);
		buf_add(&more, (struct str){ "garbage behind all of it", n });
		members_compare(buf_str(&more), "followed by", n);
	}
	cr_expect_eq(members_expand(STR(""), 1, out, &e), REFUSED);
	cr_expect(strstr(e.cause, "is empty"), "%s", e.cause);
}

Test(gzip_members, each_bit_counts_as_for_zlib, .timeout = 120)
{
	AUTO_ARENA a = { 0 };
	struct str all = members_all(&a);
	char *copy = arena_strndup(&a, all.p, all.n);

	for (size_t bit = 0; bit < 8 * all.n; bit++) {
		copy[bit / 8] = (char)(all.p[bit / 8] ^ 1 << bit % 8);
		members_compare((struct str){ copy, all.n }, "without bit", bit);
		copy[bit / 8] = all.p[bit / 8];
	}
}
