/* SPDX-License-Identifier: Apache-2.0 */
/* -----BEGIN X-----, base64, -----END X-----. */

#include "common/pem.h"

#include <string.h>

#include "common/text.h"

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool is_space(char c)
{
	return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

/* Decodes all of s; blanks are skipped. The length, or -1. */
static long base64_decode(const char *s, size_t n, uint8_t *out, size_t cap)
{
	unsigned bits = 0, have = 0, pad = 0;
	size_t len = 0, digits = 0;

	for (size_t i = 0; i < n; i++) {
		int v = base64_value(s[i]);

		if (is_space(s[i]))
			continue;
		digits++;
		if (s[i] == '=' && ++pad <= 2)
			continue;
		if (v < 0 || pad > 0)
			return -1;
		bits = (bits << 6 | (unsigned)v) & 0xffffff;
		have += 6;
		if (have < 8)
			continue;
		if (len == cap)
			return -1;
		have -= 8;
		out[len++] = (uint8_t)(bits >> have);
	}
	return digits % 4 == 0 ? (long)len : -1;
}

/* Behind the headers of an old-style encrypted key there is an empty line. */
static void skip_headers(const char **s, size_t *n, struct pem_block *b)
{
	const char *end;

	b->encrypted = strcmp(b->label, "ENCRYPTED PRIVATE KEY") == 0;
	if (memchr(*s, ':', *n) == NULL)
		return;
	b->encrypted |= memmem(*s, *n, "ENCRYPTED", 9) != NULL;
	end = memmem(*s, *n, "\n\n", 2);
	if (end == NULL)
		end = memmem(*s, *n, "\n\r\n", 3);
	if (end != NULL) {
		*n -= (size_t)(end - *s);
		*s = end;
	}
}

bool pem_next(const char **s, size_t *n, struct pem_block *b, uint8_t *out, size_t cap)
{
	static const char begin[] = "-----BEGIN ", dashes[] = "-----";
	const char *end_of_all = *s + *n, *p = *s;

	for (;;) {
		char marker[64];
		struct text t = TEXT_OF(marker);
		const char *label, *body, *end;
		size_t body_len;
		long len;

		p = memmem(p, (size_t)(end_of_all - p), begin, sizeof begin - 1);
		if (p == NULL)
			return false;
		p = label = p + sizeof begin - 1;
		body = memmem(p, (size_t)(end_of_all - p), dashes, sizeof dashes - 1);
		if (body == NULL)
			return false;
		if (!text_copy(b->label, sizeof b->label, label, (size_t)(body - label)))
			continue;
		body += sizeof dashes - 1;
		text_addf(&t, "-----END %s-----", b->label);
		end = memmem(body, (size_t)(end_of_all - body), marker, t.len);
		if (end == NULL)
			continue;
		body_len = (size_t)(end - body);
		skip_headers(&body, &body_len, b);
		len = base64_decode(body, body_len, out, cap);
		p = end;
		if (len < 0)
			continue;
		b->len = (size_t)len;
		*s = end;
		*n = (size_t)(end_of_all - end);
		return true;
	}
}
