/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of settings, and words. */

#include "format/text/unit.h"

#include <sys/param.h>

#include "base/buf.h"

/* The next line without its newline; a backslash at its end joins the one behind it, comments
 * between the two are left out. *number is the line it begins in, *next the one after it. */
static bool unit_line(struct arena *a, struct str *rest, unsigned *number, unsigned *next,
		      struct str *out)
{
	struct buf joined = { .a = a };
	struct str line;
	bool more = false;

	*number = *next;
	while (str_next(rest, '\n', &line)) {
		struct str trimmed = str_trim(line);

		++*next;
		if (more && trimmed.n && (trimmed.p[0] == '#' || trimmed.p[0] == ';'))
			continue;
		more = trimmed.n && trimmed.p[trimmed.n - 1] == '\\' && trimmed.p[0] != '#' &&
		       trimmed.p[0] != ';';
		if (!more && !joined.n) {
			*out = trimmed;
			return true;
		}
		trimmed.n -= more;
		buf_printf(&joined, "%s" STR_FMT, joined.n ? " " : "", STR_ARG(str_trim(trimmed)));
		if (!more)
			break;
	}
	*out = buf_str(&joined);
	return joined.n > 0;
}

static void unit_add(struct arena *a, struct unit *u, const char *section, struct str key,
		     const char *value, unsigned line)
{
	if (key.n && u->n < UNIT_SETTINGS_MAX)
		*list_push(a, u) = (struct unit_setting){ section, str_dup(a, str_trim(key)), value,
							  line };
}

void unit_read(struct arena *a, struct str text, struct unit *out)
{
	const char *section = "";
	unsigned number, next = 1;
	struct str line, key, value;

	while (unit_line(a, &text, &number, &next, &line)) {
		if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';')
			continue;
		if (line.p[0] == '[' && line.p[line.n - 1] == ']')
			section = str_dup(a, (struct str){ line.p + 1, line.n - 2 });
		else if (str_cut(line, '=', &key, &value))
			unit_add(a, out, section, key, str_dup(a, str_trim(value)), number);
	}
}

void unit_read_variables(struct arena *a, struct str text, struct unit *out)
{
	unsigned number, next = 1;
	struct str line, key, value;

	while (unit_line(a, &text, &number, &next, &line)) {
		struct strings words = { 0 };

		if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';' ||
		    !str_cut(line, '=', &key, &value))
			continue;
		if (str_starts(key, STR("export ")))
			key = str_from(key, 7);
		if (!unit_words(a, value, &words))
			continue;
		unit_add(a, out, "", key, strings_join(a, &words, " "), number);
	}
}

const struct unit_setting *unit_next(const struct unit *u, const char *section, const char *key,
				     size_t *i)
{
	size_t first = 0;

	for (size_t k = 0; k < u->n; k++) {
		const struct unit_setting *s = &u->v[k];

		if (strcmp(s->key, key) == 0 && strcmp(s->section, section) == 0 && !s->value[0])
			first = k + 1;
	}
	for (*i = MAX(*i, first); *i < u->n; ++*i) {
		const struct unit_setting *s = &u->v[*i];

		if (strcmp(s->key, key) == 0 && strcmp(s->section, section) == 0) {
			++*i;
			return s;
		}
	}
	return NULL;
}

const struct unit_setting *unit_last(const struct unit *u, const char *section, const char *key)
{
	const struct unit_setting *last = NULL, *s;

	for (size_t i = 0; (s = unit_next(u, section, key, &i));)
		last = s;
	return last;
}

/* One word from *i on: its bytes without quotes. false: it has no end. */
static bool unit_word(struct str value, size_t *i, struct buf *word)
{
	char quote = 0;

	for (; *i < value.n; ++*i) {
		char c = value.p[*i];

		if (!quote && (c == ' ' || c == '\t' || c == '\n'))
			break;
		if (!quote && (c == '"' || c == '\''))
			quote = c;
		else if (quote && c == quote)
			quote = 0;
		else if (c == '\\' && quote != '\'' && *i + 1 < value.n)
			buf_putc(word, value.p[++*i]);
		else
			buf_putc(word, c);
	}
	return !quote;
}

bool unit_words(struct arena *a, struct str value, struct strings *out)
{
	for (size_t i = 0;;) {
		struct buf word = { .a = a };

		while (i < value.n &&
		       (value.p[i] == ' ' || value.p[i] == '\t' || value.p[i] == '\n'))
			i++;
		if (i == value.n)
			return true;
		if (!unit_word(value, &i, &word))
			return false;
		*list_push(a, out) = str_dup(a, buf_str(&word));
	}
}

bool unit_table_line(struct arena *a, struct str *text, unsigned *number, struct strings *words)
{
	for (struct str line; str_next(text, '\n', &line);) {
		++*number;
		line = str_trim(line);
		*words = (struct strings){ 0 };
		if (line.n && line.p[0] != '#' && unit_words(a, line, words) && words->n >= 2)
			return true;
	}
	return false;
}
