/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_CONF_LINES_H
#define COMMON_CONF_LINES_H

/* The lines and words of a squid.conf, as Squid itself cuts them: comments and blank lines
 * dropped, CR dropped, lines that end in a backslash joined. Knows no directive. Pure. */

#include <stdbool.h>
#include <stddef.h>

/* A logical line in the making. Start with all zero. */
struct conf_lines {
	char buf[8192]; /* the line, NUL-terminated; Squid's own limit is 8192 too */
	size_t len;
	bool open; /* the last piece ended in a backslash */
	bool cut;  /* the line was longer than buf */
};

/* Adds one physical line of `n` bytes, without its line feed. True if l->buf now holds a
 * whole, non-empty logical line; it is valid until the next call. */
bool conf_lines_add(struct conf_lines *l, const char *s, size_t n);

/* Takes the next word of `*rest` into `word`, and moves `*rest` behind it. Words are separated
 * by blanks; a word in quotes may contain them; # starts a comment. False at the end, or if
 * the word does not fit. */
bool conf_word(const char **rest, char *word, size_t cap);

#endif
