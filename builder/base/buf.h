/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

/* A growing string under a stated maximum. Bytes live in an arena; a buffer that would pass
 * its maximum keeps what it has and remembers that it overflowed. */

#include "base/str.h"

struct buf {
	struct arena *a;
	char *p; /* NUL-terminated; NULL while empty */
	size_t n, cap;
	size_t max;    /* most bytes it may hold; 0: 256 MiB */
	bool overflow; /* something did not fit */
};

void buf_add(struct buf *b, struct str s);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
/* A character of Unicode, at most 0x10ffff and no surrogate, as UTF-8 (RFC 3629). */
void buf_put_utf8(struct buf *b, uint32_t c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* What it holds; valid until the next addition. */
struct str buf_str(const struct buf *b);
const char *buf_cstr(const struct buf *b);

#endif
