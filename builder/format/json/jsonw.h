/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_JSON_JSONW_H
#define FORMAT_JSON_JSONW_H

/* Writing JSON (RFC 8259). The bytes are hashed into images, so they must not depend on a
 * library's version: members come out in the order they are written, strings are escaped the
 * shortest way (but for the bracket of "##[", which is a command to a CI service that reads it),
 * invalid UTF-8 becomes U+FFFD. Two forms: compact (no blanks at all), and pretty (one member a
 * line, two blanks a level, a final newline), good to diff. */

#include "base/buf.h"

#define JSONW_DEPTH 32

struct jsonw {
	struct buf *out;
	bool pretty;
	unsigned depth;
	bool any[JSONW_DEPTH];	   /* something stands in this level */
	bool inlined[JSONW_DEPTH]; /* this level is kept on one line */
};

void jsonw_init(struct jsonw *w, struct buf *out, bool pretty);

/* key is NULL inside arrays and at the top. The inline forms stay on one line when pretty. */
void jsonw_object(struct jsonw *w, const char *key);
void jsonw_object_inline(struct jsonw *w, const char *key);
void jsonw_object_end(struct jsonw *w);
void jsonw_array(struct jsonw *w, const char *key);
void jsonw_array_inline(struct jsonw *w, const char *key);
void jsonw_array_end(struct jsonw *w);
void jsonw_str(struct jsonw *w, const char *key, struct str value);
void jsonw_cstr(struct jsonw *w, const char *key, const char *value);
void jsonw_printf(struct jsonw *w, const char *key, const char *fmt, ...) PRINTF_LIKE(3, 4);
void jsonw_u64(struct jsonw *w, const char *key, uint64_t value);
void jsonw_i64(struct jsonw *w, const char *key, int64_t value);
void jsonw_bool(struct jsonw *w, const char *key, bool value);
void jsonw_null(struct jsonw *w, const char *key);
/* A number, true, false or null that is JSON already. */
void jsonw_literal(struct jsonw *w, const char *key, const char *json);
void jsonw_strings(struct jsonw *w, const char *key, const struct strings *list);

/* The length of the well-formed UTF-8 sequence of at least two bytes (RFC 3629) that `s`, which is
 * not empty, begins with, or 0: then a byte of it becomes U+FFFD. */
size_t jsonw_utf8_sequence(struct str s);

/* Ends the text: a newline in the pretty form. */
void jsonw_finish(struct jsonw *w);

#endif
