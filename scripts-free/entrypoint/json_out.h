/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_JSON_OUT_H
#define ENTRYPOINT_JSON_OUT_H

/* Writes one JSON document to a stream, comma and quote in the right place. Strings that are not
 * UTF-8 come out with the bad bytes as \xNN text, so the document is always valid. */

#include <stdbool.h>
#include <stdio.h>

struct json_out {
	FILE *to;
	unsigned depth;
	bool filled[16]; /* a value was written at this depth: the next needs a comma */
};

/* Opens and closes an object or array; `key` is NULL inside arrays and at the top. */
void jout_object(struct json_out *j, const char *key);
void jout_array(struct json_out *j, const char *key);
void jout_end_object(struct json_out *j);
void jout_end_array(struct json_out *j);

/* Members. A NULL string is written as null. */
void jout_string(struct json_out *j, const char *key, const char *s);
void jout_bytes(struct json_out *j, const char *key, const char *s, size_t n);
void jout_number(struct json_out *j, const char *key, long long v);
void jout_bool(struct json_out *j, const char *key, bool v);

#endif
