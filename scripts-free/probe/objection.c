/* SPDX-License-Identifier: Apache-2.0 */
/* Text in a fixed array. */

#include "probe/objection.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool objection_add(struct objection *r, const char *fmt, ...)
{
	size_t room = sizeof r->p - r->len;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(r->p + r->len, room, fmt, args);
	va_end(args);
	if (n > 0)
		r->len += (size_t)n < room ? (size_t)n : room - 1;
	return false;
}

bool objection_bytes(struct objection *r, const char *s, size_t n)
{
	size_t room = sizeof r->p - 1 - r->len;

	n = n < room ? n : room;
	memcpy(r->p + r->len, s, n);
	r->len += n;
	r->p[r->len] = '\0';
	return false;
}

static void objection_print_safe(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c >= ' ' && c < 0x7f)
			putc(c, stderr);
		else
			fprintf(stderr, "\\x%02x", c);
	}
}

void objection_print(const struct objection *r, const char *what)
{
	char buffer[8192];

	setvbuf(stderr, buffer, _IOFBF, sizeof buffer);
	fputs("probe: ", stderr);
	objection_print_safe(what, strlen(what));
	fputs(": ", stderr);
	objection_print_safe(r->p, r->len);
	putc('\n', stderr);
	fflush(stderr);
	setvbuf(stderr, NULL, _IONBF, 0);
}

bool number_parse(const char *s, size_t n, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9' || v > (max - (uint64_t)(s[i] - '0')) / 10)
			return false;
		v = v * 10 + (uint64_t)(s[i] - '0');
	}
	if (n == 0)
		return false;
	*out = v;
	return true;
}
