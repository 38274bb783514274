/* SPDX-License-Identifier: Apache-2.0 */
/* Escaping for logs. Pure functions; fuzzed by tests/fuzz/fuzz_log_escape.c. */

#include "common/log_escape.h"

#include <stdbool.h>
#include <string.h>

size_t utf8_length(const unsigned char *p, size_t n)
{
	size_t len = p[0] < 0x80   ? 1
		     : p[0] < 0xc2 ? 0
		     : p[0] < 0xe0 ? 2
		     : p[0] < 0xf0 ? 3
		     : p[0] < 0xf5 ? 4
				   : 0;

	if (len == 0 || len > n)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

static int escape_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Does an escape in our own notation start here? */
static bool is_escape(const char *p, size_t n)
{
	return n >= 4 && p[0] == '\\' && p[1] == 'x' && escape_hex(p[2]) >= 0 &&
	       escape_hex(p[3]) >= 0;
}

/* May the valid sequence of `len` bytes be shown as it is? */
static bool is_harmless(const unsigned char *p, size_t len)
{
	unsigned point;

	if (len == 1)
		return (p[0] >= 0x20 && p[0] != 0x7f) || p[0] == '\t';
	if (len == 2)
		return !(p[0] == 0xc2 && p[1] < 0xa0); /* C1 controls */
	if (len != 3)
		return true;
	point = (unsigned)((p[0] & 0x0f) << 12 | (p[1] & 0x3f) << 6 | (p[2] & 0x3f));
	return !(point == 0x200e || point == 0x200f || (point >= 0x2028 && point <= 0x202e) ||
		 (point >= 0x2066 && point <= 0x2069) || point == 0xfeff);
}

size_t log_escape_part(const char *in, size_t n, char *out, size_t cap, size_t *taken)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *p = (const unsigned char *)in;
	size_t used = 0, i = 0;

	while (i < n) {
		size_t len = utf8_length(p + i, n - i);

		if (len > 0 && is_harmless(p + i, len) && !is_escape(in + i, n - i)) {
			if (used + len >= cap)
				break;
			memcpy(out + used, p + i, len);
			used += len;
			i += len;
			continue;
		}
		if (used + 4 >= cap)
			break;
		out[used++] = '\\';
		out[used++] = 'x';
		out[used++] = hex[p[i] >> 4];
		out[used++] = hex[p[i] & 15];
		i++;
	}
	out[used] = '\0';
	*taken = i;
	return used;
}

size_t log_escape(const char *in, size_t n, char *out, size_t cap)
{
	size_t taken;

	return log_escape_part(in, n, out, cap, &taken);
}

size_t log_unescape(const char *in, size_t n, char *out, size_t cap)
{
	size_t used = 0;

	for (size_t i = 0; i < n && used < cap; used++) {
		if (is_escape(in + i, n - i)) {
			out[used] = (char)(escape_hex(in[i + 2]) << 4 | escape_hex(in[i + 3]));
			i += 4;
		} else {
			out[used] = in[i++];
		}
	}
	return used;
}
