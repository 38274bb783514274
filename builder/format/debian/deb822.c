/* SPDX-License-Identifier: Apache-2.0 */
/* Control data, read in place. Knows the syntax of stanzas and fields; what a field means is left
 * to the caller. A line costs one memchr and one pass over its bytes. */

#include "format/debian/deb822.h"

#include <stdio.h>
#include <strings.h>

void deb822_init(struct deb822 *r, struct str text, const char *file)
{
	r->file = file;
	r->rest = text;
	r->line = 1;
	r->comments = false;
	r->n = 0;
}

static bool fail_line(const struct deb822 *r, size_t at, struct error *e, const char *what)
{
	err_set(e, ERR_INPUT, "%s", what);
	return err_at(e, r->file, r->line, (unsigned)at + 1);
}

#define EACH_BYTE(b) (UINT64_MAX / 255 * (b))

/* Whether one of eight bytes is below a space or DEL: a borrow from its highest bit tells. */
static bool has_control(uint64_t v)
{
	uint64_t del = v ^ EACH_BYTE(0x7f);

	return (((v - EACH_BYTE(0x20)) & ~v) | ((del - EACH_BYTE(1)) & ~del)) & EACH_BYTE(0x80);
}

/* Printable bytes, tabs, and everything above ASCII: true if the line holds nothing else. */
static bool is_text(struct str line)
{
	unsigned bad = 0;
	uint64_t v;

	for (; line.n >= sizeof(v); line = str_from(line, sizeof(v))) {
		memcpy(&v, line.p, sizeof(v));
		if (has_control(v))
			break;
	}
	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];

		bad |= (unsigned)((c < 0x20) & (c != '\t')) | (unsigned)(c == 0x7f);
	}
	return bad == 0;
}

static bool check_text(const struct deb822 *r, struct str line, struct error *e)
{
	if (is_text(line))
		return true;
	for (size_t i = 0; i < line.n; i++) {
		if (!is_text((struct str){ line.p + i, 1 }))
			return fail_line(r, i, e, "a control byte in control data");
	}
	return true;
}

/* The line at the front of `rest`, without its newline; `rest` stays where it is. */
static struct str peek_line(const struct deb822 *r)
{
	const char *end = memchr(r->rest.p, '\n', r->rest.n);

	return (struct str){ r->rest.p, end ? (size_t)(end - r->rest.p) : r->rest.n };
}

static void deb822_skip_line(struct deb822 *r, struct str line)
{
	r->rest = str_from(r->rest, line.n + 1);
	r->line++;
}

static bool is_blank_line(struct str line)
{
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] != ' ' && line.p[i] != '\t')
			return false;
	}
	return true;
}

static bool is_same_field(struct str a, struct str b)
{
	/* letters of either case differ in one bit */
	return a.n == b.n && (a.n == 0 || ((a.p[0] ^ b.p[0]) & ~0x20) == 0) &&
	       strncasecmp(a.p, b.p, a.n) == 0;
}

static bool check_field_name(const struct deb822 *r, struct str name, struct error *e)
{
	if (name.n == 0 || name.p[0] == '#' || name.p[0] == '-')
		return fail_line(r, 0, e, "expected the name of a field");
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] <= ' ' || name.p[i] >= 0x7f)
			return fail_line(r, i, e,
					 "a byte that may not stand in the name of a field");
	}
	for (size_t i = 0; i < r->n; i++) {
		if (is_same_field(r->fields[i].name, name)) {
			err_set(e, ERR_INPUT, "field " STR_FMT " occurs twice (first in line %u)",
				STR_ARG(name), r->fields[i].line);
			return err_at(e, r->file, r->line, 1);
		}
	}
	return true;
}

/* "Name: value", the first line of a field. */
static bool begin_field(struct deb822 *r, struct str line, struct error *e)
{
	struct str name, value;

	if (!str_cut(line, ':', &name, &value))
		return fail_line(r, 0, e, "expected \"Name: value\"");
	if (!check_field_name(r, name, e))
		return false;
	if (r->n == DEB822_FIELDS)
		return fail_line(r, 0, e, "too many fields in one stanza");
	r->fields[r->n++] = (struct deb822_field){ name, value, r->line };
	return true;
}

/* A continuation line: the value of the last field now reaches to its end. */
static bool extend_field(struct deb822 *r, struct str line, struct error *e)
{
	struct deb822_field *last = r->n ? &r->fields[r->n - 1] : NULL;

	if (!last)
		return fail_line(r, 0, e, "a continuation line without a field before it");
	last->value.n = (size_t)(line.p + line.n - last->value.p);
	return true;
}

static bool deb822_take_line(struct deb822 *r, struct str line, struct error *e)
{
	bool ok;

	if (!check_text(r, line, e))
		return false;
	if (line.p[0] == ' ' || line.p[0] == '\t')
		ok = extend_field(r, line, e);
	else
		ok = begin_field(r, line, e);
	if (ok)
		deb822_skip_line(r, line);
	return ok;
}

int deb822_next(struct deb822 *r, struct error *e)
{
	r->n = 0;
	while (r->rest.n) {
		struct str line = peek_line(r);

		if (r->comments && line.n && line.p[0] == '#') {
			deb822_skip_line(r, line);
		} else if (is_blank_line(line)) {
			deb822_skip_line(r, line);
			if (r->n)
				break;
		} else if (!deb822_take_line(r, line, e)) {
			return -1;
		}
	}
	for (size_t i = 0; i < r->n; i++)
		r->fields[i].value = str_trim(r->fields[i].value);
	return r->n > 0;
}

static const struct deb822_field *find_field(const struct deb822 *r, const char *name)
{
	struct str wanted = str_of(name);

	for (size_t i = 0; i < r->n; i++) {
		if (is_same_field(r->fields[i].name, wanted))
			return &r->fields[i];
	}
	return NULL;
}

struct str deb822_get(const struct deb822 *r, const char *name)
{
	const struct deb822_field *f = find_field(r, name);

	return f ? f->value : (struct str){ NULL, 0 };
}

bool deb822_need(const struct deb822 *r, const char *name, struct str *out, struct error *e)
{
	*out = deb822_get(r, name);
	return out->n || deb822_fail(r, name, e, "field %s is missing or empty", name);
}

bool deb822_fail(const struct deb822 *r, const char *name, struct error *e, const char *fmt, ...)
{
	const struct deb822_field *f = find_field(r, name);
	unsigned line = f ? f->line : r->n ? r->fields[0].line : r->line;
	char message[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	err_set(e, ERR_INPUT, "%s", message);
	return err_at(e, r->file, line, 1);
}

bool deb822_word(struct str *rest, struct str *word)
{
	size_t n = 0;

	*rest = str_trim(*rest);
	while (n < rest->n && !memchr(" \t\r\n", rest->p[n], 4))
		n++;
	*word = (struct str){ rest->p, n };
	*rest = str_from(*rest, n);
	return n > 0;
}

bool deb822_line(struct str *rest, struct str *line)
{
	while (str_next(rest, '\n', line)) {
		*line = str_trim(*line);
		if (line->n)
			return true;
	}
	return false;
}
