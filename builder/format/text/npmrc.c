/* SPDX-License-Identifier: Apache-2.0 */
/* The ini form that npm reads: "key = value", comments with ; and #, also behind a value. Of
 * several lines with one key the last counts. What stands below a "[section]" has other names. */

#include "format/text/npmrc.h"

#include <stdlib.h>

#include "base/buf.h"

/* One setting after the other. */
struct npmrc_lines {
	struct str rest;
	unsigned number;
	struct str key, value; /* "true" of a key by itself */
};

/* A value in quotes is what stands in them; else it ends before a comment. */
static struct str npmrc_value(struct arena *a, struct str s)
{
	struct buf out = { .a = a };

	if (s.n > 1 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0])
		return (struct str){ s.p + 1, s.n - 2 };
	for (size_t i = 0; i < s.n && s.p[i] != ';' && s.p[i] != '#'; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n && strchr("\\;#", s.p[i + 1]))
			i++;
		buf_putc(&out, s.p[i]);
	}
	return str_trim(buf_str(&out));
}

static bool npmrc_next(struct arena *a, struct npmrc_lines *l)
{
	struct str line;

	while (str_next(&l->rest, '\n', &line)) {
		bool section = str_starts(line, STR("["));

		l->number++;
		line = str_trim(line);
		if (section && str_ends(line, STR("]")))
			return false;
		if (line.n == 0 || line.p[0] == ';' || line.p[0] == '#')
			continue;
		l->value = str_cut(line, '=', &l->key, &l->value)
				   ? npmrc_value(a, str_trim(l->value))
				   : STR("true");
		l->key = npmrc_value(a, str_trim(l->key));
		return true;
	}
	return false;
}

/* Replaces each ${NAME}. */
static bool npmrc_expand(struct arena *a, struct str text, const char **out, struct error *e)
{
	struct buf to = { .a = a };

	while (text.n) {
		struct str name, rest;
		const char *value;

		if (!str_starts(text, STR("${")) ||
		    !str_cut(str_from(text, 2), '}', &name, &rest)) {
			buf_putc(&to, text.p[0]);
			text = str_from(text, 1);
			continue;
		}
		value = getenv(str_dup(a, name));
		if (!value)
			return err_set(e, ERR_INPUT, "the variable " STR_FMT " is not set",
				       STR_ARG(name));
		buf_puts(&to, value);
		text = rest;
	}
	*out = buf_cstr(&to);
	return true;
}

static bool npmrc_check(struct str url, struct error *e)
{
	struct str scheme, rest, host, path;

	if (!str_starts(url, STR("http://")) && !str_starts(url, STR("https://")))
		return err_set(e, ERR_INPUT,
			       "the registry \"" STR_FMT "\" is not an http or https address",
			       STR_ARG(url));
	str_cut(url, ':', &scheme, &rest);
	str_cut(str_from(rest, 2), '/', &host, &path);
	return !memchr(host.p, '@', host.n) ||
	       err_set(e, ERR_INPUT,
		       "the registry's address holds credentials, which would stand in the lock; "
		       "put them into the file of IMGBUILD_NETRC or ~/.config/imgbuild/auth");
}

/* Whose registry the key names: "@scope", "" for all others; NULL: it is another setting. */
static const char *npmrc_scope(struct arena *a, struct str key)
{
	static const struct str word = STR("registry"), end = STR(":registry");

	if (str_eq(key, word))
		return "";
	if (key.n > end.n && key.p[0] == '@' && str_ends(key, end))
		return str_dup(a, (struct str){ key.p, key.n - end.n });
	return NULL;
}

/* A line that counts. */
struct npmrc_said {
	const char *scope;
	struct str value;
	unsigned line;
};

struct npmrc_saids LIST(struct npmrc_said);

static struct npmrc_said *npmrc_said_of(struct arena *a, struct npmrc_saids *l, const char *scope)
{
	struct npmrc_said *new;

	list_each(x, l) {
		if (strcmp(x->scope, scope) == 0)
			return x;
	}
	new = list_push(a, l);
	new->scope = scope;
	return new;
}

static bool npmrc_take(struct arena *a, const struct npmrc_said *said, struct npmrc *out,
		       struct error *e)
{
	const char *text = "";
	struct str url;

	list_each(x, out) {
		if (strcmp(x->scope, said->scope) == 0)
			return true;
	}
	if (!npmrc_expand(a, said->value, &text, e))
		return false;
	url = str_of(text);
	if (!npmrc_check(url, e))
		return false;
	while (str_ends(url, STR("/")))
		url.n--;
	*list_push(a, out) = (struct npmrc_registry){ said->scope, str_dup(a, url) };
	return true;
}

bool npmrc_read(struct arena *a, struct str text, const char *file, struct npmrc *out,
		struct error *e)
{
	struct npmrc_lines lines = { .rest = text };
	struct npmrc_saids saids = { NULL, 0, 0 };

	while (npmrc_next(a, &lines)) {
		const char *scope = npmrc_scope(a, lines.key);
		struct npmrc_said *said = scope ? npmrc_said_of(a, &saids, scope) : NULL;

		if (!said)
			continue;
		said->value = lines.value;
		said->line = lines.number;
	}
	list_each(said, &saids) {
		if (!npmrc_take(a, said, out, e))
			return err_at(e, file, said->line, 1);
	}
	return true;
}

bool npmrc_is_true(struct str value)
{
	return !str_eq(value, STR("false")) && !str_eq(value, STR("null"));
}

const char *npmrc_setting(struct arena *a, struct str text, const char *key)
{
	AUTO_ARENA scratch = { 0 };
	struct npmrc_lines lines = { .rest = text };
	const char *value = NULL;

	while (npmrc_next(&scratch, &lines)) {
		if (str_eq(lines.key, str_of(key)))
			value = str_dup(a, lines.value);
	}
	return value;
}

bool npmrc_flag(struct str text, const char *key, bool *value)
{
	AUTO_ARENA a = { 0 };
	const char *said = npmrc_setting(&a, text, key);

	if (said)
		*value = npmrc_is_true(str_of(said));
	return said != NULL;
}

const char *npmrc_registry_of(const struct npmrc *l, const char *package)
{
	const char *slash = package[0] == '@' ? strchr(package, '/') : NULL;
	size_t n = slash ? (size_t)(slash - package) : 0;
	const char *others = NULL;

	for (size_t i = 0; i < l->n; i++) {
		const char *scope = l->v[i].scope;

		if (n && strlen(scope) == n && strncmp(scope, package, n) == 0)
			return l->v[i].url;
		if (!scope[0])
			others = l->v[i].url;
	}
	return others;
}
