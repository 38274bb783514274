/* SPDX-License-Identifier: Apache-2.0 */
/* One word of a shell script. */

#include "make/scripts/shell_word.h"

char shell_peek(const struct shell *s, size_t ahead)
{
	return ahead < s->text.n - s->i ? s->text.p[s->i + ahead] : '\0';
}

static bool shell_at_end(const struct shell *s)
{
	return s->i >= s->text.n;
}

static void shell_take_byte(struct shell *s, struct buf *b)
{
	buf_putc(b, s->text.p[s->i++]);
}

static bool single_quotes(struct shell *s, struct buf *b)
{
	for (s->i++; !shell_at_end(s); shell_take_byte(s, b)) {
		if (shell_peek(s, 0) == '\'') {
			s->i++;
			return true;
		}
	}
	return false;
}

/* "$((...))": numbers. Both brackets are counted, what is inside is kept. */
static bool shell_arithmetic(struct shell *s, struct buf *b)
{
	unsigned open = 0;

	while (!shell_at_end(s)) {
		char c = shell_peek(s, 0);

		shell_take_byte(s, b);
		open += c == '(';
		if (c == ')' && --open == 0)
			return true;
	}
	return false;
}

static bool shell_dollar(struct shell *s, struct buf *b);
static bool shell_backquotes(struct shell *s, struct buf *b);
static bool double_quotes(struct shell *s, struct buf *b);

/* What means the same in braces and in double quotes. */
static bool quoted_piece(struct shell *s, struct buf *b)
{
	switch (shell_peek(s, 0)) {
	case '\\':
		s->i++;
		if (!shell_at_end(s))
			shell_take_byte(s, b);
		return true;
	case '`':
		return shell_backquotes(s, b);
	case '$':
		return shell_dollar(s, b);
	default:
		shell_take_byte(s, b);
		return true;
	}
}

/* "${...}" with quotes, further expansions and escapes inside. */
static bool shell_braces(struct shell *s, struct buf *b)
{
	bool ok = true;

	for (shell_take_byte(s, b); ok && !shell_at_end(s);) {
		char c = shell_peek(s, 0);

		if (c == '}') {
			shell_take_byte(s, b);
			return true;
		}
		ok = c == '\''	? single_quotes(s, b)
		     : c == '"' ? double_quotes(s, b)
				: quoted_piece(s, b);
	}
	return false;
}

/* A substitution: its text goes into the word, its commands to the script. */
static bool shell_expand_command(struct shell *s, struct buf *b, size_t opening, bool backquote)
{
	size_t from = s->i;

	s->i += opening;
	if (!shell_substitution(s, backquote))
		return false;
	buf_add(b, (struct str){ s->text.p + from, s->i - from });
	return true;
}

static bool shell_backquotes(struct shell *s, struct buf *b)
{
	return shell_expand_command(s, b, 1, true);
}

static bool shell_dollar(struct shell *s, struct buf *b)
{
	char next = shell_peek(s, 1);

	if (next == '(' && shell_peek(s, 2) == '(') {
		shell_take_byte(s, b);
		return shell_arithmetic(s, b);
	}
	if (next == '(')
		return shell_expand_command(s, b, 2, false);
	shell_take_byte(s, b);
	if (next != '{') {
		/* "$#", "$$" and the like: the sign is not a comment and no expansion of its own */
		if (next && strchr("#$!?*@-", next))
			shell_take_byte(s, b);
		return true;
	}
	if (++s->depth > SHELL_DEPTH_MAX || !shell_braces(s, b))
		return false;
	s->depth--;
	return true;
}

static bool double_quotes(struct shell *s, struct buf *b)
{
	bool ok = true;

	for (s->i++; ok && !shell_at_end(s);) {
		char c = shell_peek(s, 0);

		if (c == '"') {
			s->i++;
			return true;
		}
		ok = !(c == '`' && s->in_backquotes) && quoted_piece(s, b);
	}
	return false;
}

static bool shell_escape(struct shell *s, struct buf *b)
{
	s->i++;
	if (shell_peek(s, 0) == '\n')
		s->i++;
	else if (!shell_at_end(s))
		shell_take_byte(s, b);
	return true;
}

static bool shell_word_piece(struct shell *s, struct buf *b)
{
	switch (shell_peek(s, 0)) {
	case '\'':
		return single_quotes(s, b);
	case '"':
		return double_quotes(s, b);
	case '\\':
		return shell_escape(s, b);
	default:
		return quoted_piece(s, b);
	}
}

bool shell_word(struct shell *s, const char **out)
{
	struct buf b = { .a = s->a };
	size_t from = s->i;

	while (!shell_at_end(s) && !strchr(" \t\r\n;&|()<>", shell_peek(s, 0))) {
		/* within backquotes the next one is their end, not the begin of others */
		if (shell_peek(s, 0) == '`' && s->in_backquotes)
			break;
		if (!shell_word_piece(s, &b))
			return false;
	}
	*out = buf_cstr(&b);
	return s->i > from;
}
