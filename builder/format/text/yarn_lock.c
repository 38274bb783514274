/* SPDX-License-Identifier: Apache-2.0 */
/* Lines: blanks at the beginning say what a line belongs to. A line without is the patterns of an
 * entry, with two what is said of it, with four what it needs. */

#include "format/text/yarn_lock.h"

#include "format/text/npm_words.h"

struct yarn_reading {
	struct arena *a;
	const char *file;
	struct yarn_entries *out;
	unsigned line;
	bool needs, optional; /* what lines with four blanks are */
};

static bool yarn_fail(const struct yarn_reading *r, struct error *e, const char *text)
{
	err_set(e, ERR_INPUT, "%s", text);
	return err_at(e, r->file, r->line, 1);
}

/* A word as it stands there, up to `ends`; or a text between quotes, in which a backslash takes the
 * next character as it is. */
static bool yarn_take_word(const struct yarn_reading *r, struct str *rest, const char *ends,
			   const char **out)
{
	struct buf text = { .a = r->a };
	bool quoted = rest->n && rest->p[0] == '"';
	size_t i = quoted;

	for (; i < rest->n && (quoted ? rest->p[i] != '"' : !strchr(ends, rest->p[i])); i++) {
		i += quoted && rest->p[i] == '\\' && i + 1 < rest->n;
		if (!rest->p[i])
			return false;
		buf_putc(&text, rest->p[i]);
	}
	if (quoted && i++ >= rest->n)
		return false;
	*rest = str_from(*rest, i);
	*out = buf_cstr(&text);
	return text.n > 0 || quoted;
}

/* "b@npm:@s/c@^1" is a package @s/c, and "b@^1" is b. */
static const char *yarn_name_of(struct arena *a, const char *pattern)
{
	static const struct str alias = STR("npm:");
	const char *at = strchr(pattern + 1, '@'), *end;
	struct str range = str_of(at ? at + 1 : "");

	if (!str_starts(range, alias))
		return at ? arena_strndup(a, pattern, (size_t)(at - pattern)) : pattern;
	range = str_from(range, alias.n);
	end = range.n ? memchr(range.p + 1, '@', range.n - 1) : NULL;
	return arena_strndup(a, range.p, end ? (size_t)(end - range.p) : range.n);
}

/* `b@1.0.0, "b@>= 1":` What ends an unquoted pattern is in none: aliases are quoted. */
static bool yarn_begin_entry(struct yarn_reading *r, struct str line, struct error *e)
{
	struct yarn_entry x = { .line = r->line };
	struct str rest = line;
	const char *pattern;
	bool ok;

	do {
		rest = str_trim(rest);
		ok = yarn_take_word(r, &rest, ",:", &pattern) && pattern[0] &&
		     strchr(pattern + 1, '@');
		if (ok)
			*list_push(r->a, &x.patterns) = pattern;
	} while (ok && rest.n && rest.p[0] == ',' && (rest = str_from(rest, 1), true));
	if (!ok || !str_eq(str_trim(rest), STR(":")))
		return yarn_fail(
			r, e,
			"this is not \"NAME@RANGE:\"; yarn install --ignore-scripts writes "
			"the file anew");
	x.name = yarn_name_of(r->a, x.patterns.v[0]);
	if (!npm_is_name(x.name)) {
		err_set(e, ERR_INPUT, "\"%s\" is not the name of a package", x.name);
		return err_at(e, r->file, r->line, 1);
	}
	r->needs = false;
	*list_push(r->a, r->out) = x;
	return true;
}

/* Two words; false: it is something else. */
static bool yarn_take_pair(const struct yarn_reading *r, struct str line, const char **key,
			   const char **value)
{
	struct str rest = str_trim(line);

	if (!yarn_take_word(r, &rest, " ", key))
		return false;
	rest = str_trim(rest);
	return yarn_take_word(r, &rest, "", value) && str_trim(rest).n == 0;
}

static bool yarn_add_value(struct yarn_reading *r, struct str line, struct error *e)
{
	struct yarn_entry *x = &r->out->v[r->out->n - 1];
	const char *key, *value;

	r->needs = false;
	if (str_ends(str_trim(line), STR(":"))) {
		r->optional = str_eq(str_trim(line), STR("optionalDependencies:"));
		r->needs = r->optional || str_eq(str_trim(line), STR("dependencies:"));
		return true;
	}
	if (!yarn_take_pair(r, line, &key, &value))
		return yarn_fail(r, e, "this is not a word and its value");
	if (strcmp(key, "version") == 0)
		x->version = value;
	if (strcmp(key, "resolved") == 0)
		x->resolved = value;
	if (strcmp(key, "integrity") == 0)
		x->integrity = value;
	return true;
}

static bool yarn_add_need(struct yarn_reading *r, struct str line, struct error *e)
{
	struct yarn_need need = { .optional = r->optional };

	if (!r->needs)
		return true;
	if (!yarn_take_pair(r, line, &need.name, &need.range) || !npm_is_name(need.name))
		return yarn_fail(r, e, "this is not the name of a package and a range");
	*list_push(r->a, &r->out->v[r->out->n - 1].needs) = need;
	return true;
}

static bool yarn_read_line(struct yarn_reading *r, struct str line, struct error *e)
{
	size_t blanks = 0;

	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	while (blanks < line.n && line.p[blanks] == ' ')
		blanks++;
	if (blanks == line.n || line.p[blanks] == '#')
		return true;
	if (str_starts(line, STR("<<<<<<<")))
		return yarn_fail(r, e,
				 "a merge left its marks here; yarn install --ignore-scripts "
				 "resolves them");
	if (blanks == 0)
		return yarn_begin_entry(r, line, e);
	if (r->out->n == 0)
		return yarn_fail(r, e, "a line of an entry, and there is none before it");
	return blanks < 4 ? yarn_add_value(r, line, e) : yarn_add_need(r, line, e);
}

unsigned yarn_lock_is_new(struct str text)
{
	struct str line;

	for (unsigned n = 1; str_next(&text, '\n', &line); n++) {
		if (str_starts(line, STR("__metadata:")))
			return n;
	}
	return 0;
}

bool yarn_lock_read(struct arena *a, struct str text, const char *file, struct yarn_entries *out,
		    struct error *e)
{
	struct yarn_reading r = { .a = a, .file = file, .out = out };
	struct str line;

	r.line = yarn_lock_is_new(text);
	if (r.line)
		return yarn_fail(&r, e, YARN_LOCK_IS_NEW);
	if (str_starts(text, STR("\xef\xbb\xbf"))) /* yarn passes over it, too */
		text = str_from(text, 3);
	while (str_next(&text, '\n', &line)) {
		r.line++;
		if (!yarn_read_line(&r, line, e))
			return false;
	}
	return true;
}
