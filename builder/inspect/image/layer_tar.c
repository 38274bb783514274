/* SPDX-License-Identifier: Apache-2.0 */
/* Tar headers and contents, one after the other. Knows the format; does not know what a layer
 * means by its entries (layer.c does). Extended headers live in pax.c. */

#include "inspect/image/layer_tar.h"

#include "inspect/image/layer_tar_header.h"
#include "inspect/image/pax.h"

#define BLOCK TAR_BLOCK

void layer_tar_init(struct layer_tar *t, struct source *from, struct arena *scratch)
{
	*t = (struct layer_tar){ .from = from, .a = scratch, .holes_max = UINT64_MAX };
}

static bool layer_tar_fail(const struct layer_tar *t, struct error *e, const char *what)
{
	return err_set(e, ERR_INPUT, "tar entry at offset %llu: %s", (unsigned long long)t->at,
		       what);
}

/* A chunk with something in it: 1, 0 at the end of the stream, -1. */
static int layer_tar_fill(struct layer_tar *t, struct error *e)
{
	return t->chunk.n ? 1 : t->from->next(t->from, &t->chunk, e);
}

static struct str layer_tar_advance(struct layer_tar *t, uint64_t most)
{
	struct str piece = t->chunk;

	if (piece.n > most)
		piece.n = (size_t)most;
	t->chunk = str_from(t->chunk, piece.n);
	t->at += piece.n;
	return piece;
}

/* Exactly n bytes: 1, 0 if the stream ended before the first, -1. */
static int layer_tar_take(struct layer_tar *t, void *out, size_t n, struct error *e)
{
	size_t have = 0;

	while (have < n) {
		int got = layer_tar_fill(t, e);
		struct str piece;

		if (got < 0)
			return -1;
		if (got == 0) {
			if (have == 0)
				return 0;
			layer_tar_fail(t, e, "the stream ends in the middle of a block");
			return -1;
		}
		piece = layer_tar_advance(t, n - have);
		memcpy((char *)out + have, piece.p, piece.n);
		have += piece.n;
	}
	return 1;
}

/* 1: all of it skipped, 0: the stream ended before, -1. */
static int layer_tar_skip(struct layer_tar *t, uint64_t n, struct error *e)
{
	while (n) {
		int got = layer_tar_fill(t, e);

		if (got != 1)
			return got;
		n -= layer_tar_advance(t, n).n;
	}
	return 1;
}

static bool all_zero(const char *block)
{
	for (size_t i = 0; i < BLOCK; i++)
		if (block[i])
			return false;
	return true;
}

static bool header_take(struct layer_tar *t, const char *block, struct layer_entry *out,
			struct error *e)
{
	const char *problem = tar_header_read(t->a, block, out);

	out->offset = t->at - BLOCK;
	return !problem || layer_tar_fail(t, e, problem);
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
	int got = layer_tar_skip(t, t->left, e);

	if (got == 0)
		layer_tar_fail(t, e, "the stream ends inside the content");
	if (got != 1)
		return false;
	got = layer_tar_skip(t, t->pad, e);
	t->cut = t->ended = got == 0;
	t->left = t->pad = 0;
	return got >= 0;
}

/* The content of an extended header, in the scratch arena. */
static bool layer_tar_extension(struct layer_tar *t, uint64_t size, size_t max, struct str *out,
				struct error *e)
{
	char *p;

	if (size > max)
		return layer_tar_fail(t, e, "an extended header is too large");
	p = arena_text(t->a, (size_t)size);
	begin_content(t, size);
	if (layer_tar_take(t, p, (size_t)size, e) != 1 && size)
		return e->kind != ERR_NONE
			       ? false
			       : layer_tar_fail(t, e, "the stream ends inside a header");
	t->left = 0;
	*out = (struct str){ p, (size_t)size };
	return end_content(t, e);
}

static bool is_extension(char type)
{
	return type == 'x' || type == 'g' || type == 'L' || type == 'K';
}

static bool read_extension(struct layer_tar *t, const struct layer_entry *head,
			   struct pax_said *pax, struct error *e)
{
	struct str text;
	bool records = head->type == 'x' || head->type == 'g';

	if (!layer_tar_extension(t, head->size, records ? TAR_PAX_MAX : TAR_NAME_MAX, &text, e))
		return false;
	if (head->type == 'L')
		pax->long_name = (struct str){ text.p, strnlen(text.p, text.n) };
	else if (head->type == 'K')
		pax->long_link = (struct str){ text.p, strnlen(text.p, text.n) };
	else if (head->type == 'x' && !pax_parse(text, pax, e))
		return err_wrap(e, "tar entry at offset %llu", (unsigned long long)head->offset);
	else if (head->type == 'g' && !pax_harmless(text))
		return layer_tar_fail(t, e, "a global header changes names or sizes");
	return true;
}

/* What only files may have; what readers disagree about (T4, T8). */
static bool layer_tar_check(const struct layer_tar *t, struct layer_entry *x, struct error *e)
{
	if (x->type == '\0') /* V7: a slash makes it a folder, and only here */
		x->type = x->name.n && x->name.p[x->name.n - 1] == '/' ? '5' : '0';
	if (!strchr("0123456", x->type))
		return layer_tar_fail(
			t, e,
			x->type == 'S' ? "a sparse file in GNU's format, which no runtime unpacks; "
					 "tar --format=posix writes one that all of them do"
				       : "an entry of an unknown type");
	if (x->type != '0' && x->size)
		return layer_tar_fail(t, e, "something that is not a file has content");
	if (x->size > INT64_MAX - BLOCK)
		return layer_tar_fail(t, e, "its size is too large");
	return true;
}

/* The map that stands before the data: whole blocks, of which no more are read than it needs. */
static bool read_map(struct layer_tar *t, struct sparse_map *map, struct error *e)
{
	struct buf text = { .a = t->a };
	uint64_t have = 0, need = 1;
	char block[BLOCK];

	while (have < need) {
		if (t->left < BLOCK || text.n + BLOCK > TAR_PAX_MAX)
			return err_set(e, ERR_INPUT,
				       "the map of a sparse file is cut short or too large");
		if (layer_tar_take(t, block, BLOCK, e) != 1)
			return e->kind == ERR_NONE &&
			       err_set(e, ERR_INPUT, "the stream ends inside the content");
		t->left -= BLOCK;
		buf_add(&text, (struct str){ block, BLOCK });
		for (size_t i = 0; i < BLOCK; i++)
			have += block[i] == '\n';
		if (need == 1 && have && !sparse_lines(buf_str(&text), &need, e))
			return false;
	}
	return sparse_from_content(t->a, buf_str(&text), map, e);
}

/* What the holes of all files come to is bounded, as what the layer expands to is. */
static bool count_holes(struct layer_tar *t, const struct sparse_map *map, struct error *e)
{
	uint64_t room = t->holes_max - t->holes;

	if (map->size - map->data > room)
		return err_set(
			e, ERR_INPUT,
			"with the holes of its sparse files the layer expands to more than the %llu "
			"bytes allowed for its size",
			(unsigned long long)t->holes_max);
	t->holes += map->size - map->data;
	return true;
}

/* The entry is a sparse file: its map is read, and its size becomes that of the file. */
static bool begin_sparse(struct layer_tar *t, const struct sparse_said *said, struct layer_entry *x,
			 struct error *e)
{
	struct sparse_map *map = arena_alloc(t->a, sizeof(*map));

	if (x->type != '0')
		return err_set(e, ERR_INPUT,
			       "something that is not a file has the map of a sparse file");
	*map = (struct sparse_map){ .size = x->size };
	if (!sparse_size(said, &map->size, e))
		return false;
	if (!(sparse_kind(said) == SPARSE_CONTENT ? read_map(t, map, e)
						  : sparse_from_header(t->a, said, map, e)) ||
	    !sparse_check(map, t->left, e) || !count_holes(t, map, e))
		return false;
	if (said->name.n)
		x->name = said->name;
	x->size = map->size;
	t->map = map;
	t->piece = 0;
	t->place = 0;
	return true;
}

/* 1: a block of a header; 0: the end; -1. Two zero blocks end an archive; the end of the stream
 * between entries does so too, as for every runtime. */
static int header_block(struct layer_tar *t, char *block, struct error *e)
{
	int got = layer_tar_take(t, block, BLOCK, e);

	if (got != 1 || !all_zero(block))
		return got;
	got = layer_tar_take(t, block, BLOCK, e);
	if (got == 1 && !all_zero(block)) {
		layer_tar_fail(t, e, "an entry follows a single zero block");
		return -1;
	}
	return got < 0 ? -1 : 0;
}

/* The headers before an entry, and its own: 1, 0 at the end, -1. */
static int read_headers(struct layer_tar *t, struct pax_said *pax, struct layer_entry *out,
			struct error *e)
{
	char block[BLOCK];

	for (unsigned extensions = 0;; extensions++) {
		int got = header_block(t, block, e);

		if (got == 0 && extensions)
			return layer_tar_fail(t, e, "an extended header describes nothing") ? 0
											    : -1;
		t->ended = got == 0;
		if (got != 1)
			return got;
		if (!header_take(t, block, out, e))
			return -1;
		if (!is_extension(out->type))
			return 1;
		if (extensions && out->type == 'g')
			return layer_tar_fail(t, e, "a global header follows an extended one") ? 0
											       : -1;
		if (extensions == 8)
			return layer_tar_fail(t, e, "too many extended headers in a row") ? 0 : -1;
		if (!read_extension(t, out, pax, e))
			return -1;
		if (out->type == 'g')
			return 1;
	}
}

int layer_tar_next(struct layer_tar *t, struct layer_entry *out, struct error *e)
{
	struct pax_said pax = { .name = { NULL, 0 } };
	int got;

	if (!t->ended && !end_content(t, e))
		return -1;
	if (t->ended)
		return 0;
	arena_free(t->a);
	t->map = NULL;
	got = read_headers(t, &pax, out, e);
	if (got == 1 && out->type == 'g')
		out->size = 0;
	else if (got == 1 && (!pax_apply(&pax, out, e) || !layer_tar_check(t, out, e)))
		return -1;
	if (got != 1)
		return got;
	begin_content(t, out->size);
	if (sparse_kind(&pax.sparse) == SPARSE_NONE || begin_sparse(t, &pax.sparse, out, e))
		return 1;
	err_wrap(e, "tar entry at offset %llu", (unsigned long long)out->offset);
	return -1;
}

static int layer_tar_read_piece(struct layer_tar *t, uint64_t most, struct str *chunk,
				struct error *e)
{
	int got = layer_tar_fill(t, e);

	if (got == 0)
		layer_tar_fail(t, e, "the stream ends inside the content");
	if (got != 1)
		return -1;
	*chunk = layer_tar_advance(t, most);
	t->left -= chunk->n;
	return 1;
}

/* Data where the map has a piece, zeros up to the next one. */
static int read_sparse(struct layer_tar *t, struct str *chunk, struct error *e)
{
	static const char zeros[65536];
	const struct sparse_map *m = t->map;
	const struct sparse_piece *p = m->pieces.v + t->piece, *end = m->pieces.v + m->pieces.n;
	uint64_t hole;
	int got;

	while (p < end && p->offset + p->length <= t->place)
		p++;
	t->piece = (size_t)(p - m->pieces.v);
	hole = (p < end ? p->offset : m->size);
	if (hole > t->place) {
		*chunk = (struct str){ zeros, sizeof(zeros) };
		if (chunk->n > hole - t->place)
			chunk->n = (size_t)(hole - t->place);
		t->place += chunk->n;
		return 1;
	}
	got = p < end ? layer_tar_read_piece(t, p->offset + p->length - t->place, chunk, e) : 0;
	if (got == 1)
		t->place += chunk->n;
	return got;
}

int layer_tar_read(struct layer_tar *t, struct str *chunk, struct error *e)
{
	if (t->map)
		return read_sparse(t, chunk, e);
	return t->left ? layer_tar_read_piece(t, t->left, chunk, e) : 0;
}

bool layer_tar_drain(struct layer_tar *t, uint64_t *extra, struct error *e)
{
	int got;

	*extra = 0;
	while ((got = layer_tar_fill(t, e)) == 1) {
		struct str piece = layer_tar_advance(t, UINT64_MAX);

		for (size_t i = 0; i < piece.n; i++)
			*extra += piece.p[i] != 0;
	}
	return got == 0;
}
