/* SPDX-License-Identifier: Apache-2.0 */
/* Maps of sparse files. Knows the three notations; the bytes are for layer_tar.c. */

#include "inspect/image/sparse.h"

#include "inspect/image/pax_record.h"

#define MALFORMED "the map of a sparse file is malformed"

enum sparse_kind sparse_kind(const struct sparse_said *s)
{
	if (str_eq(s->major, STR("0")) &&
	    (str_eq(s->minor, STR("0")) || str_eq(s->minor, STR("1"))))
		return SPARSE_HEADER;
	if (str_eq(s->major, STR("1")) && str_eq(s->minor, STR("0")))
		return SPARSE_CONTENT;
	if (s->major.n || s->minor.n)
		return SPARSE_NONE; /* a version that readers do not know: the content as it is */
	return s->map.n || s->pairs.n ? SPARSE_HEADER : SPARSE_NONE;
}

bool sparse_is_pair(struct str key)
{
	return str_eq(key, STR("GNU.sparse.offset")) || str_eq(key, STR("GNU.sparse.numbytes"));
}

static bool sparse_number(struct str text, uint64_t *out, struct error *e)
{
	return (str_u64(text, out) && *out <= INT64_MAX) || err_set(e, ERR_INPUT, MALFORMED);
}

bool sparse_size(const struct sparse_said *s, uint64_t *size, struct error *e)
{
	struct str said = s->size.n ? s->size : s->real_size;

	return !said.n || sparse_number(said, size, e);
}

static bool add_piece(struct arena *a, struct str offset, struct str length, struct sparse_map *out,
		      struct error *e)
{
	struct sparse_piece piece;
	uint64_t before = out->pieces.n ? out->pieces.v[out->pieces.n - 1].offset +
						  out->pieces.v[out->pieces.n - 1].length
					: 0;

	if (!sparse_number(offset, &piece.offset, e) || !sparse_number(length, &piece.length, e))
		return false;
	if (piece.offset < before || piece.offset + piece.length > out->size)
		return err_set(e, ERR_INPUT, MALFORMED);
	out->data += piece.length;
	*list_push(a, &out->pieces) = piece;
	return true;
}

/* 0.0: the records come in pairs. */
static bool read_pairs(struct arena *a, struct str records, struct sparse_map *out, struct error *e)
{
	struct str key, value, offset = { NULL, 0 };
	bool second = false, ok;

	while (pax_record(&records, &key, &value, &ok)) {
		if (!sparse_is_pair(key))
			continue;
		if (str_eq(key, STR("GNU.sparse.numbytes")) != second)
			return err_set(e, ERR_INPUT, MALFORMED);
		if (second && !add_piece(a, offset, value, out, e))
			return false;
		offset = value;
		second = !second;
	}
	return !second || err_set(e, ERR_INPUT, MALFORMED);
}

/* 0.1: "offset,length,offset,length". */
static bool sparse_list(struct arena *a, struct str list, struct sparse_map *out, struct error *e)
{
	struct str offset, length;

	while (list.n) {
		if (!str_cut(list, ',', &offset, &list))
			return err_set(e, ERR_INPUT, MALFORMED);
		if (str_cut(list, ',', &length, &list) && !list.n)
			return err_set(e, ERR_INPUT, MALFORMED); /* a comma at the end */
		if (!add_piece(a, offset, length, out, e))
			return false;
	}
	return true;
}

bool sparse_from_header(struct arena *a, const struct sparse_said *s, struct sparse_map *out,
			struct error *e)
{
	uint64_t count;

	if (!sparse_number(s->count, &count, e))
		return false;
	if (!(s->pairs.n ? read_pairs(a, s->pairs, out, e) : sparse_list(a, s->map, out, e)))
		return false;
	return out->pieces.n == count || err_set(e, ERR_INPUT, MALFORMED);
}

bool sparse_lines(struct str text, uint64_t *lines, struct error *e)
{
	struct str first, rest;

	if (!str_cut(text, '\n', &first, &rest) || !sparse_number(first, lines, e) ||
	    *lines > INT64_MAX / 2)
		return e->kind == ERR_NONE && err_set(e, ERR_INPUT, MALFORMED);
	*lines = *lines * 2 + 1;
	return true;
}

bool sparse_from_content(struct arena *a, struct str text, struct sparse_map *out, struct error *e)
{
	struct str offset, length;
	uint64_t lines;

	if (!sparse_lines(text, &lines, e))
		return false;
	str_cut(text, '\n', &offset, &text);
	for (uint64_t i = 1; i < lines; i += 2) {
		if (!str_cut(text, '\n', &offset, &text) || !str_cut(text, '\n', &length, &text))
			return err_set(e, ERR_INPUT, MALFORMED);
		if (!add_piece(a, offset, length, out, e))
			return false;
	}
	return true;
}

bool sparse_check(const struct sparse_map *m, uint64_t data, struct error *e)
{
	return m->data == data ||
	       err_set(e, ERR_INPUT,
		       "the map of a sparse file names %llu bytes of data, the entry has %llu",
		       (unsigned long long)m->data, (unsigned long long)data);
}
