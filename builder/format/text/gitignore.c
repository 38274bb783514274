/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of .gitignore, matched as git's wildmatch does. Bounded in time: of several '*' only the
 * last one tried is tried again, and of several double stars too. */

#include "format/text/gitignore.h"

#include "base/path.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* Blanks at the end do not count, unless a backslash stands before them. */
static struct str gitignore_trim(struct str line)
{
	size_t end = 0;

	for (size_t i = 0; i < line.n; i++) {
		bool escape = line.p[i] == '\\';

		if (escape && ++i == line.n)
			return line;
		if (escape || line.p[i] != ' ')
			end = i + 1;
	}
	line.n = end;
	return line;
}

static void gitignore_add(struct arena *a, struct str line, struct ignore_rule rule,
			  struct ignore_rules *out)
{
	rule.negated = str_starts(line, STR("!"));
	line = str_from(line, rule.negated);
	rule.directory = str_ends(line, STR("/"));
	line.n -= rule.directory;
	rule.anchored = line.n && memchr(line.p, '/', line.n);
	line = str_from(line, rule.anchored && line.p[0] == '/');
	if (line.n == 0)
		return;
	rule.pattern = str_dup(a, line);
	*list_push(a, out) = rule;
}

void gitignore_read(struct arena *a, struct str text, const char *base, const char *file,
		    struct ignore_rules *out)
{
	struct ignore_rule rule = { .base = base, .file = file };
	struct str line;

	text = str_from(text, str_starts(text, STR(BYTE_ORDER_MARK)) ? 3 : 0);
	while (str_next(&text, '\n', &line)) {
		rule.line++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		line.n -= line.p[line.n - 1] == '\r';
		gitignore_add(a, gitignore_trim(line), rule, out);
	}
}

/* POSIX character classes, as ASCII has them. 1 or 0; -1: there is no class of this name. */
static int is_of_class(struct str name, unsigned char c)
{
	bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z';
	bool digit = c >= '0' && c <= '9', graph = c > ' ' && c < 0x7f;
	const struct {
		struct str name;
		bool is;
	} classes[] = {
		{ STR("alnum"), upper || lower || digit },
		{ STR("alpha"), upper || lower },
		{ STR("blank"), c == ' ' || c == '\t' },
		{ STR("cntrl"), c < ' ' || c == 0x7f },
		{ STR("digit"), digit },
		{ STR("graph"), graph },
		{ STR("lower"), lower },
		{ STR("print"), graph || c == ' ' },
		{ STR("punct"), graph && !upper && !lower && !digit },
		{ STR("space"), c == ' ' || (c >= '\t' && c <= '\r') },
		{ STR("upper"), upper },
		{ STR("xdigit"), digit || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f') },
	};

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		if (str_eq(name, classes[i].name))
			return classes[i].is;
	}
	return -1;
}

/* "[:alpha:]" at p: what stands between the colons, and *end is its last bracket. */
static bool gitignore_class(const char *p, struct str *name, const char **end)
{
	if (p[0] != '[' || p[1] != ':')
		return false;
	*end = strchr(p + 2, ']');
	if (!*end || *end < p + 3 || (*end)[-1] != ':')
		return false;
	*name = (struct str){ p + 2, (size_t)(*end - p - 3) };
	return true;
}

/* One character of a set, which a backslash may stand before; 0: the pattern ends. */
static unsigned char set_next(const char **p)
{
	if (**p == '\\')
		++*p;
	return (unsigned char)**p;
}

/* A set "[...]" at p against one character. *after is behind it; NULL: it is malformed. */
static bool set_matches(const char *p, unsigned char c, const char **after)
{
	bool negated = p[1] == '!' || p[1] == '^', matched = false, first = true;
	unsigned char before = 0;
	const char *end;
	struct str name;

	*after = NULL;
	for (p += 1 + negated; first || *p != ']'; p++, first = false) {
		if (*p == '-' && before && p[1] && p[1] != ']') {
			p++;
			matched |= c >= before && c <= set_next(&p);
			before = *p ? 0 : before;
		} else if (gitignore_class(p, &name, &end)) {
			int is = is_of_class(name, c);

			if (is < 0)
				return false;
			matched |= is > 0;
			p = end;
			before = 0;
		} else {
			before = set_next(&p);
			matched |= c == before;
		}
		if (!*p)
			return false;
	}
	*after = p + 1;
	return matched != negated && c != '/';
}

/* Whether the pattern's next character, set or '?' stands for `c`; *after is behind it. */
static bool gitignore_one(const char *p, char c, const char **after)
{
	if (*p == '[')
		return set_matches(p, (unsigned char)c, after) && *after;
	if (*p == '?' && c != '/') {
		*after = p + 1;
		return true;
	}
	p += *p == '\\';
	*after = p + 1;
	return *p && *p == c;
}

/* Stars at p: how many. *deep: they stand alone between slashes, and cross them. */
static size_t star_count(const char *pattern, const char *p, bool *deep)
{
	size_t n = strspn(p, "*");

	*deep = n > 1 && (p == pattern || p[-1] == '/') && (p[n] == '/' || !p[n]);
	return n;
}

static bool gitignore_match(const char *pattern, const char *s)
{
	const char *p = pattern, *next;
	const char *star = NULL, *star_at = NULL; /* behind a star, and where it ends in the path */
	const char *deep = NULL, *deep_at = NULL;

	for (;;) {
		bool crosses;
		size_t stars = star_count(pattern, p, &crosses);

		if (stars && crosses && !p[stars])
			return true;
		if (stars && crosses) {
			deep = p += stars + 1;
			deep_at = s;
			star = NULL;
		} else if (stars) {
			star = p += stars;
			star_at = s;
		} else if (*s && *p && gitignore_one(p, *s, &next)) {
			p = next;
			s++;
		} else if (!*p && !*s) {
			return true;
		} else if (star && *star_at && *star_at != '/') {
			p = star;
			s = ++star_at;
		} else if (deep && (deep_at = strchr(deep_at, '/'))) {
			p = deep;
			s = ++deep_at;
			star = NULL;
		} else {
			return false;
		}
	}
}

/* git compares what stands before the first special character as it is: "a**" and what follows is
 * then matched as if it began there. */
static bool rule_matches(const struct ignore_rule *r, const char *path)
{
	size_t plain = strcspn(r->pattern, "*?[\\"), n = strlen(r->base);

	if (!r->anchored)
		return gitignore_match(r->pattern, path_base(path));
	if (strncmp(path, r->base, n) != 0 || (n && path[n] != '/'))
		return false;
	path += n ? n + 1 : 0;
	return strncmp(path, r->pattern, plain) == 0 &&
	       gitignore_match(r->pattern + plain, path + plain);
}

const struct ignore_rule *gitignore_find(const struct ignore_rules *rules, const char *path,
					 bool is_directory)
{
	for (size_t i = rules->n; i > 0; i--) {
		const struct ignore_rule *r = &rules->v[i - 1];

		if ((is_directory || !r->directory) && rule_matches(r, path))
			return r;
	}
	return NULL;
}
