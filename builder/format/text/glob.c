/* SPDX-License-Identifier: Apache-2.0 */
/* Matching of path patterns. Linear in memory, and bounded in time: of several '*' only the last
 * one tried is tried again, and '**' likewise. */

#include "format/text/glob.h"

static bool glob_match_span(const char *p, const char *s)
{
	const char *star = NULL, *star_at = NULL; /* '*': not across '/' */
	const char *deep = NULL, *deep_at = NULL; /* '**': across anything */
	bool whole = false;			  /* double star and slash: whole components only */

	for (;;) {
		if (p[0] == '*' && p[1] == '*') {
			whole = p[2] == '/';
			p += whole ? 3 : 2;
			deep = p;
			deep_at = s;
			star = NULL;
		} else if (*p == '*') {
			star = ++p;
			star_at = s;
		} else if (*s && (*p == *s || (*p == '?' && *s != '/'))) {
			p++;
			s++;
		} else if (!*p && !*s) {
			return true;
		} else if (star && *star_at && *star_at != '/') {
			p = star;
			s = ++star_at;
		} else if (deep && *deep_at) {
			do
				deep_at++;
			while (whole && *deep_at && deep_at[-1] != '/');
			p = deep;
			s = deep_at;
			star = NULL;
		} else {
			return false;
		}
	}
}

bool path_glob(const char *pattern, const char *path)
{
	size_t n;

	pattern += *pattern == '/';
	path += *path == '/';
	n = strlen(pattern);
	if (n && pattern[n - 1] == '/')
		return strncmp(pattern, path, n) == 0 ||
		       (strlen(path) == n - 1 && strncmp(pattern, path, n - 1) == 0);
	return glob_match_span(pattern, path);
}
