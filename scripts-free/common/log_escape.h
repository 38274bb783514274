/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_LOG_ESCAPE_H
#define COMMON_LOG_ESCAPE_H

/* Makes any bytes safe to print as one line of a log: no control byte, no escape sequence,
 * no invalid UTF-8, no bidirectional override reaches the reader's terminal. */

#include <stddef.h>

/* Bytes that `n` bytes may need at most after escaping, the NUL excluded. */
#define LOG_ESCAPED_MAX(n) (4 * (n))

/* Writes `n` bytes of `in` to `out` (size `cap` > 0), NUL-terminated, and returns the length.
 * Valid UTF-8 and tabs stay; every other control byte, C1 control, bidirectional control
 * and invalid byte becomes \xNN. A backslash becomes \x5c only where it would read as such an
 * escape, so the result can be turned back. Stops before `cap` without splitting an escape. */
size_t log_escape(const char *in, size_t n, char *out, size_t cap);

/* The same, and how many bytes of `in` that was: the rest is for the next call. */
size_t log_escape_part(const char *in, size_t n, char *out, size_t cap, size_t *taken);

/* The inverse of log_escape. Returns the length; `out` needs at most `n` bytes. */
size_t log_unescape(const char *in, size_t n, char *out, size_t cap);

/* Length of the UTF-8 sequence at `p` (1 to 4), or 0 if there is no valid one. */
size_t utf8_length(const unsigned char *p, size_t n);

#endif
