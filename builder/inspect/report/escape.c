/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/report/escape.h"

void escape_xml(struct buf *out, const char *text)
{
	size_t room = strlen(text) * 4 + 1;
	char *shown = arena_alloc(out->a, room);

	str_escape(str_of(text), shown, room); /* controls and broken UTF-8 become \xNN */
	for (const char *p = shown; *p; p++) {
		switch (*p) {
		case '&':
			buf_puts(out, "&amp;");
			break;
		case '<':
			buf_puts(out, "&lt;");
			break;
		case '>':
			buf_puts(out, "&gt;");
			break;
		case '"':
			buf_puts(out, "&quot;");
			break;
		case '\n':
			buf_puts(out, "&#10;");
			break;
		case '\t':
			buf_puts(out, "&#9;");
			break;
		default:
			buf_putc(out, *p);
		}
	}
}

const char *escape_line(struct arena *a, const char *text)
{
	size_t room = strlen(text) * 4 + 1;
	char *out = arena_alloc(a, room);

	str_escape_log(str_of(text), out, room);
	for (char *p = out; *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	return out;
}

void escape_plain(struct buf *out, const char *text)
{
	size_t room = strlen(text) * 4 + 1;
	char *shown = arena_alloc(out->a, room);

	str_escape(str_of(text), shown, room);
	for (const char *p = shown; *p; p++) {
		if (*p == '\n' || *p == '\t')
			buf_puts(out, *p == '\n' ? "\\n" : "\\t");
		else
			buf_putc(out, *p);
	}
}

void escape_markdown(struct buf *out, const char *text)
{
	size_t room = strlen(text) * 4 + 1;
	char *shown = arena_alloc(out->a, room);

	str_escape(str_of(text), shown, room);
	for (const char *p = shown; *p; p++) {
		if (strchr("\\`*_{}[]()#|<>&~!@\n\t", *p))
			buf_printf(out, "&#%d;", *p);
		else
			buf_putc(out, *p);
	}
}
