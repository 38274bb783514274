/* SPDX-License-Identifier: Apache-2.0 */
/* A lexer for shell scripts and as much grammar as it takes to know where commands begin. Words are
 * shell_word.c's. Nothing is expanded, nothing is run, and no meaning is given to any command. */

#include "make/scripts/shell.h"

#include "make/scripts/shell_word.h"

/* What ends a list of commands. */
enum until { UNTIL_END, UNTIL_PAREN, UNTIL_BACKQUOTE, UNTIL_ITEM };

static void shell_skip_line(struct shell *s)
{
	while (s->i < s->text.n && s->text.p[s->i] != '\n')
		s->i++;
}

/* Blanks, continued lines and comments: up to something that counts. */
static void shell_skip_blanks(struct shell *s)
{
	for (;;) {
		char c = shell_peek(s, 0);

		if (c == ' ' || c == '\t' || c == '\r')
			s->i++;
		else if (c == '\\' && shell_peek(s, 1) == '\n')
			s->i += 2;
		else if (c == '#')
			shell_skip_line(s);
		else
			return;
	}
}

/* One line, without the newline; false at the end of the text. */
static bool shell_take_line(struct shell *s, struct str *line)
{
	size_t from = s->i;

	if (s->i >= s->text.n)
		return false;
	shell_skip_line(s);
	*line = (struct str){ s->text.p + from, s->i - from };
	if (s->i < s->text.n)
		s->i++;
	return true;
}

/* The bodies of here-documents begin after the newline. Substitutions in them are not followed. */
static void skip_heredocs(struct shell *s)
{
	for (size_t i = 0; i < s->heredocs.n; i++) {
		const char *end = s->heredocs.v[i];
		struct str line;

		while (shell_take_line(s, &line)) {
			while (end[0] == '-' && line.n && line.p[0] == '\t')
				line = str_from(line, 1);
			if (str_eq(line, str_of(end + 1)))
				break;
		}
	}
	s->heredocs.n = 0;
}

static void shell_newline(struct shell *s)
{
	s->i++;
	skip_heredocs(s);
}

static void shell_flush_command(struct shell *s, struct shell_command *c)
{
	if (c->words.n || c->writes.n)
		*list_push(s->a, &s->out->commands) = *c;
	*c = (struct shell_command){ { NULL, 0, 0 }, { NULL, 0, 0 } };
}

static bool is_keyword(const char *word)
{
	static const char *const keywords[] = { "if",	 "then",  "elif", "else", "fi",
						"while", "until", "do",	  "done", "{",
						"}",	 "!",	  "time" };

	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
		if (strcmp(word, keywords[i]) == 0)
			return true;
	}
	return false;
}

/* NAME=..., NAME+=... */
static bool is_assignment(const char *word)
{
	size_t n = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return n && (word[0] < '0' || word[0] > '9') &&
	       (word[n] == '=' || (word[n] == '+' && word[n + 1] == '='));
}

static bool shell_list(struct shell *s, enum until until, bool *esac);

bool shell_substitution(struct shell *s, bool backquote)
{
	struct shell inner = { .a = s->a,
			       .text = s->text,
			       .i = s->i,
			       .depth = s->depth + 1,
			       .in_backquotes = backquote,
			       .out = s->out };
	bool ok;

	if (inner.depth > SHELL_DEPTH_MAX)
		return false;
	ok = shell_list(&inner, backquote ? UNTIL_BACKQUOTE : UNTIL_PAREN, NULL);
	s->i = inner.i;
	return ok;
}

/* "pattern | pattern )" */
static bool skip_pattern(struct shell *s)
{
	const char *word;

	for (;;) {
		char c;

		shell_skip_blanks(s);
		c = shell_peek(s, 0);
		if (c == ')') {
			s->i++;
			return true;
		}
		if (c == '|' || c == '(')
			s->i++;
		else if (c == '\0' || c == '\n' || !shell_word(s, &word))
			return false;
	}
}

static void skip_empty_lines(struct shell *s)
{
	for (shell_skip_blanks(s); shell_peek(s, 0) == '\n'; shell_skip_blanks(s))
		shell_newline(s);
}

/* After the word "case": "WORD in" and its items up to "esac". */
static bool case_items(struct shell *s)
{
	bool esac = false;
	const char *w;

	shell_skip_blanks(s);
	if (!shell_word(s, &w))
		return false;
	skip_empty_lines(s);
	if (!shell_word(s, &w) || strcmp(w, "in") != 0)
		return false;
	while (!esac) {
		size_t before;

		skip_empty_lines(s);
		before = s->i;
		if (shell_word(s, &w) && strcmp(w, "esac") == 0)
			return true;
		s->i = before;
		if (!skip_pattern(s) || !shell_list(s, UNTIL_ITEM, &esac))
			return false;
	}
	return true;
}

/* A redirection, at '<' or '>'. */
static bool shell_redirection(struct shell *s, struct shell_command *c)
{
	bool out = shell_peek(s, 0) == '>';
	bool heredoc = !out && shell_peek(s, 1) == '<';
	const char *word;
	bool tabs;

	s->i += heredoc || shell_peek(s, 1) == '>' || shell_peek(s, 1) == '|' ? 2 : 1;
	tabs = heredoc && shell_peek(s, 0) == '-';
	s->i += tabs;
	if (shell_peek(s, 0) == '&') { /* >&2, <&-: no file */
		s->i++;
		return shell_word(s, &word);
	}
	shell_skip_blanks(s);
	if (!shell_word(s, &word))
		return false;
	if (heredoc)
		*list_push(s->a, &s->heredocs) = arena_printf(s->a, "%c%s", tabs ? '-' : '=', word);
	else if (out && strncmp(word, "/dev/", 5) != 0)
		*list_push(s->a, &c->writes) = word;
	return true;
}

/* "name()": what follows is its body, which is read like any other commands. */
static void shell_function(struct shell *s, struct shell_command *c)
{
	*list_push(s->a, &s->out->functions) = c->words.v[0];
	c->words.n = 0;
	s->i += 2;
}

/* A word where a command may begin or go on. *done: it was the "esac" of the list's case. */
static bool shell_command_word(struct shell *s, struct shell_command *c, enum until until,
			       bool *done)
{
	const char *w;

	if (!shell_word(s, &w))
		return false;
	if (c->words.n == 0) {
		if (strcmp(w, "case") == 0)
			return case_items(s);
		*done = until == UNTIL_ITEM && strcmp(w, "esac") == 0;
		if (*done || is_keyword(w) || is_assignment(w))
			return true;
	}
	/* "2>file": a number right before a redirection belongs to it */
	if ((shell_peek(s, 0) == '<' || shell_peek(s, 0) == '>') &&
	    strspn(w, "0123456789") == strlen(w))
		return true;
	*list_push(s->a, &c->words) = w;
	shell_skip_blanks(s);
	if (c->words.n == 1 && shell_peek(s, 0) == '(' && shell_peek(s, 1) == ')')
		shell_function(s, c);
	return true;
}

/* One operator or word. *done is set at the end of the list. */
static bool shell_token(struct shell *s, struct shell_command *c, enum until until, bool *esac,
			bool *done)
{
	char next = shell_peek(s, 0);

	switch (next) {
	case '\n':
		shell_flush_command(s, c);
		shell_newline(s);
		return true;
	case ';':
		shell_flush_command(s, c);
		*done = until == UNTIL_ITEM && shell_peek(s, 1) == ';';
		s->i += shell_peek(s, 1) == ';' ? 2 : 1;
		return true;
	case '&':
	case '|':
		shell_flush_command(s, c);
		s->i++;
		return true;
	case '(':
		shell_flush_command(s, c);
		s->i++;
		return shell_substitution(s, false);
	case ')':
		*done = until == UNTIL_PAREN;
		s->i++;
		return *done;
	case '`':
		*done = until == UNTIL_BACKQUOTE;
		if (!*done)
			return shell_command_word(s, c, until, done);
		s->i++;
		return true;
	case '<':
	case '>':
		return shell_redirection(s, c);
	default:
		if (!shell_command_word(s, c, until, done))
			return false;
		if (*done && esac)
			*esac = true;
		return true;
	}
}

static bool shell_list(struct shell *s, enum until until, bool *esac)
{
	struct shell_command c = { { NULL, 0, 0 }, { NULL, 0, 0 } };
	bool done = false;

	if (++s->depth > SHELL_DEPTH_MAX)
		return false;
	while (!done) {
		shell_skip_blanks(s);
		if (s->i >= s->text.n) {
			shell_flush_command(s, &c);
			s->depth--;
			return until == UNTIL_END;
		}
		if (!shell_token(s, &c, until, esac, &done))
			return false;
	}
	shell_flush_command(s, &c);
	s->depth--;
	return true;
}

bool shell_read(struct arena *a, struct str text, struct shell_script *out)
{
	struct shell s = { .a = a, .text = text, .out = out };
	bool ok;

	*out = (struct shell_script){ { NULL, 0, 0 }, { NULL, 0, 0 } };
	ok = shell_list(&s, UNTIL_END, NULL);
	strings_sort(&out->functions);
	return ok;
}
