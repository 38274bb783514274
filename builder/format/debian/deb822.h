/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_DEBIAN_DEB822_H
#define FORMAT_DEBIAN_DEB822_H

/* Debian control data (deb822(5)): stanzas of fields, as in Packages, Sources, Release and control
 * files. A reader walks a text that stays where it is (a mapped index of 57 MB, for one) and gives
 * slices of it: nothing is copied and nothing allocated.
 *
 *	struct deb822 r;
 *	deb822_init(&r, text, "Packages");
 *	while ((got = deb822_next(&r, e)) > 0)
 *		name = deb822_get(&r, "Package");
 *
 * Strict: a field that occurs twice, a name that is none, a line that is not a field, a control
 *byte or NUL, a stanza of more than DEB822_FIELDS fields are errors with their place. */

#include "base/str.h"

#define DEB822_FIELDS 96 /* the largest stanza of Debian 13 has 39 */

struct deb822_field {
	struct str name;
	struct str value; /* blanks around it removed; inner lines keep their newline */
	unsigned line;	  /* where it begins, from 1 */
};

struct deb822 {
	const char *file; /* for messages */
	struct str rest;  /* what has not been read */
	unsigned line;	  /* of the first byte of rest */
	bool comments;	  /* lines that begin with '#' are skipped (apt's and source files) */
	size_t n;
	struct deb822_field fields[DEB822_FIELDS]; /* of the current stanza, in order */
};

/* Starts at the beginning of `text`, which must outlive the reader. */
void deb822_init(struct deb822 *r, struct str text, const char *file);

/* Reads the next stanza: 1 and its fields, 0 at the end, -1 with *e set (ERR_INPUT, place). */
MUST_CHECK int deb822_next(struct deb822 *r, struct error *e);

/* The value of a field of the current stanza (names compare without case), or { NULL, 0 } if it
 * has none. The second form fails with ERR_INPUT at the stanza when it is missing or empty. */
struct str deb822_get(const struct deb822 *r, const char *name);
MUST_CHECK bool deb822_need(const struct deb822 *r, const char *name, struct str *out,
			    struct error *e);

/* Fails at a field of the current stanza (or at the stanza if it has no such field). */
bool deb822_fail(const struct deb822 *r, const char *name, struct error *e, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

/* Blank-separated words and lines of a value: false when `rest` holds no more. */
bool deb822_word(struct str *rest, struct str *word);
bool deb822_line(struct str *rest, struct str *line);

#endif
