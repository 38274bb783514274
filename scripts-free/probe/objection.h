/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_OBJECTION_H
#define PROBE_OBJECTION_H

/* Why the answer is no, in an array of its own: nothing here allocates. This folder shares no code
 * with ../common: it is compiled with musl, because glibc makes a static program of 700 KB. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct objection {
	size_t len;
	char p[1024]; /* NUL-terminated; what does not fit is cut */
};

/* Append formatted text, or `n` bytes that a server sent; false, so that callers can return it. */
bool objection_add(struct objection *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool objection_bytes(struct objection *r, const char *s, size_t n);

/* Prints "probe: WHAT: REASON" as one line on stderr. Bytes that are no printable ASCII become
 * \xNN, so that nobody's terminal obeys a server. */
void objection_print(const struct objection *r, const char *what);

/* Reads `n` bytes as a decimal number of at most `max`: digits only. False: it is none. */
bool number_parse(const char *s, size_t n, uint64_t max, uint64_t *out);

#endif
