/* SPDX-License-Identifier: Apache-2.0 */
/* The pull loop around a decoder: feeds it, bounds what comes out, sees to it that it makes
 * progress and that the stream is all there is. Knows no compression format; those are gunzip.c,
 * unxz.c and unzstd.c. */

#include "format/archive/decompress.h"

#include "format/archive/decoder.h"

bool codec_of_suffix(struct str suffix, enum codec *out)
{
	static const struct {
		const char *suffix;
		enum codec codec;
	} known[] = {
		{ "", CODEC_NONE },
		{ ".gz", CODEC_GZIP },
		{ ".xz", CODEC_XZ },
		{ ".zst", CODEC_ZSTD },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (str_eq(suffix, str_of(known[i].suffix))) {
			*out = known[i].codec;
			return true;
		}
	}
	return false;
}

static int decompress_fail(const struct decompress *d, struct error *e, const char *why)
{
	err_set(e, ERR_INPUT, "%s: %s stream: %s", d->base.name, d->decoder->name, why);
	return -1;
}

/* Counts what is about to be given against the budget. */
static int decompress_give(struct decompress *d, struct str bytes, struct str *chunk,
			   struct error *e)
{
	if (bytes.n > d->budget - d->given) {
		err_set(e, ERR_INPUT, "%s decompresses to more than the %llu bytes allowed for it",
			d->base.name, (unsigned long long)d->budget);
		return -1;
	}
	d->given += bytes.n;
	*chunk = bytes;
	return 1;
}

static int next_plain(struct source *base, struct str *chunk, struct error *e)
{
	struct decompress *d = (struct decompress *)base;
	struct str bytes;
	int got = d->from->next(d->from, &bytes, e);

	return got == 1 ? decompress_give(d, bytes, chunk, e) : got;
}

/* Whether a frame to pass over begins: its first byte has 16 forms. */
static bool begins_passed(const struct decompress *d)
{
	const struct str *passed = &d->decoder->passed;

	return d->several && passed->n && d->in.n && ((d->in.p[0] ^ passed->p[0]) & 0xf0) == 0;
}

/* The magic bytes, checked before the decoder sees them: some decoders take other formats too
 * (skippable and historic zstd frames). They may come in several chunks. */
static int check_magic(struct decompress *d, struct error *e)
{
	size_t n = d->decoder->magic.n - d->magic_seen, first;
	const char *magic;

	if (d->magic_seen == 0)
		d->passing = begins_passed(d);
	first = d->passing && d->magic_seen == 0;
	magic = (d->passing ? d->decoder->passed : d->decoder->magic).p + d->magic_seen;
	n = n > d->in.n ? d->in.n : n;
	if (n > first && memcmp(d->in.p + first, magic + first, n - first) != 0)
		return decompress_fail(d, e,
				       d->later ? "is followed by other bytes"
						: "its first bytes are not those of such a stream");
	d->magic_seen += n;
	return 1;
}

/* More input: 1, or -1 when there is none. */
static int decompress_refill(struct decompress *d, struct error *e)
{
	int got = d->from->next(d->from, &d->in, e);

	if (got == 0)
		return decompress_fail(d, e, d->magic_seen ? "is cut short" : "is empty");
	return got < 0 ? got : check_magic(d, e);
}

/* After the stream's end: 0 when nothing follows. */
static int check_end(struct decompress *d, struct error *e)
{
	struct str more;
	int got = d->in.n ? 1 : d->from->next(d->from, &more, e);

	return got == 1 ? decompress_fail(d, e, "is followed by other bytes") : got;
}

/* Zero bytes behind a stream, up to something else. 1 that, 0 the end, -1. */
static int pass_padding(struct decompress *d, size_t *zeros, struct error *e)
{
	int got = 1;

	*zeros = 0;
	while (got == 1) {
		for (; d->in.n && d->in.p[0] == '\0' && d->decoder->padding; (*zeros)++)
			d->in = str_from(d->in, 1);
		if (d->in.n)
			return 1;
		got = d->from->next(d->from, &d->in, e);
	}
	d->in.n = 0;
	return got;
}

/* After a stream's end: 1 another one begins, 0 there is none, -1. */
static int next_stream(struct decompress *d, struct error *e)
{
	size_t zeros;
	int got = pass_padding(d, &zeros, e);

	if (got < 0)
		return got;
	if (zeros && (zeros % d->decoder->padding || (got && d->decoder->padding == 1)))
		return decompress_fail(d, e, "is followed by other bytes");
	if (got == 0)
		return 0;
	d->ended = false;
	d->later = true;
	d->magic_seen = 0;
	if (!d->decoder->again(d->state))
		return decompress_fail(d, e, "the decoder cannot begin anew");
	return check_magic(d, e);
}

/* One call of the decoder. A decoder that, given input and room, neither reads nor writes would
 * do so for ever (T7; such bugs were found in dpkg and libarchive). */
static int decompress_step(struct decompress *d, struct room *room, struct error *e)
{
	const char *why = "is damaged";
	size_t before = d->in.n + room->n;
	enum decoded r = d->decoder->step(d->state, &d->in, room, &why);

	if (r == DECODED_BAD)
		return decompress_fail(d, e, why);
	d->ended = r == DECODED_END;
	d->pending = room->n == 0;
	if (!d->ended && d->in.n && d->in.n + room->n == before)
		return decompress_fail(d, e, "is damaged (the decoder makes no progress)");
	return 1;
}

static int next_decoded(struct source *base, struct str *chunk, struct error *e)
{
	struct decompress *d = (struct decompress *)base;
	struct room room = { d->out, sizeof(d->out) };

	while (room.n == sizeof(d->out)) {
		int got = 1;

		if (d->ended) /* and what it gave is taken */
			got = d->several ? next_stream(d, e) : 0;
		else if (d->in.n == 0 && !d->pending)
			got = decompress_refill(d, e);
		if (got > 0)
			got = decompress_step(d, &room, e);
		if (got <= 0)
			return got;
		if (d->ended && !d->several && check_end(d, e) < 0)
			return -1;
	}
	return decompress_give(d, (struct str){ d->out, sizeof(d->out) - room.n }, chunk, e);
}

bool decompress_open_with(struct decompress *d, struct source *from, enum codec codec,
			  uint64_t budget, const struct xz_library *xz, struct error *e)
{
	static const struct decoder *const decoders[] = {
		[CODEC_GZIP] = &gunzip_decoder,
		[CODEC_XZ] = &unxz_decoder,
		[CODEC_ZSTD] = &unzstd_decoder,
	};

	d->base = (struct source){ codec == CODEC_NONE ? next_plain : next_decoded, from->name };
	d->from = from;
	d->decoder = decoders[codec];
	d->state = NULL;
	d->in = (struct str){ "", 0 };
	d->budget = budget;
	d->given = 0;
	d->magic_seen = 0;
	d->ended = d->pending = false;
	d->several = d->passing = d->later = false;
	if (codec == CODEC_NONE)
		return true;
	d->state = d->decoder->open(xz);
	return d->state || err_set(e, ERR_SYSTEM, "%s: no memory for a %s decoder", from->name,
				   d->decoder->name);
}

bool decompress_open(struct decompress *d, struct source *from, enum codec codec, uint64_t budget,
		     struct error *e)
{
	return decompress_open_with(d, from, codec, budget, NULL, e);
}

void decompress_take_several(struct decompress *d)
{
	d->several = true;
}

void decompress_close(struct decompress *d)
{
	if (d->state)
		d->decoder->close(d->state);
	d->state = NULL;
}
