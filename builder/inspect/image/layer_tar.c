/* SPDX-License-Identifier: Apache-2.0 */
/* Tar headers and contents, one after the other. Knows the format; does not know what a layer
 * means by its entries (layer.c does). Extended headers live in pax.c. */

#include "inspect/image/layer_tar.h"

#include "inspect/image/pax.h"

#define BLOCK 512

void layer_tar_init(struct layer_tar *t, struct source *from, struct arena *scratch)
{
	*t = (struct layer_tar){ .from = from, .a = scratch };
}

static bool bad(const struct layer_tar *t, struct error *e, const char *what)
{
	return err_set(e, ERR_INPUT, "tar entry at offset %llu: %s", (unsigned long long)t->at, what);
}

/* A chunk with something in it: 1, 0 at the end of the stream, -1. */
static int fill(struct layer_tar *t, struct error *e)
{
	return t->chunk.n ? 1 : t->from->next(t->from, &t->chunk, e);
}

static struct str advance(struct layer_tar *t, uint64_t most)
{
	struct str piece = t->chunk;

	if (piece.n > most)
		piece.n = (size_t)most;
	t->chunk = str_from(t->chunk, piece.n);
	t->at += piece.n;
	return piece;
}

/* Exactly n bytes: 1, 0 if the stream ended before the first, -1. */
static int take(struct layer_tar *t, void *out, size_t n, struct error *e)
{
	size_t have = 0;

	while (have < n) {
		int got = fill(t, e);
		struct str piece;

		if (got < 0)
			return -1;
		if (got == 0) {
			if (have == 0)
				return 0;
			bad(t, e, "the stream ends in the middle of a block");
			return -1;
		}
		piece = advance(t, n - have);
		memcpy((char *)out + have, piece.p, piece.n);
		have += piece.n;
	}
	return 1;
}

/* 1: all of it skipped, 0: the stream ended before, -1. */
static int skip(struct layer_tar *t, uint64_t n, struct error *e)
{
	while (n) {
		int got = fill(t, e);

		if (got != 1)
			return got;
		n -= advance(t, n).n;
	}
	return 1;
}

/* A numeric field: octal digits between blanks, or base-256 (GNU) when the first bit is set. */
static bool number(struct str field, int64_t *out)
{
	uint64_t value = 0;
	const unsigned char *p = (const unsigned char *)field.p;

	if (p[0] & 0x80) {
		bool negative = p[0] == 0xff;

		if (p[0] != 0x80 && !negative)
			return false;
		for (size_t i = 1; i < field.n; i++) {
			if (i + 8 < field.n && p[i] != (negative ? 0xff : 0))
				return false;	/* more than 64 bits */
			value = value << 8 | p[i];
		}
		if (field.n <= 8 && negative)
			value |= UINT64_MAX << (8 * (field.n - 1));
		*out = (int64_t)value;
		return negative == (*out < 0);
	}
	while (field.n && (field.p[0] == ' ' || field.p[0] == '\0'))
		field = str_from(field, 1);
	for (; field.n && field.p[0] >= '0' && field.p[0] <= '7'; field = str_from(field, 1)) {
		if (value >> 60)
			return false;
		value = value << 3 | (uint64_t)(field.p[0] - '0');
	}
	if (field.n && field.p[0] != ' ' && field.p[0] != '\0')
		return false;
	*out = (int64_t)value;
	return *out >= 0;
}

static struct str field(const char *block, size_t at, size_t n)
{
	return (struct str){ block + at, n };
}

static struct str text_field(const char *block, size_t at, size_t n)
{
	return (struct str){ block + at, strnlen(block + at, n) };
}

static bool checksum_ok(const char *block)
{
	uint64_t sum = 0;
	int64_t want;

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : (unsigned char)block[i];
	return number(field(block, 148, 8), &want) && (uint64_t)want == sum;
}

static bool all_zero(const char *block)
{
	for (size_t i = 0; i < BLOCK; i++)
		if (block[i])
			return false;
	return true;
}

/* ustar splits long names into prefix and name; GNU uses the prefix field for other things. */
static struct str whole_name(struct layer_tar *t, const char *block)
{
	struct str name = text_field(block, 0, 100), prefix = text_field(block, 345, 155);
	bool ustar = memcmp(block + 257, "ustar\0" "00", 8) == 0;

	if (!ustar || prefix.n == 0)
		return str_copy(t->a, name);
	return str_of(arena_printf(t->a, STR_FMT "/" STR_FMT, STR_ARG(prefix), STR_ARG(name)));
}

static bool header_numbers(struct layer_tar *t, const char *block, struct layer_entry *out, struct error *e)
{
	int64_t mode, uid, gid, size, mtime, major = 0, minor = 0;

	if (!number(field(block, 124, 12), &size) || size < 0)
		return bad(t, e, "its size is not a number");
	if (!number(field(block, 100, 8), &mode) || mode < 0 ||
	    !number(field(block, 108, 8), &uid) || !number(field(block, 116, 8), &gid) ||
	    !number(field(block, 136, 12), &mtime))
		return bad(t, e, "its mode, owner or time is not a number");
	if ((out->type == '3' || out->type == '4') &&
	    (!number(field(block, 329, 8), &major) || !number(field(block, 337, 8), &minor)))
		return bad(t, e, "its device number is not a number");
	out->size = (uint64_t)size;
	out->mode = (unsigned)mode & 07777;
	out->uid = (uint64_t)uid;
	out->gid = (uint64_t)gid;
	out->mtime = mtime;
	out->major = (unsigned)major;
	out->minor = (unsigned)minor;
	return true;
}

static bool header(struct layer_tar *t, const char *block, struct layer_entry *out, struct error *e)
{
	if (!checksum_ok(block))
		return bad(t, e, "the checksum of its header is wrong");
	*out = (struct layer_entry){ .type = block[156] ? block[156] : '0', .offset = t->at - BLOCK };
	if (out->type == '7')
		out->type = '0';
	if (!header_numbers(t, block, out, e))
		return false;
	out->name = whole_name(t, block);
	out->link = str_copy(t->a, text_field(block, 157, 100));
	return true;
}

static void begin_content(struct layer_tar *t, uint64_t size)
{
	t->left = size;
	t->pad = (BLOCK - size % BLOCK) % BLOCK;
}

/* A tar that ends without the padding of its last file is cut short, but only behind everything
 * it has: umoci 0.4.7 writes such layers and Go's reader, which runtimes use, takes them. */
static bool end_content(struct layer_tar *t, struct error *e)
{
	int got = skip(t, t->left, e);

	if (got == 0)
		bad(t, e, "the stream ends inside the content");
	if (got != 1)
		return false;
	got = skip(t, t->pad, e);
	t->cut = t->ended = got == 0;
	t->left = t->pad = 0;
	return got >= 0;
}

/* The content of an extended header, in the scratch arena. */
static bool extension(struct layer_tar *t, uint64_t size, size_t max, struct str *out, struct error *e)
{
	char *p;

	if (size > max)
		return bad(t, e, "an extended header is too large");
	p = arena_alloc(t->a, (size_t)size + 1);
	begin_content(t, size);
	if (take(t, p, (size_t)size, e) != 1 && size)
		return e->kind != ERR_NONE ? false : bad(t, e, "the stream ends inside a header");
	t->left = 0;
	*out = (struct str){ p, (size_t)size };
	return end_content(t, e);
}

static bool is_extension(char type)
{
	return type == 'x' || type == 'g' || type == 'L' || type == 'K';
}

static bool read_extension(struct layer_tar *t, const struct layer_entry *head, struct pax_said *pax,
			   struct error *e)
{
	struct str text;
	bool records = head->type == 'x' || head->type == 'g';

	if (!extension(t, head->size, records ? TAR_PAX_MAX : TAR_NAME_MAX, &text, e))
		return false;
	if (head->type == 'L')
		pax->name = (struct str){ text.p, strnlen(text.p, text.n) };
	else if (head->type == 'K')
		pax->link = (struct str){ text.p, strnlen(text.p, text.n) };
	else if (head->type == 'x' && !pax_parse(text, pax, e))
		return err_wrap(e, "tar entry at offset %llu", (unsigned long long)head->offset);
	else if (head->type == 'g' && !pax_harmless(text))
		return bad(t, e, "a global header changes names or sizes");
	return true;
}

/* What only files may have; what readers disagree about (T4, T8). */
static bool check(const struct layer_tar *t, struct layer_entry *x, struct error *e)
{
	if (x->type == '0' && x->name.n && x->name.p[x->name.n - 1] == '/')
		x->type = '5';		/* V7 tar */
	if (!strchr("0123456", x->type))
		return bad(t, e, x->type == 'S' ? "a sparse file (GNU): not allowed in layers"
						: "an entry of an unknown type");
	if (x->type != '0' && x->size)
		return bad(t, e, "something that is no file has content");
	if (x->size > INT64_MAX - BLOCK)
		return bad(t, e, "its size is too large");
	return true;
}

/* 1: a block of a header; 0: the end; -1. Two zero blocks end an archive; the end of the stream
 * between entries does so too, as for every runtime. */
static int header_block(struct layer_tar *t, char *block, struct error *e)
{
	int got = take(t, block, BLOCK, e);

	if (got != 1 || !all_zero(block))
		return got;
	got = take(t, block, BLOCK, e);
	if (got == 1 && !all_zero(block)) {
		bad(t, e, "an entry follows a single zero block");
		return -1;
	}
	return got < 0 ? -1 : 0;
}

int layer_tar_next(struct layer_tar *t, struct layer_entry *out, struct error *e)
{
	struct pax_said pax = { .name = { NULL, 0 } };
	char block[BLOCK];
	int got;

	if (!t->ended && !end_content(t, e))
		return -1;
	if (t->ended)
		return 0;
	arena_free(t->a);
	for (unsigned extensions = 0;; extensions++) {
		got = header_block(t, block, e);
		if (got == 0 && extensions)
			return bad(t, e, "an extended header describes nothing") ? 0 : -1;
		t->ended = got == 0;
		if (got != 1)
			return got;
		if (!header(t, block, out, e))
			return -1;
		if (!is_extension(out->type))
			break;
		if (extensions == 8)
			return bad(t, e, "too many extended headers in a row") ? 0 : -1;
		if (!read_extension(t, out, &pax, e))
			return -1;
	}
	if (!pax_apply(&pax, out, e) || !check(t, out, e))
		return -1;
	begin_content(t, out->size);
	return 1;
}

int layer_tar_read(struct layer_tar *t, struct str *chunk, struct error *e)
{
	int got;

	if (t->left == 0)
		return 0;
	got = fill(t, e);
	if (got == 0)
		bad(t, e, "the stream ends inside the content");
	if (got != 1)
		return -1;
	*chunk = advance(t, t->left);
	t->left -= chunk->n;
	return 1;
}

bool layer_tar_drain(struct layer_tar *t, uint64_t *extra, struct error *e)
{
	int got;

	*extra = 0;
	while ((got = fill(t, e)) == 1) {
		struct str piece = advance(t, UINT64_MAX);

		for (size_t i = 0; i < piece.n; i++)
			*extra += piece.p[i] != 0;
	}
	return got == 0;
}
