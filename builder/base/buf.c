/* SPDX-License-Identifier: Apache-2.0 */
/* Growing strings in an arena. */

#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

#define DEFAULT_MAX (256u << 20)

static bool buf_reserve(struct buf *b, size_t more)
{
	size_t max = b->max ? b->max : DEFAULT_MAX;
	size_t cap = b->cap ? b->cap : 128;
	char *grown;

	if (b->overflow || more > max - b->n) {
		b->overflow = true;
		return false;
	}
	if (b->n + more < b->cap)
		return true;
	while (cap <= b->n + more)
		cap *= 2;
	grown = arena_alloc(b->a, cap);
	if (b->n)
		memcpy(grown, b->p, b->n);
	b->p = grown;
	b->cap = cap;
	return true;
}

void buf_add(struct buf *b, struct str s)
{
	if (!buf_reserve(b, s.n))
		return;
	if (s.n)
		memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	b->p[b->n] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
	buf_add(b, str_of(s));
}

void buf_putc(struct buf *b, char c)
{
	buf_add(b, (struct str){ &c, 1 });
}

void buf_put_utf8(struct buf *b, uint32_t c)
{
	if (c < 0x80) {
		buf_putc(b, (char)c);
		return;
	}
	if (c >= 0x10000)
		buf_putc(b, (char)(0xf0 | c >> 18));
	if (c >= 0x800)
		buf_putc(b, (char)((c >= 0x10000 ? 0x80 : 0xe0) | (c >> 12 & 0x3f)));
	buf_putc(b, (char)((c >= 0x800 ? 0x80 : 0xc0) | (c >> 6 & 0x3f)));
	buf_putc(b, (char)(0x80 | (c & 0x3f)));
}

/* Written where the next text goes; if the room there is too small, its length is known then. */
void buf_printf(struct buf *b, const char *fmt, ...)
{
	size_t room = b->overflow ? 0 : b->cap - b->n;
	char *next = room ? b->p + b->n : NULL;
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(next, room, fmt, ap);
	va_end(ap);
	if (n < 0 || !buf_reserve(b, (size_t)n)) {
		if (next)
			*next = '\0';
	} else {
		if ((size_t)n >= room)
			vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

struct str buf_str(const struct buf *b)
{
	return (struct str){ b->p ? b->p : "", b->n };
}

const char *buf_cstr(const struct buf *b)
{
	return b->p ? b->p : "";
}
