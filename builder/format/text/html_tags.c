/* SPDX-License-Identifier: Apache-2.0 */
/* One pass: what does not end is the end of the page, so that no byte is looked at twice. */

#include "format/text/html_tags.h"

#include <strings.h>

#define REFERENCE_MAX 10
#define UNICODE_MAX 0x10ffff

static const char html_blanks[] = " \t\r\n\f";

static bool html_is_blank(char c)
{
	return c && strchr(html_blanks, c);
}

static struct str html_pass_blanks(struct str s)
{
	while (s.n && html_is_blank(s.p[0]))
		s = str_from(s, 1);
	return s;
}

static bool html_pass_comment(struct str *page)
{
	const char *end = memmem(page->p, page->n, "-->", 3);

	*page = end ? str_from(*page, (size_t)(end - page->p) + 3) : (struct str){ "", 0 };
	return end != NULL;
}

/* Up to the ">" that ends it; false: nothing does. */
static bool html_tag_end(struct str s, size_t *end)
{
	char quote = 0;
	bool value = false; /* "=" stands before it */

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (quote) {
			quote = c == quote ? 0 : quote;
			continue;
		}
		if (c == '>') {
			*end = i;
			return true;
		}
		if (value && (c == '"' || c == '\''))
			quote = c;
		value = c == '=' || (value && html_is_blank(c));
	}
	return false;
}

bool html_next_tag(struct str *page, struct html_tag *out)
{
	struct str text;
	size_t end, n;

	while (str_cut(*page, '<', &text, page)) {
		if (str_starts(*page, STR("!--"))) {
			if (!html_pass_comment(page))
				return false;
			continue;
		}
		if (!page->n || !(page->p[0] == '/' || (unsigned)((page->p[0] | 32) - 'a') < 26))
			continue;
		if (!html_tag_end(*page, &end))
			return false;
		text = (struct str){ page->p, end };
		*page = str_from(*page, end + 1);
		for (n = 0; n < text.n && !html_is_blank(text.p[n]); n++)
			;
		out->name = (struct str){ text.p, n };
		out->rest = str_from(text, n);
		return true;
	}
	return false;
}

static bool html_same_name(struct str a, struct str b)
{
	return a.n == b.n && strncasecmp(a.p, b.p, b.n) == 0;
}

bool html_tag_is(const struct html_tag *tag, struct str name)
{
	return html_same_name(tag->name, name);
}

/* Moves behind one attribute. *value.p is NULL: it has none. */
static bool html_next_attribute(struct str *rest, struct str *name, struct str *value)
{
	size_t n;

	*value = (struct str){ NULL, 0 };
	for (*rest = html_pass_blanks(*rest); rest->n && rest->p[0] == '/';)
		*rest = html_pass_blanks(str_from(*rest, 1));
	for (n = 0; n < rest->n && (n == 0 || rest->p[n] != '=') && rest->p[n] != '/' &&
		    !html_is_blank(rest->p[n]);
	     n++)
		;
	*name = (struct str){ rest->p, n };
	*rest = html_pass_blanks(str_from(*rest, n));
	if (!rest->n || rest->p[0] != '=')
		return n > 0;
	*rest = html_pass_blanks(str_from(*rest, 1));
	if (rest->n && (rest->p[0] == '"' || rest->p[0] == '\'')) {
		str_cut(str_from(*rest, 1), rest->p[0], value, rest);
		return true;
	}
	for (n = 0; n < rest->n && !html_is_blank(rest->p[n]); n++)
		;
	*value = (struct str){ rest->p, n };
	*rest = str_from(*rest, n);
	return true;
}

/* "#43" and "#x2b" */
static bool html_number(struct str s, uint32_t *out)
{
	bool hex = s.n > 1 && (s.p[1] | 32) == 'x';
	uint64_t v = 0;

	s = str_from(s, hex ? 2 : 1);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], low = (char)(c | 32);

		if (c >= '0' && c <= '9')
			v = v * (hex ? 16 : 10) + (uint64_t)(c - '0');
		else if (hex && low >= 'a' && low <= 'f')
			v = v * 16 + (uint64_t)(low - 'a' + 10);
		else
			return false;
	}
	*out = (uint32_t)v;
	return s.n && v && v <= UNICODE_MAX && (v < 0xd800 || v > 0xdfff);
}

/* What stands between "&" and ";". */
static bool html_put_reference(struct buf *out, struct str name)
{
	static const struct {
		struct str name;
		char c;
	} known[] = {
		{ STR("amp"), '&' },	{ STR("lt"), '<' },    { STR("gt"), '>' },
		{ STR("quot"), '"' },	{ STR("apos"), '\'' }, { STR("plus"), '+' },
		{ STR("equals"), '=' },
	};
	uint32_t c;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (str_eq(name, known[i].name)) {
			buf_putc(out, known[i].c);
			return true;
		}
	}
	if (!str_starts(name, STR("#")) || !html_number(name, &c))
		return false;
	buf_put_utf8(out, c);
	return true;
}

static const char *html_decode(struct arena *a, struct str s)
{
	struct buf out = { .a = a };

	for (size_t i = 0; i < s.n; i++) {
		struct str rest = str_from(s, i + 1), name;

		rest.n = rest.n > REFERENCE_MAX ? REFERENCE_MAX : rest.n;
		if (s.p[i] == '&' && str_cut(rest, ';', &name, &rest) &&
		    html_put_reference(&out, name))
			i += name.n + 1;
		else
			buf_putc(&out, s.p[i]);
	}
	return buf_cstr(&out);
}

const char *html_attribute(struct arena *a, const struct html_tag *tag, struct str name)
{
	struct str rest = tag->rest, one, value;

	while (html_next_attribute(&rest, &one, &value)) {
		if (html_same_name(one, name))
			return value.p ? html_decode(a, value) : NULL;
	}
	return NULL;
}
