/* SPDX-License-Identifier: Apache-2.0 */
#include "format/json/json_hint.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"

static const struct {
	const char *words, *hint;
} json_hints[] = {
	{ "expected near '/'", "; JSON has no comments" },
	{ "token near '/'", "; JSON has no comments" },
	{ "near '#'", "; JSON has no comments" },
	{ "near '''", "; texts stand in double quotes" },
	{ "string or '}' expected near '}'", "; a comma too many stands before it" },
	{ "unexpected token near ']'", "; a comma too many stands before it" },
	{ "'}' expected near '\"", "; a comma is missing before it" },
	{ "']' expected near '\"", "; a comma is missing before it" },
	{ "']' expected near '{'", "; a comma is missing before it" },
};

const char *json_hint(const char *why)
{
	for (size_t i = 0; i < ARRAY_SIZE(json_hints); i++) {
		if (strstr(why, json_hints[i].words))
			return json_hints[i].hint;
	}
	return "";
}
