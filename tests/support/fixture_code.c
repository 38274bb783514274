/* SPDX-License-Identifier: Apache-2.0 */
/* C sources as tests of style read them. */

#include "support/fixture_code.h"

#include <string.h>

#include "base/arena.h"

bool code_is_identifier(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* Blanks out up to `end`, but for line ends. */
static char *blank_to(char *p, const char *end)
{
	for (; p < end; p++)
		*p = *p == '\n' ? '\n' : ' ';
	return p;
}

static char *blank_quoted(char *p)
{
	char quote = *p++;

	for (; *p && *p != quote; p++) {
		if (p[0] == '\\' && p[1])
			*p++ = ' ';
		*p = ' ';
	}
	return *p ? p + 1 : p;
}

char *code_only(struct arena *a, const char *text)
{
	char *code = arena_strdup(a, text), *p = code;

	while (*p) {
		if (p[0] == '/' && p[1] == '*') {
			const char *end = strstr(p, "*/");

			p = blank_to(p, end ? end + 2 : p + strlen(p));
		} else if (*p == '"' || *p == '\'') {
			p = blank_quoted(p);
		} else {
			p++;
		}
	}
	return code;
}

/* "static bool take(struct x *x" -> "take"; empty when it is not a function's head. */
static struct str head_name(struct str head)
{
	size_t end = 0, start;

	while (end < head.n && head.p[end] != '(')
		end++;
	for (start = end; start > 0 && code_is_identifier(head.p[start - 1]);)
		start--;
	return end < head.n ? (struct str){ head.p + start, end - start } : (struct str){ 0 };
}

static bool is_head_start(struct str line)
{
	return line.n && code_is_identifier(line.p[0]);
}

struct code_functions code_functions(struct arena *a, const char *code)
{
	struct code_functions out = { 0 };
	struct str rest = str_of(code), line, head = { 0 };
	unsigned number = 0, start = 0;
	const char *body = code;

	while (str_next(&rest, '\n', &line)) {
		number++;
		if (!start && is_head_start(line)) {
			head = line;
		} else if (line.n && line.p[0] == '{' && head.n) {
			struct str name = head_name(
				(struct str){ head.p, (size_t)(line.p - head.p) });

			start = number;
			body = line.p;
			if (name.n)
				*list_push(a, &out) = (struct code_function){
					name, str_starts(head, STR("static ")), 0, { 0 }
				};
		} else if (line.n && line.p[0] == '}' && start) {
			if (out.n && !out.v[out.n - 1].lines) {
				out.v[out.n - 1].lines = number - start + 1;
				out.v[out.n - 1].body = (struct str){ body,
								      (size_t)(line.p + 1 - body) };
			}
			start = 0;
			head = (struct str){ 0 };
		}
	}
	return out;
}

bool code_next_include(struct str *text, unsigned *number, struct str *name)
{
	static const char start[] = "#include \"";
	struct str line, rest;

	while (str_next(text, '\n', &line)) {
		++*number;
		if (str_starts(line, STR("#include \"")) &&
		    str_cut(str_from(line, sizeof(start) - 1), '"', name, &rest))
			return true;
	}
	return false;
}
