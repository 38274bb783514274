/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over the text. What stands in braces is the same as what stands below a header. */

#include "format/text/toml.h"

#include "base/buf.h"
#include "base/merge_marks.h"

#define TOML_DEPTH_MAX 16

struct toml_reading {
	struct arena *a;
	struct str rest;
	unsigned line;
	struct strings table; /* keys of the header */
	struct strings array; /* of the last "[[...]]" */
	size_t element, elements;
	bool mute; /* in an array */
	struct toml *out;
	struct toml_values *to; /* where values go: out->v, or an item of an array */
	struct error *e;
};

static bool toml_read_value(struct toml_reading *r, struct toml_value *v, unsigned depth);

static char toml_peek(const struct toml_reading *r)
{
	return r->rest.n ? r->rest.p[0] : '\0';
}

static bool toml_starts(const struct toml_reading *r, const char *text)
{
	return str_starts(r->rest, str_of(text));
}

static void toml_skip(struct toml_reading *r, size_t n)
{
	for (size_t i = 0; i < n && i < r->rest.n; i++)
		r->line += r->rest.p[i] == '\n';
	r->rest = str_from(r->rest, n);
}

static bool toml_fail(const struct toml_reading *r, const char *what)
{
	return err_set(r->e, ERR_INPUT, "%s", what);
}

/* Blanks, and a comment up to the end of its line. */
static void toml_skip_blanks(struct toml_reading *r)
{
	const char *end;

	while (toml_peek(r) == ' ' || toml_peek(r) == '\t')
		toml_skip(r, 1);
	if (toml_peek(r) != '#')
		return;
	end = memchr(r->rest.p, '\n', r->rest.n);
	toml_skip(r, end ? (size_t)(end - r->rest.p) : r->rest.n);
}

static void toml_skip_lines(struct toml_reading *r)
{
	for (toml_skip_blanks(r); toml_peek(r) == '\n' || toml_peek(r) == '\r'; toml_skip_blanks(r))
		toml_skip(r, 1);
}

static bool toml_end_line(struct toml_reading *r)
{
	toml_skip_blanks(r);
	if (toml_starts(r, "\r\n"))
		toml_skip(r, 1);
	if (r->rest.n && toml_peek(r) != '\n')
		return toml_fail(r, "expected the end of the line");
	toml_skip(r, 1);
	return true;
}

static bool toml_put_code(struct toml_reading *r, struct buf *out, size_t digits)
{
	uint32_t c = 0;

	for (size_t i = 0; i < digits; i++) {
		char d = i < r->rest.n ? r->rest.p[i] : '\0';
		int v = d >= '0' && d <= '9'		     ? d - '0'
			: (d | 32) >= 'a' && (d | 32) <= 'f' ? (d | 32) - 'a' + 10
							     : -1;

		if (v < 0)
			return toml_fail(r, "a string has a malformed escape");
		c = c << 4 | (uint32_t)v;
	}
	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return toml_fail(r, "a string has an escape that stands for no character");
	toml_skip(r, digits);
	buf_put_utf8(out, c);
	return true;
}

/* Behind the backslash. */
static bool toml_read_escape(struct toml_reading *r, struct buf *out, bool several)
{
	static const char names[] = "btnfr\"\\", values[] = "\b\t\n\f\r\"\\";
	char c = toml_peek(r);
	const char *at = c ? strchr(names, c) : NULL;

	if (several && (c == '\n' || c == '\r' || c == ' ' || c == '\t')) {
		while (r->rest.n && strchr(" \t\r\n", toml_peek(r)))
			toml_skip(r, 1);
		return true;
	}
	if (!at && c != 'u' && c != 'U')
		return toml_fail(r, "a string has an escape that is not known");
	toml_skip(r, 1);
	if (!at)
		return toml_put_code(r, out, c == 'u' ? 4 : 8);
	buf_putc(out, values[at - names]);
	return true;
}

static bool toml_read_string(struct toml_reading *r, const char **text)
{
	char quote = toml_peek(r);
	const char mark[] = { quote, quote, quote, '\0' };
	bool several = toml_starts(r, mark);
	const char *end = several ? mark : mark + 2;
	struct buf out = { .a = r->a };

	toml_skip(r, strlen(end));
	if (several && toml_starts(r, "\r\n"))
		toml_skip(r, 1);
	if (several && toml_peek(r) == '\n')
		toml_skip(r, 1);
	while (!toml_starts(r, end)) {
		char c = toml_peek(r);

		if (r->rest.n == 0 || (!several && c == '\n'))
			return toml_fail(r, "a string does not end");
		if ((unsigned char)c < ' ' && c != '\t' && !(several && strchr("\r\n", c)))
			return toml_fail(r, "a control character stands in a string");
		toml_skip(r, 1);
		if (c != '\\' || quote == '\'')
			buf_putc(&out, c);
		else if (!toml_read_escape(r, &out, several))
			return false;
	}
	for (size_t i = 0; several && i < 2 && r->rest.n > 3 && r->rest.p[3] == quote; i++) {
		toml_skip(r, 1);
		buf_putc(&out, quote);
	}
	toml_skip(r, strlen(end));
	*text = buf_cstr(&out);
	return true;
}

static bool toml_is_bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

/* "a.b.\"c d\"", added to `keys`. */
static bool toml_read_keys(struct toml_reading *r, struct strings *keys)
{
	size_t n = 0;

	do {
		const char **key = list_push(r->a, keys);

		if (n)
			toml_skip(r, 1);
		toml_skip_blanks(r);
		if (toml_peek(r) == '"' || toml_peek(r) == '\'') {
			if (!toml_read_string(r, key))
				return false;
		} else {
			for (n = 0; n < r->rest.n && toml_is_bare(r->rest.p[n]); n++)
				;
			if (n == 0)
				return toml_fail(r, "expected a key");
			*key = arena_strndup(r->a, r->rest.p, n);
			toml_skip(r, n);
		}
		n = 1;
		toml_skip_blanks(r);
	} while (toml_peek(r) == '.' && keys->n <= TOML_DEPTH_MAX);
	return keys->n <= TOML_DEPTH_MAX || toml_fail(r, "the keys are too many");
}

/* "KEYS = VALUE" */
static bool toml_read_pair(struct toml_reading *r, const struct strings *above, unsigned depth)
{
	struct toml_value v = { .element = r->element, .line = r->line, .text = "" };

	list_append(r->a, &v.keys, above);
	if (!toml_read_keys(r, &v.keys))
		return false;
	if (toml_peek(r) != '=')
		return toml_fail(r, "expected \"=\" after the key");
	toml_skip(r, 1);
	toml_skip_blanks(r);
	return toml_read_value(r, &v, depth);
}

static bool toml_read_inline(struct toml_reading *r, const struct strings *above, unsigned depth)
{
	for (toml_skip(r, 1), toml_skip_lines(r); toml_peek(r) != '}'; toml_skip_lines(r)) {
		if (!toml_read_pair(r, above, depth + 1))
			return false;
		toml_skip_lines(r);
		if (toml_peek(r) == ',')
			toml_skip(r, 1);
		else if (toml_peek(r) != '}')
			return toml_fail(r, "expected \",\" or \"}\" in a table");
	}
	toml_skip(r, 1);
	return true;
}

static bool toml_read_item(struct toml_reading *r, struct toml_value *v, unsigned depth)
{
	static const struct strings root = { NULL, 0, 0 };
	struct toml_item item = { .line = r->line };
	struct toml_values *to = r->to;
	size_t element = r->element;
	bool mute = r->mute, ok;

	if (depth > TOML_DEPTH_MAX)
		return toml_fail(r, "values stand too deep in one another");
	/* cppcheck-suppress autoVariables ; until the item is read */
	r->to = &item.v;
	r->mute = false;
	r->element = 0;
	ok = toml_read_inline(r, &root, depth);
	r->to = to;
	r->mute = mute;
	r->element = element;
	if (ok)
		*list_push(r->a, &v->items) = item;
	return ok;
}

static bool toml_read_array(struct toml_reading *r, struct toml_value *v, unsigned depth)
{
	bool mute = r->mute;

	v->kind = TOML_ARRAY;
	r->mute = true;
	for (toml_skip(r, 1), toml_skip_lines(r); toml_peek(r) != ']'; toml_skip_lines(r)) {
		struct toml_value one = { .text = "", .line = r->line };
		bool table = toml_peek(r) == '{';

		if (!(table ? toml_read_item(r, v, depth + 1)
			    : toml_read_value(r, &one, depth + 1)))
			return false;
		if (!table && one.kind == TOML_STRING) {
			*list_push(r->a, &v->list) = one.text;
			*list_push(r->a, &v->lines) = one.line;
		}
		toml_skip_lines(r);
		if (toml_peek(r) == ',')
			toml_skip(r, 1);
		else if (toml_peek(r) != ']')
			return toml_fail(r, "expected \",\" or \"]\" in an array");
	}
	toml_skip(r, 1);
	r->mute = mute;
	return true;
}

/* A number, a date, true or false. */
static bool toml_read_other(struct toml_reading *r, struct toml_value *v)
{
	static const size_t date = 10; /* "1979-05-27", which a blank may follow, and a time */
	size_t n = 0;

	while (n < r->rest.n &&
	       (!strchr(" \t\r,]}#\n", r->rest.p[n]) ||
		(n == date && r->rest.p[4] == '-' && n + 3 < r->rest.n && r->rest.p[n + 3] == ':')))
		n++;
	v->kind = TOML_OTHER;
	v->text = str_dup(r->a, str_trim((struct str){ r->rest.p, n }));
	toml_skip(r, n);
	return v->text[0] || toml_fail(r, "expected a value");
}

static bool toml_read_value(struct toml_reading *r, struct toml_value *v, unsigned depth)
{
	char c = toml_peek(r);
	bool ok;

	if (depth > TOML_DEPTH_MAX)
		return toml_fail(r, "values stand too deep in one another");
	if (c == '{')
		return toml_read_inline(r, &v->keys, depth);
	if (c == '"' || c == '\'')
		ok = toml_read_string(r, &v->text);
	else
		ok = c == '[' ? toml_read_array(r, v, depth) : toml_read_other(r, v);
	if (ok && !r->mute)
		*list_push(r->a, r->to) = *v;
	return ok;
}

static bool toml_begins(const struct strings *keys, const struct strings *with)
{
	for (size_t i = 0; i < with->n; i++) {
		if (i == keys->n || strcmp(keys->v[i], with->v[i]) != 0)
			return false;
	}
	return with->n > 0;
}

/* "[KEYS]", "[[KEYS]]" */
static bool toml_read_header(struct toml_reading *r)
{
	bool array = toml_starts(r, "[[");
	const char *end = array ? "]]" : "]";

	toml_skip(r, strlen(end));
	r->table = (struct strings){ NULL, 0, 0 };
	if (!toml_read_keys(r, &r->table))
		return false;
	if (!toml_starts(r, end))
		return toml_fail(r, "the header of a table does not end");
	toml_skip(r, strlen(end));
	if (array)
		r->array = r->table;
	r->elements += array;
	r->element = array || toml_begins(&r->table, &r->array) ? r->elements : 0;
	*list_push(r->a, &r->out->headers) = (struct toml_header){ r->table, array, r->out->v.n,
								   r->line };
	return true;
}

bool toml_read(struct arena *a, struct str text, const char *file, struct toml *out,
	       struct error *e)
{
	struct toml_reading r = {
		.a = a, .rest = text, .line = 1, .out = out, .to = &out->v, .e = e
	};

	if (str_starts(text, STR("\xef\xbb\xbf"))) /* cargo passes it by, too */
		r.rest = str_from(text, 3);
	for (toml_skip_lines(&r); r.rest.n; toml_skip_lines(&r)) {
		bool ok = toml_peek(&r) == '[' ? toml_read_header(&r)
					       : toml_read_pair(&r, &r.table, 0);

		if (!ok || !toml_end_line(&r)) {
			err_at(e, file, r.line, 1);
			return merge_marks_explain(text, file, e);
		}
	}
	return true;
}

static bool toml_has_keys(const struct toml_value *v, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n && i < v->keys.n; i++) {
		if (strcmp(v->keys.v[i], keys[i]) != 0)
			return false;
	}
	return v->keys.n == n;
}

const struct toml_value *toml_string(const struct toml *t, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < t->v.n; i++) {
		const struct toml_value *v = &t->v.v[i];

		if (v->kind == TOML_STRING && v->element == 0 && toml_has_keys(v, keys, n))
			return v;
	}
	return NULL;
}
