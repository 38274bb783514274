/* SPDX-License-Identifier: Apache-2.0 */
/* Globs over paths. Both levels - components in a path, bytes in a component - are matched in the
 * same way: forward, and on a mismatch back to the last star, which takes one more. Going back to
 * the last one suffices, so that no pattern needs more than pattern times path steps. */

#include "make/tree/path_select.h"

#include "base/str.h"

/* One byte against the set after '['; *end is behind its ']'. NULL end: not a set, '[' is
 * itself. */
static bool match_set(struct str set, unsigned char c, struct str *end)
{
	bool negated = set.n && (set.p[0] == '!' || set.p[0] == '^');
	bool found = false;
	size_t i = negated;

	*end = (struct str){ NULL, 0 };
	for (size_t first = i; i < set.n; i++) {
		unsigned char low = (unsigned char)set.p[i], high = low;

		if (low == ']' && i > first) {
			*end = str_from(set, i + 1);
			return found != negated;
		}
		if (i + 2 < set.n && set.p[i + 1] == '-' && set.p[i + 2] != ']') {
			high = (unsigned char)set.p[i + 2];
			i += 2;
		}
		found = found || (low <= c && c <= high);
	}
	return false;
}

/* The first unit of a pattern (byte, '?' or set) against one byte; moves the pattern behind it. */
static bool match_one(struct str *pattern, char c)
{
	struct str rest = str_from(*pattern, 1), end;
	char p = pattern->p[0];
	bool matched;

	if (p == '[') {
		matched = match_set(rest, (unsigned char)c, &end);
		if (end.p) {
			*pattern = end;
			return matched;
		}
	}
	*pattern = rest;
	return p == '?' || p == c;
}

static bool match_component(struct str pattern, struct str name)
{
	struct str star = { NULL, 0 }, from = name;

	while (name.n) {
		struct str next = pattern;

		if (pattern.n && pattern.p[0] == '*') {
			star = pattern = str_from(pattern, 1);
			from = name;
		} else if (pattern.n && match_one(&next, name.p[0])) {
			pattern = next;
			name = str_from(name, 1);
		} else if (star.p) {
			from = name = str_from(from, 1);
			pattern = star;
		} else {
			return false;
		}
	}
	while (pattern.n && pattern.p[0] == '*')
		pattern = str_from(pattern, 1);
	return pattern.n == 0;
}

/* The first component, and what is behind it; empty when there is none. Extra slashes do not
 * count. */
static struct str first_component(struct str path, struct str *rest)
{
	struct str one;

	while (path.n && path.p[0] == '/')
		path = str_from(path, 1);
	if (!str_cut(path, '/', &one, rest))
		*rest = (struct str){ "", 0 };
	return one;
}

bool glob_match(const char *pattern, const char *path)
{
	struct str p = str_of(pattern), s = str_of(path), star = { NULL, 0 }, from = s;
	struct str wanted, name, p_rest, s_rest;
	bool below = str_ends(p, STR("/"));

	for (;;) {
		wanted = first_component(p, &p_rest);
		name = first_component(s, &s_rest);
		if (wanted.n == 0 && (below || name.n == 0))
			return true;
		if (str_eq(wanted, STR("**"))) {
			star = p = p_rest;
			from = s;
		} else if (wanted.n && name.n && match_component(wanted, name)) {
			p = p_rest;
			s = s_rest;
		} else if (star.p && first_component(from, &s_rest).n) {
			from = s = s_rest;
			p = star;
		} else {
			return false;
		}
	}
}

/* Looks at all of them when there are flags to set. */
static bool match_any(const struct globs *l, const char *path, bool *used)
{
	bool matched = false;

	for (size_t i = 0; l && i < l->n && (used || !matched); i++) {
		if (!glob_match(l->v[i].text, path))
			continue;
		matched = true;
		if (used)
			used[i] = true;
	}
	return matched;
}

bool select_path(const struct globs *keep, const struct globs *drop, const char *path,
		 const struct select_used *used)
{
	bool kept = match_any(keep, path, used ? used->keep : NULL) || !keep || keep->n == 0;
	bool dropped = match_any(drop, path, used ? used->drop : NULL);

	return kept && !dropped;
}
