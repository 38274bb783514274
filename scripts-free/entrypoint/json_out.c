/* SPDX-License-Identifier: Apache-2.0 */
/* A writer without memory but its depth. */

#include "entrypoint/json_out.h"

#include <string.h>

#include "common/log_escape.h"

static void jout_quote(struct json_out *j, const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;

	fputc('"', j->to);
	for (size_t i = 0; i < n;) {
		size_t len = utf8_length(p + i, n - i);

		if (len == 0) {
			fprintf(j->to, "\\\\x%02x", p[i++]);
		} else if (len == 1 && (p[i] == '"' || p[i] == '\\')) {
			fprintf(j->to, "\\%c", p[i++]);
		} else if (len == 1 && (p[i] < 0x20 || p[i] == 0x7f)) {
			fprintf(j->to, "\\u%04x", p[i++]);
		} else {
			fwrite(p + i, 1, len, j->to);
			i += len;
		}
	}
	fputc('"', j->to);
}

static void jout_begin(struct json_out *j, const char *key)
{
	if (j->filled[j->depth])
		fputc(',', j->to);
	j->filled[j->depth] = true;
	if (j->depth > 0) {
		fputc('\n', j->to);
		for (unsigned i = 0; i < j->depth; i++)
			fputs("  ", j->to);
	}
	if (key != NULL) {
		jout_quote(j, key, strlen(key));
		fputs(": ", j->to);
	}
}

static void open_value(struct json_out *j, const char *key, char bracket)
{
	jout_begin(j, key);
	fputc(bracket, j->to);
	if (j->depth + 1 < sizeof j->filled / sizeof j->filled[0])
		j->depth++;
	j->filled[j->depth] = false;
}

static void close_value(struct json_out *j, char bracket)
{
	bool filled = j->filled[j->depth];

	j->depth--;
	if (filled) {
		fputc('\n', j->to);
		for (unsigned i = 0; i < j->depth; i++)
			fputs("  ", j->to);
	}
	fputc(bracket, j->to);
}

void jout_object(struct json_out *j, const char *key)
{
	open_value(j, key, '{');
}

void jout_array(struct json_out *j, const char *key)
{
	open_value(j, key, '[');
}

void jout_end_object(struct json_out *j)
{
	close_value(j, '}');
}

void jout_end_array(struct json_out *j)
{
	close_value(j, ']');
}

void jout_bytes(struct json_out *j, const char *key, const char *s, size_t n)
{
	jout_begin(j, key);
	jout_quote(j, s, n);
}

void jout_string(struct json_out *j, const char *key, const char *s)
{
	if (s != NULL) {
		jout_bytes(j, key, s, strlen(s));
		return;
	}
	jout_begin(j, key);
	fputs("null", j->to);
}

void jout_number(struct json_out *j, const char *key, long long v)
{
	jout_begin(j, key);
	fprintf(j->to, "%lld", v);
}

void jout_bool(struct json_out *j, const char *key, bool v)
{
	jout_begin(j, key);
	fputs(v ? "true" : "false", j->to);
}
