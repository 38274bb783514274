/* SPDX-License-Identifier: Apache-2.0 */
/* Slices and lists. Knows bytes, not formats. */

#include "base/str.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	if (order)
		return order;
	return (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq((struct str){ s.p, prefix.n }, prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq((struct str){ s.p + s.n - suffix.n, suffix.n }, suffix);
}

struct str str_from(struct str s, size_t from)
{
	if (from > s.n)
		from = s.n;
	return (struct str){ s.p + from, s.n - from };
}

static bool str_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
	while (s.n && str_is_blank(s.p[0]))
		s = str_from(s, 1);
	while (s.n && str_is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool str_cut(struct str s, char sep, struct str *head, struct str *tail)
{
	const char *at = s.n ? memchr(s.p, sep, s.n) : NULL;

	*head = at ? (struct str){ s.p, (size_t)(at - s.p) } : s;
	*tail = at ? str_from(s, head->n + 1) : (struct str){ s.p + s.n, 0 };
	return at != NULL;
}

bool str_next(struct str *rest, char sep, struct str *one)
{
	if (rest->n == 0)
		return false;
	str_cut(*rest, sep, one, rest);
	return true;
}

bool str_u64(struct str s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return false;
	}
	*out = v;
	return true;
}

char *str_dup(struct arena *a, struct str s)
{
	return arena_strndup(a, s.p, s.n);
}

char *str_lower(struct arena *a, struct str s)
{
	char *out = str_dup(a, s);

	for (char *c = out; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return out;
}

struct str str_copy(struct arena *a, struct str s)
{
	return (struct str){ arena_strndup(a, s.p, s.n), s.n };
}

/* The length of the well-formed UTF-8 sequence at the front (RFC 3629), or 0. */
static size_t str_utf8_length(struct str s, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c = (unsigned char)s.p[0];
	size_t n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 0;

	if (n == 0 || n > s.n || c > 0xf4)
		return 0;
	*code = n == 1 ? c : c & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)s.p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | ((unsigned char)s.p[i] & 0x3f);
	}
	if (n > 1 && (*code < least[n] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff)))
		return 0;
	return n;
}

static bool is_safe(uint32_t code)
{
	if (code < 0x20)
		return code == '\t' || code == '\n';
	if (code >= 0x7f && code < 0xa0)
		return false;
	return !((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
		 code == 0x200e || code == 0x200f || code == 0x061c);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What may stand before the "::" of a name in a program, as in std::string. */
static bool is_of_name(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || strchr("_>)]", c);
}

bool str_ends_command_mark(struct str s, size_t at)
{
	const char *p = s.p + at;
	size_t first = at;

	if (*p == ':')
		return at && p[-1] == ':' && at + 1 < s.n && is_letter(p[1]) &&
		       (at == 1 || !is_of_name(p[-2]));
	if (*p != '[')
		return false;
	while (first && is_letter(s.p[first - 1]))
		first--;
	return first >= 2 && s.p[first - 1] == '#' && s.p[first - 2] == '#';
}

static size_t str_escape_as(struct str s, bool log, char *out, size_t size)
{
	struct str all = s;
	size_t n = 0;

	while (s.n) {
		uint32_t code = 0;
		size_t len = str_utf8_length(s, &code);

		if (len && is_safe(code) &&
		    !((log || s.p[0] == '[') && str_ends_command_mark(all, all.n - s.n))) {
			if (n + len >= size)
				break;
			memcpy(out + n, s.p, len);
			n += len;
		} else {
			len = len ? len : 1;
			if (n + 4 * len >= size)
				break;
			for (size_t i = 0; i < len; i++)
				n += (size_t)snprintf(out + n, size - n, "\\x%02x",
						      (unsigned char)s.p[i]);
		}
		s = str_from(s, len);
	}
	if (size)
		out[n] = '\0';
	return n;
}

size_t str_escape(struct str s, char *out, size_t size)
{
	return str_escape_as(s, false, out, size);
}

size_t str_escape_log(struct str s, char *out, size_t size)
{
	return str_escape_as(s, true, out, size);
}

#define DISTANCE_MAX 48

static unsigned least_of_three(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;

	return least < c ? least : c;
}

unsigned str_distance(struct str a, struct str b, unsigned limit)
{
	unsigned rows[3][DISTANCE_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];

	if (a.n > DISTANCE_MAX || b.n > DISTANCE_MAX)
		return limit + 1;
	for (unsigned j = 0; j <= b.n; j++)
		last[j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned *spare = before;

		row[0] = i;
		for (unsigned j = 1; j <= b.n; j++) {
			unsigned cost = a.p[i - 1] != b.p[j - 1];

			row[j] = least_of_three(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost);
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
			    a.p[i - 2] == b.p[j - 1] && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[b.n] < limit + 1 ? last[b.n] : limit + 1;
}

const char *str_nearest(struct str s, const char *const *names, size_t n)
{
	const char *best = NULL;
	unsigned limit = (unsigned)(s.n / 3 < 1 ? 1 : s.n / 3 > 4 ? 4 : s.n / 3);

	for (size_t i = 0; i < n; i++) {
		unsigned d = str_distance(s, str_of(names[i]), limit);

		if (d > limit)
			continue;
		best = names[i];
		if (d == 0)
			break;
		limit = d - 1;
	}
	return best;
}

void *list_grow(struct arena *a, void *v, size_t n, size_t *cap, size_t size)
{
	void *grown;

	if (n < *cap)
		return v;
	*cap = *cap ? *cap * 2 : 8;
	grown = arena_array(a, *cap, size);
	if (n)
		memcpy(grown, v, n * size);
	return grown;
}

static int compare_cstr(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void strings_sort(struct strings *l)
{
	if (l->n > 1)
		qsort(l->v, l->n, sizeof(*l->v), compare_cstr);
}

void strings_unique(struct strings *l)
{
	size_t kept = 0;

	strings_sort(l);
	for (size_t i = 0; i < l->n; i++) {
		if (kept == 0 || strcmp(l->v[kept - 1], l->v[i]) != 0)
			l->v[kept++] = l->v[i];
	}
	l->n = kept;
}

bool strings_has(const struct strings *l, const char *s)
{
	for (size_t i = 0; i < l->n; i++) {
		if (strcmp(l->v[i], s) == 0)
			return true;
	}
	return false;
}

bool strings_sorted_has(const struct strings *l, const char *s)
{
	return l->n && bsearch(&s, l->v, l->n, sizeof(*l->v), compare_cstr);
}

const char *strings_join(struct arena *a, const struct strings *l, const char *between)
{
	size_t gap = strlen(between), size = 1;
	char *all, *at;

	for (size_t i = 0; i < l->n; i++)
		size += strlen(l->v[i]) + gap;
	all = at = arena_alloc(a, size);
	for (size_t i = 0; i < l->n; i++)
		at = stpcpy(stpcpy(at, i ? between : ""), l->v[i]);
	return all;
}

bool name_among(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}
