/* SPDX-License-Identifier: Apache-2.0 */
/* Three bytes are four characters. */

#include "format/text/base64.h"

static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const char *base64_encode(struct arena *a, struct str bytes)
{
	char *out = arena_alloc(a, bytes.n / 3 * 4 + 5), *p = out;

	for (size_t i = 0; i < bytes.n; i += 3) {
		size_t left = bytes.n - i;
		uint32_t bits = (uint32_t)(unsigned char)bytes.p[i] << 16;

		if (left > 1)
			bits |= (uint32_t)(unsigned char)bytes.p[i + 1] << 8;
		if (left > 2)
			bits |= (unsigned char)bytes.p[i + 2];
		*p++ = base64_digits[bits >> 18];
		*p++ = base64_digits[bits >> 12 & 63];
		*p++ = left > 1 ? base64_digits[bits >> 6 & 63] : '=';
		*p++ = left > 2 ? base64_digits[bits & 63] : '=';
	}
	*p = '\0';
	return out;
}

static int base64_sextet(char c)
{
	const char *at = c ? strchr(base64_digits, c) : NULL;

	return at ? (int)(at - base64_digits) : -1;
}

bool base64_decode(struct arena *a, struct str s, struct str *out)
{
	char *p = arena_text(a, s.n);
	size_t n = 0;
	uint32_t bits = 0;

	if (s.n % 4 == 0) {
		s.n -= str_ends(s, STR("="));
		s.n -= s.n % 4 == 3 && str_ends(s, STR("="));
	}
	if (s.n % 4 == 1)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int six = base64_sextet(s.p[i]);

		if (six < 0)
			return false;
		bits = (bits << 6) | (uint32_t)six;
		if (i % 4)
			p[n++] = (char)(bits >> (6 - 2 * (i % 4)));
	}
	p[n] = '\0';
	*out = (struct str){ p, n };
	return true;
}
