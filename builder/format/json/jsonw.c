/* SPDX-License-Identifier: Apache-2.0 */
/* A JSON writer whose bytes depend on its calls alone. */

#include "format/json/jsonw.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

void jsonw_init(struct jsonw *w, struct buf *out, bool pretty)
{
	*w = (struct jsonw){ .out = out, .pretty = pretty };
}

size_t jsonw_utf8_sequence(struct str s)
{
	unsigned char c = (unsigned char)s.p[0];
	unsigned char second = s.n > 1 ? (unsigned char)s.p[1] : 0;
	size_t n = c >= 0xc2 && c < 0xe0   ? 2
		   : c >= 0xe0 && c < 0xf0 ? 3
		   : c >= 0xf0 && c < 0xf5 ? 4
					   : 0;

	if (n == 0 || n > s.n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)s.p[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((c == 0xe0 && second < 0xa0) || (c == 0xed && second >= 0xa0) ||
	    (c == 0xf0 && second < 0x90) || (c == 0xf4 && second >= 0x90))
		return 0;
	return n;
}

static size_t put_escape(struct buf *out, struct str s)
{
	unsigned char c = (unsigned char)s.p[0];
	size_t n;

	if (c == '"' || c == '\\') {
		buf_putc(out, '\\');
		buf_putc(out, (char)c);
	} else if (c == '\n') {
		buf_puts(out, "\\n");
	} else if (c == '\t') {
		buf_puts(out, "\\t");
	} else if (c == '\r') {
		buf_puts(out, "\\r");
	} else if (c < 0x80) {
		buf_printf(out, "\\u%04x", c);
	} else {
		n = jsonw_utf8_sequence(s);
		if (n)
			buf_add(out, (struct str){ s.p, n });
		else
			buf_puts(out, "\xef\xbf\xbd");
		return n ? n : 1;
	}
	return 1;
}

/* What JSON lets stand as it is; but a text in a log must not become a command ("##[error]"). */
static bool stands_plain(struct str all, size_t at)
{
	unsigned char c = (unsigned char)all.p[at];

	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\' &&
	       (c != '[' || !str_ends_command_mark(all, at));
}

static void jsonw_put_string(struct buf *out, struct str s)
{
	struct str all = s;

	buf_putc(out, '"');
	while (s.n) {
		size_t plain = 0;

		while (plain < s.n && stands_plain(all, all.n - s.n + plain))
			plain++;
		buf_add(out, (struct str){ s.p, plain });
		s = str_from(s, plain);
		if (s.n)
			s = str_from(s, put_escape(out, s));
	}
	buf_putc(out, '"');
}

static void put_indent(struct jsonw *w)
{
	buf_putc(w->out, '\n');
	for (unsigned i = 0; i < w->depth; i++)
		buf_puts(w->out, "  ");
}

static void put_key(struct jsonw *w, const char *key)
{
	bool inlined = w->inlined[w->depth];

	if (w->any[w->depth])
		buf_putc(w->out, ',');
	if (w->pretty && w->depth && !inlined)
		put_indent(w);
	else if (w->pretty && inlined && w->any[w->depth])
		buf_putc(w->out, ' ');
	w->any[w->depth] = true;
	if (key) {
		jsonw_put_string(w->out, str_of(key));
		buf_puts(w->out, w->pretty ? ": " : ":");
	}
}

static void open_level(struct jsonw *w, const char *key, char bracket, bool inlined)
{
	bool outer = w->inlined[w->depth];

	put_key(w, key);
	assert(w->depth + 1 < JSONW_DEPTH);
	buf_putc(w->out, bracket);
	w->depth++;
	w->any[w->depth] = false;
	w->inlined[w->depth] = inlined || outer;
	if (w->pretty && inlined && !outer && bracket == '{')
		buf_putc(w->out, ' ');
}

static void close_level(struct jsonw *w, char bracket)
{
	bool any = w->any[w->depth], inlined = w->inlined[w->depth];

	assert(w->depth > 0);
	w->depth--;
	if (w->pretty && any && !inlined)
		put_indent(w);
	else if (w->pretty && inlined && !w->inlined[w->depth] && bracket == '}')
		buf_putc(w->out, ' ');
	buf_putc(w->out, bracket);
}

void jsonw_object(struct jsonw *w, const char *key)
{
	open_level(w, key, '{', false);
}

void jsonw_object_inline(struct jsonw *w, const char *key)
{
	open_level(w, key, '{', true);
}

void jsonw_object_end(struct jsonw *w)
{
	close_level(w, '}');
}

void jsonw_array(struct jsonw *w, const char *key)
{
	open_level(w, key, '[', false);
}

void jsonw_array_inline(struct jsonw *w, const char *key)
{
	open_level(w, key, '[', true);
}

void jsonw_array_end(struct jsonw *w)
{
	close_level(w, ']');
}

void jsonw_str(struct jsonw *w, const char *key, struct str value)
{
	put_key(w, key);
	jsonw_put_string(w->out, value);
}

void jsonw_cstr(struct jsonw *w, const char *key, const char *value)
{
	jsonw_str(w, key, str_of(value));
}

void jsonw_printf(struct jsonw *w, const char *key, const char *fmt, ...)
{
	AUTO_ARENA a = { 0 };
	va_list ap, again;
	char *text;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	text = arena_text(&a, (size_t)n);
	vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	jsonw_cstr(w, key, text);
}

void jsonw_u64(struct jsonw *w, const char *key, uint64_t value)
{
	put_key(w, key);
	buf_printf(w->out, "%" PRIu64, value);
}

void jsonw_i64(struct jsonw *w, const char *key, int64_t value)
{
	put_key(w, key);
	buf_printf(w->out, "%" PRId64, value);
}

void jsonw_bool(struct jsonw *w, const char *key, bool value)
{
	put_key(w, key);
	buf_puts(w->out, value ? "true" : "false");
}

void jsonw_null(struct jsonw *w, const char *key)
{
	put_key(w, key);
	buf_puts(w->out, "null");
}

void jsonw_literal(struct jsonw *w, const char *key, const char *json)
{
	put_key(w, key);
	buf_puts(w->out, json);
}

void jsonw_strings(struct jsonw *w, const char *key, const struct strings *list)
{
	jsonw_array_inline(w, key);
	for (size_t i = 0; i < list->n; i++)
		jsonw_cstr(w, NULL, list->v[i]);
	jsonw_array_end(w);
}

void jsonw_finish(struct jsonw *w)
{
	assert(w->depth == 0);
	if (w->pretty)
		buf_putc(w->out, '\n');
}
