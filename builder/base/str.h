/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_STR_H
#define BASE_STR_H

/* Strings as slices by value, and lists. A slice borrows its bytes; it need not end in NUL.
 * Order is by unsigned bytes, like strcmp in the C locale: it never depends on the host. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

struct str {
	const char *p;
	size_t n;
};

#define STR(lit) ((struct str){ (lit), sizeof(lit) - 1 })
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).n, (s).p

static inline struct str str_of(const char *cstr)
{
	return (struct str){ cstr, strlen(cstr) };
}

bool str_eq(struct str a, struct str b);
int str_cmp(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

/* The slice from `from` on (at most to its end), and without leading and trailing blanks
 * (space, tab, CR, LF). */
struct str str_from(struct str s, size_t from);
struct str str_trim(struct str s);

/* Takes the part of `rest` before the first `sep` into `one` and moves `rest` behind it.
 * false when `rest` is used up. An empty `rest` yields nothing; "a,," yields "a" and "". */
bool str_next(struct str *rest, char sep, struct str *one);

/* Splits at the first `sep`: true and both halves, or false and `head` is all of `s`. */
bool str_cut(struct str s, char sep, struct str *head, struct str *tail);

/* Decimal digits only, no sign, no blanks; false if empty, malformed or too large. */
MUST_CHECK bool str_u64(struct str s, uint64_t *out);

/* A NUL-terminated copy in the arena, and a slice of such a copy. */
char *str_dup(struct arena *a, struct str s);
char *str_lower(struct arena *a, struct str s); /* with letters of ASCII in lower case */
struct str str_copy(struct arena *a, struct str s);

/* Whether the byte at `at` ends the beginning of a command to a CI service that reads logs
 * (GitHub's, Azure's): the second ':' of "::error ..." where no name stands before it, the '[' of
 * "##[error]" and "##vso[...]". */
bool str_ends_command_mark(struct str s, size_t at);

/* Writes `s` to `out` (always terminated, cut at `size`) with every byte that could drive a
 * terminal - controls but tab and newline, DEL, and what is not well-formed UTF-8, and the
 * bidirectional controls - written as \xNN. So is the bracket of "##[error]" and "##vso[", which is
 * a command to a CI service wherever it stands. Returns the length written. */
size_t str_escape(struct str s, char *out, size_t size);

/* The same for what may begin a line of a log, where "::error ..." is a command as well: its second
 * colon is written as \x3a. */
size_t str_escape_log(struct str s, char *out, size_t size);

/* Edit distance (insert, delete, replace, swap of neighbours), at most `limit` + 1. Used to
 * suggest names: see str_nearest. */
unsigned str_distance(struct str a, struct str b, unsigned limit);

/* The entry of `names` (n of them, NUL-terminated) nearest to `s`, or NULL when none is near
 * enough (more than a third of its length away). */
const char *str_nearest(struct str s, const char *const *names, size_t n);

#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))

/* The body of a list: struct strings LIST(const char *); or, without a name, struct LIST(int) x;
 * A zeroed one is empty. */
#define LIST(type)             \
	{                      \
		type *v;       \
		size_t n, cap; \
	}

/* for, with `p` as the address of each element of a list; index loops are for those who need the
 * index or break off by it. */
#define list_each(p, l) for (__typeof__(*(l)->v) *p = (l)->v; p && p < (l)->v + (l)->n; p++)

/* Gives the address of a new zeroed slot at the end; grows in the arena, cannot fail. */
#define list_push(a, l) \
	((l)->v = list_grow((a), (l)->v, (l)->n, &(l)->cap, sizeof(*(l)->v)), &(l)->v[(l)->n++])

/* Adds each element of `from`, another list of the same type, to the end of `to`. */
#define list_append(a, to, from)                           \
	do {                                               \
		list_each(list_one, (from))                \
			*list_push((a), (to)) = *list_one; \
	} while (0)

void *list_grow(struct arena *a, void *v, size_t n, size_t *cap, size_t size);

/* A list of NUL-terminated strings. */
struct strings LIST(const char *);

/* Sorts by bytes; and drops repeated entries. */
void strings_sort(struct strings *l);
void strings_unique(struct strings *l);
bool strings_has(const struct strings *l, const char *s);

/* The same of a list that is sorted, by bisection. */
bool strings_sorted_has(const struct strings *l, const char *s);

/* Is the text among `list` (n names)? */
bool name_among(const char *name, const char *const *list, size_t n);

/* All of them in one text, in `a`, with `between` between two. */
const char *strings_join(struct arena *a, const struct strings *l, const char *between);

#endif
