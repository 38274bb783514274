/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H

/* Text built in a caller's array, and text read without leaving it. Nothing here
 * allocates; what does not fit is cut, and the cut is remembered. */

#include <stdbool.h>
#include <stddef.h>

/* Text under construction. `p` is always NUL-terminated when cap > 0. */
struct text {
	char *p;
	size_t cap; /* bytes available, the NUL included */
	size_t len; /* bytes used, the NUL excluded */
	bool cut;   /* something did not fit */
};

/* An empty text over the array `a`. */
#define TEXT_OF(a) ((struct text){ .p = text_clear((a), sizeof(a)), .cap = sizeof(a) })

/* Makes `p` the empty string and returns it; for TEXT_OF. */
char *text_clear(char *p, size_t cap);

/* Appends `n` bytes, a string, or formatted text. */
void text_bytes(struct text *t, const void *s, size_t n);
void text_add(struct text *t, const char *s);
void text_addf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Copies `n` bytes of `s` to `dst` of size `cap`, NUL-terminated. False if they did not fit
 * (then `dst` is empty) or contain a NUL. */
bool text_copy(char *dst, size_t cap, const char *s, size_t n);

/* Reads all of `s` as a decimal number from `min` to `max`: digits only, no sign, no space.
 * False, `*out` untouched, for anything else. */
bool text_number(const char *s, unsigned long long min, unsigned long long max,
		 unsigned long long *out);

#endif
