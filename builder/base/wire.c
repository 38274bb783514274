/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and strings to bytes and back. A NULL string is a length of 0, others have one more than
 * they have bytes. */

#include "base/wire.h"

void wire_put(struct buf *out, uint64_t n)
{
	for (; n > 127; n >>= 7)
		buf_putc(out, (char)(n & 127) | (char)128);
	buf_putc(out, (char)n);
}

void wire_put_signed(struct buf *out, int64_t n)
{
	wire_put(out, n < 0 ? ~((uint64_t)n << 1) : (uint64_t)n << 1);
}

void wire_put_str(struct buf *out, struct str s)
{
	wire_put(out, (uint64_t)s.n + 1);
	buf_add(out, s);
}

void wire_put_text(struct buf *out, const char *s)
{
	if (s)
		wire_put_str(out, str_of(s));
	else
		wire_put(out, 0);
}

void wire_put_texts(struct buf *out, const struct strings *l)
{
	wire_put(out, l->n);
	for (size_t i = 0; i < l->n; i++)
		wire_put_text(out, l->v[i]);
}

/* From here on nothing is read. */
static uint64_t wire_spoil(struct wire *w)
{
	w->bad = true;
	w->rest = (struct str){ "", 0 };
	return 0;
}

uint64_t wire_get(struct wire *w, uint64_t max)
{
	uint64_t n = 0;

	for (unsigned shift = 0; shift < 64 && w->rest.n; shift += 7) {
		uint64_t byte = (unsigned char)w->rest.p[0], group = byte & 127;

		w->rest = str_from(w->rest, 1);
		if (group << shift >> shift != group)
			break;
		n |= group << shift;
		if (byte < 128)
			return n <= max ? n : wire_spoil(w);
	}
	return wire_spoil(w);
}

int64_t wire_get_signed(struct wire *w)
{
	uint64_t n = wire_get(w, UINT64_MAX);

	return (int64_t)(n & 1 ? ~(n >> 1) : n >> 1);
}

bool wire_flag(struct wire *w)
{
	return wire_get(w, 1) == 1;
}

size_t wire_count(struct wire *w)
{
	uint64_t n = wire_get(w, SIZE_MAX);

	return n <= w->rest.n ? (size_t)n : (size_t)wire_spoil(w);
}

struct str wire_bytes(struct wire *w, size_t n)
{
	struct str s = { w->rest.p, n };

	if (n > w->rest.n) {
		wire_spoil(w);
		return (struct str){ "", 0 };
	}
	w->rest = str_from(w->rest, n);
	return str_copy(w->a, s);
}

/* The length before a string: false for none. */
static bool take_length(struct wire *w, size_t *n)
{
	uint64_t more = wire_get(w, (uint64_t)w->rest.n + 1);

	*n = more ? (size_t)more - 1 : 0;
	return more != 0;
}

struct str wire_str(struct wire *w)
{
	size_t n;

	if (!take_length(w, &n))
		wire_spoil(w);
	return wire_bytes(w, n);
}

const char *wire_text(struct wire *w)
{
	struct str s;
	size_t n;

	if (!take_length(w, &n))
		return NULL;
	s = wire_bytes(w, n);
	if (memchr(s.p, '\0', s.n))
		wire_spoil(w);
	return w->bad ? NULL : s.p;
}

const char *wire_name(struct wire *w)
{
	const char *s = wire_text(w);

	if (!s)
		wire_spoil(w);
	return s ? s : "";
}

void wire_texts(struct wire *w, struct strings *out)
{
	for (size_t n = wire_count(w); n && !w->bad; n--)
		*list_push(w->a, out) = wire_name(w);
}

bool wire_end(const struct wire *w)
{
	return !w->bad && w->rest.n == 0;
}
