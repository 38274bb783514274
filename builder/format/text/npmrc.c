/* SPDX-License-Identifier: Apache-2.0 */
/* The ini form that npm reads: "key = value", comments with ; and #. */

#include "format/text/npmrc.h"

#include <stdlib.h>

#include "base/buf.h"

static struct str npmrc_unquote(struct str s)
{
	if (s.n > 1 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0])
		return (struct str){ s.p + 1, s.n - 2 };
	return s;
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

static bool npmrc_take(struct arena *a, struct str key, struct str value, struct npmrc *out,
		       struct error *e)
{
	static const struct str word = STR("registry"), end = STR(":registry");
	struct npmrc_registry r = { .scope = "" };
	const char *text = "";
	struct str url;

	if (key.n > end.n && key.p[0] == '@' && str_ends(key, end))
		r.scope = str_dup(a, (struct str){ key.p, key.n - end.n });
	else if (!str_eq(key, word))
		return true;
	if (!npmrc_expand(a, npmrc_unquote(value), &text, e))
		return false;
	url = str_of(text);
	if (!npmrc_check(url, e))
		return false;
	while (str_ends(url, STR("/")))
		url.n--;
	r.url = str_dup(a, url);
	for (size_t i = 0; i < out->n; i++) {
		if (strcmp(out->v[i].scope, r.scope) == 0)
			return true;
	}
	*list_push(a, out) = r;
	return true;
}

bool npmrc_read(struct arena *a, struct str text, const char *file, struct npmrc *out,
		struct error *e)
{
	struct str line, key, value;

	for (unsigned n = 1; str_next(&text, '\n', &line); n++) {
		line = str_trim(line);
		if (line.n == 0 || line.p[0] == ';' || line.p[0] == '#' ||
		    !str_cut(line, '=', &key, &value))
			continue;
		if (!npmrc_take(a, str_trim(key), str_trim(value), out, e))
			return err_at(e, file, n, 1);
	}
	return true;
}

bool npmrc_is_true(struct str value)
{
	return !str_eq(value, STR("false")) && !str_eq(value, STR("null"));
}

bool npmrc_flag(struct str text, const char *key, bool *value)
{
	struct str line, name, is;
	bool said = false;

	while (str_next(&text, '\n', &line)) {
		bool alone = !str_cut(line, '=', &name, &is);

		if (!str_eq(str_trim(name), str_of(key)))
			continue;
		said = true;
		*value = alone || npmrc_is_true(npmrc_unquote(str_trim(is)));
	}
	return said;
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
