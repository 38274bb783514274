/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded text; see the header. */

#include "common/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

char *text_clear(char *p, size_t cap)
{
	if (cap > 0)
		p[0] = '\0';
	return p;
}

void text_bytes(struct text *t, const void *s, size_t n)
{
	size_t room = t->cap > t->len ? t->cap - t->len - 1 : 0;

	if (n > room) {
		n = room;
		t->cut = true;
	}
	if (n == 0)
		return;
	memcpy(t->p + t->len, s, n);
	t->len += n;
	t->p[t->len] = '\0';
}

void text_add(struct text *t, const char *s)
{
	text_bytes(t, s, strlen(s));
}

void text_addf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	size_t room = t->cap > t->len ? t->cap - t->len : 0;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(room > 0 ? t->p + t->len : NULL, room, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n < room) {
		t->len += (size_t)n;
		return;
	}
	t->len += room > 0 ? room - 1 : 0;
	t->cut = true;
}

bool text_copy(char *dst, size_t cap, const char *s, size_t n)
{
	if (cap == 0)
		return false;
	dst[0] = '\0';
	if (n >= cap || memchr(s, '\0', n) != NULL)
		return false;
	memcpy(dst, s, n);
	dst[n] = '\0';
	return true;
}

bool text_number(const char *s, unsigned long long min, unsigned long long max,
		 unsigned long long *out)
{
	unsigned long long v = 0;

	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++) {
		unsigned d = (unsigned)(unsigned char)*s - '0';

		if (d > 9 || __builtin_mul_overflow(v, 10ULL, &v) ||
		    __builtin_add_overflow(v, (unsigned long long)d, &v))
			return false;
	}
	if (v < min || v > max)
		return false;
	*out = v;
	return true;
}
