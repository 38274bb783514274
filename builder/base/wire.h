/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_WIRE_H
#define BASE_WIRE_H

/* Values as bytes, for what a jailed parser says to its parent (base/jail.h): numbers in groups of
 * seven bits, least significant first (LEB128), strings with their length before them. The writer
 * cannot fail but for its buffer's maximum. The reader believes nothing: what is malformed, too
 * large or too long makes it bad, once and for all, and from then on it reads nothing but zeros. */

#include "base/buf.h"

void wire_put(struct buf *out, uint64_t n);
void wire_put_signed(struct buf *out, int64_t n); /* zigzag */
void wire_put_str(struct buf *out, struct str s);
void wire_put_text(struct buf *out, const char *s); /* or NULL */
void wire_put_texts(struct buf *out, const struct strings *l);

struct wire {
	struct arena *a; /* what is read lives here, and nothing borrows the bytes */
	struct str rest;
	bool bad;
};

/* A number of at most `max`; for flags wire_flag(). */
uint64_t wire_get(struct wire *w, uint64_t max);
int64_t wire_get_signed(struct wire *w);
bool wire_flag(struct wire *w);

/* How many elements follow, each of at least one byte: never more than there are bytes left. */
size_t wire_count(struct wire *w);

/* Never more than the message holds: `n` bytes; a string of any bytes, NUL-terminated besides; a
 * string without NUL, or NULL; one that must be there ("" once bad); a list of these. */
struct str wire_bytes(struct wire *w, size_t n);
struct str wire_str(struct wire *w);
const char *wire_text(struct wire *w);
const char *wire_name(struct wire *w);
void wire_texts(struct wire *w, struct strings *out);

/* Everything was read, and nothing was bad. */
MUST_CHECK bool wire_end(const struct wire *w);

#endif
