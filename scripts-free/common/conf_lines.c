/* SPDX-License-Identifier: Apache-2.0 */
/* Cutting a squid.conf into logical lines and words; fuzzed by tests/fuzz/fuzz_squid_conf.c. */

#include "common/conf_lines.h"

#include <string.h>

#include "common/text.h"

static bool conf_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r' || c == '\n';
}

static void conf_append(struct conf_lines *l, const char *s, size_t n)
{
	size_t room = sizeof l->buf - 1 - l->len;

	if (n > room) {
		n = room;
		l->cut = true;
	}
	memcpy(l->buf + l->len, s, n);
	l->len += n;
	l->buf[l->len] = '\0';
}

bool conf_lines_add(struct conf_lines *l, const char *s, size_t n)
{
	const char *end;

	if (!l->open) {
		l->len = 0;
		l->cut = false;
		l->buf[0] = '\0';
	}
	if ((end = memchr(s, '\r', n)) != NULL)
		n = (size_t)(end - s);
	n = strnlen(s, n);
	while (n > 0 && conf_is_blank(*s)) {
		s++;
		n--;
	}
	if (n == 0 || *s == '#')
		return false; /* inside a joined line, too: Squid skips it */
	conf_append(l, s, n);
	l->open = l->len > 0 && l->buf[l->len - 1] == '\\';
	if (l->open)
		l->buf[--l->len] = '\0';
	return !l->open && l->len > 0;
}

bool conf_word(const char **rest, char *word, size_t cap)
{
	const char *p = *rest, *start;
	char quote;

	while (conf_is_blank(*p))
		p++;
	if (*p == '\0' || *p == '#')
		return false;
	quote = *p == '"' || *p == '\'' ? *p : '\0';
	if (quote != '\0' && strchr(p + 1, quote) != NULL) {
		start = ++p;
		p = strchr(p, quote);
		*rest = p + 1;
	} else {
		start = p;
		while (*p != '\0' && !conf_is_blank(*p))
			p++;
		*rest = p;
	}
	return text_copy(word, cap, start, (size_t)(p - start));
}
