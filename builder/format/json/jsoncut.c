/* SPDX-License-Identifier: Apache-2.0 */
/* A machine of few states over the bytes between the objects; within an object only brackets,
 * quotes and line ends are looked at. */

#include "format/json/jsoncut.h"

#include "format/json/json.h"

enum jsoncut_place { BEGIN, WANT_KEY, IN_KEY, WANT_COLON, WANT_OBJECT, INSIDE, WANT_COMMA, DONE };

void jsoncut_drop(struct jsoncut *c)
{
	arena_free(&c->scratch);
}

static bool jsoncut_fail_byte(struct jsoncut *c, char b, struct error *e)
{
	static const char *const wanted[] = {
		[BEGIN] = "'{' or '['",		 [WANT_KEY] = "a name",
		[IN_KEY] = "a plain name",	 [WANT_COLON] = "':'",
		[WANT_OBJECT] = "'{'",		 [INSIDE] = "'}'",
		[WANT_COMMA] = "',' or the end", [DONE] = "the end",
	};
	char shown[8];

	if (c->line == 1 && c->col == 1 && b == '\xef' &&
	    !json_check_mark(c->file, STR("\xef\xbb\xbf"), e))
		return false;
	str_escape((struct str){ &b, 1 }, shown, sizeof(shown));
	err_set(e, ERR_INPUT, "expected %s, found \"%s\"", wanted[c->place], shown);
	return err_at(e, c->file, c->line, c->col);
}

static void begin_object(struct jsoncut *c)
{
	c->place = INSIDE;
	c->depth = 0;
	c->quoted = c->escaped = false;
	arena_free(&c->scratch);
	c->text = (struct buf){ .a = &c->scratch, .max = c->max };
	c->piece = (struct jsoncut_piece){ c->form == JSONCUT_NESTED ? c->key : NULL,
					   c->form == JSONCUT_NESTED ? c->outer : NULL,
					   { NULL, 0 },
					   c->line,
					   c->col };
}

/* Goes into a member, or out of it. */
static void cut_into(struct jsoncut *c, bool within)
{
	c->within = within;
	c->comma = false;
	c->place = within ? WANT_KEY : WANT_COMMA;
	if (within)
		memcpy(c->outer, c->key, c->key_n + 1);
}

/* Is an object of the outer text at its end here? A comma promises more. */
static bool may_close(const struct jsoncut *c, enum jsoncut_place first)
{
	return c->place == WANT_COMMA || (c->place == first && !c->comma);
}

static bool key_byte(struct jsoncut *c, char b, struct error *e)
{
	if (b == '"') {
		c->key[c->key_n] = '\0';
		c->place = WANT_COLON;
		return true;
	}
	if (b == '\\' || (unsigned char)b < 0x20 || c->key_n + 1 == sizeof(c->key))
		return jsoncut_fail_byte(c, b, e);
	c->key[c->key_n++] = b;
	return true;
}

/* A byte between objects. */
static bool outer_byte(struct jsoncut *c, char b, struct error *e)
{
	char open = c->form == JSONCUT_ITEMS ? '[' : '{',
	     close = c->form == JSONCUT_ITEMS ? ']' : '}';
	enum jsoncut_place first = c->form == JSONCUT_ITEMS ? WANT_OBJECT : WANT_KEY;

	if (c->place == IN_KEY)
		return key_byte(c, b, e);
	if (b == ' ' || b == '\t' || b == '\r' || b == '\n')
		return true;
	if (c->place == BEGIN && b == open)
		c->place = first;
	else if (c->place == WANT_KEY && b == '"')
		c->place = IN_KEY, c->key_n = 0;
	else if (c->place == WANT_COLON && b == ':')
		c->place = WANT_OBJECT;
	else if (c->place == WANT_COMMA && b == ',')
		c->place = first;
	else if (may_close(c, first) && b == close && c->within)
		cut_into(c, false);
	else if (may_close(c, first) && b == close)
		c->place = DONE;
	else
		return jsoncut_fail_byte(c, b, e);
	c->comma = b == ',';
	return true;
}

static void jsoncut_step(struct jsoncut *c, char b)
{
	c->col++;
	if (b == '\n') {
		c->line++;
		c->col = 1;
	}
}

/* Bytes of an object up to its end: how many. depth is 0 when the end was reached. */
static size_t jsoncut_skip_inside(struct jsoncut *c, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char b = s.p[i];

		jsoncut_step(c, b);
		if (c->escaped)
			c->escaped = false;
		else if (c->quoted && b == '\\')
			c->escaped = true;
		else if (b == '"')
			c->quoted = !c->quoted;
		else if (c->quoted)
			continue;
		else if (b == '{' || b == '[')
			c->depth++;
		else if ((b == '}' || b == ']') && --c->depth == 0)
			return i + 1;
	}
	return s.n;
}

/* Moves through the current chunk: 1 when an object is complete, 0 when it is used up. */
static int jsoncut_move(struct jsoncut *c, struct error *e)
{
	while (c->chunk.n) {
		char b = c->chunk.p[0];
		size_t n = 1;

		if (c->form == JSONCUT_NESTED && !c->within && c->place == WANT_OBJECT &&
		    b == '{') {
			cut_into(c, true);
			jsoncut_step(c, b);
			c->chunk = str_from(c->chunk, 1);
			continue;
		}
		if (c->place != INSIDE && b == '{' &&
		    (c->place == WANT_OBJECT || (c->form == JSONCUT_VALUES && c->place == BEGIN)))
			begin_object(c);
		if (c->place != INSIDE) {
			if (!outer_byte(c, b, e))
				return -1;
			jsoncut_step(c, b);
			c->chunk = str_from(c->chunk, 1);
			continue;
		}
		n = jsoncut_skip_inside(c, c->chunk);
		buf_add(&c->text, (struct str){ c->chunk.p, n });
		c->chunk = str_from(c->chunk, n);
		if (c->depth)
			continue;
		c->place = c->form == JSONCUT_VALUES ? BEGIN : WANT_COMMA;
		return 1;
	}
	return 0;
}

static int jsoncut_end(struct jsoncut *c, struct error *e)
{
	if (c->place == DONE || (c->form == JSONCUT_VALUES && c->place == BEGIN && c->piece.line))
		return 0;
	err_set(e, ERR_INPUT, "the text ends too early");
	err_at(e, c->file, c->line, c->col);
	return -1;
}

int jsoncut_next(struct jsoncut *c, struct jsoncut_piece *out, struct error *e)
{
	if (!c->line)
		c->line = c->col = 1;
	for (;;) {
		int got = jsoncut_move(c, e);

		if (got == 1 && c->text.overflow) {
			err_set(e, ERR_INPUT, "an entry%s%s has more than %zu bytes",
				c->piece.key ? " of " : "", c->piece.key ? c->piece.key : "",
				c->max);
			err_at(e, c->file, c->piece.line, c->piece.col);
			return -1;
		}
		if (got == 1) {
			c->piece.text = buf_str(&c->text);
			*out = c->piece;
		}
		if (got != 0)
			return got;
		got = c->from->next(c->from, &c->chunk, e);
		if (got == 0)
			return jsoncut_end(c, e);
		if (got < 0)
			return -1;
	}
}

bool jsoncut_parse(const struct jsoncut *c, const struct jsoncut_piece *piece, struct json_doc *doc,
		   struct error *e)
{
	return json_parse(c->file, piece->text, doc, e) || jsoncut_fail(piece, e);
}

bool jsoncut_fail(const struct jsoncut_piece *piece, struct error *e)
{
	if (e->at.line == 1)
		e->at.col += piece->col - 1;
	if (e->at.line)
		e->at.line += piece->line - 1;
	return false;
}

unsigned jsoncut_line(const struct jsoncut_piece *piece, const struct json_node *n)
{
	unsigned line, col;

	json_place(n, &line, &col);
	return piece->line + line - 1;
}
