/* SPDX-License-Identifier: Apache-2.0 */
/* Every byte is looked at once. */

#include "format/json/json_member.h"

static bool member_blank(struct str *rest)
{
	while (rest->n && strchr(" \t\r\n", rest->p[0]))
		*rest = str_from(*rest, 1);
	return rest->n > 0;
}

/* Takes a string; `out` is what stands between the quotes. */
static bool member_string(struct str *rest, struct str *out)
{
	size_t n = 1;

	if (!member_blank(rest) || rest->p[0] != '"')
		return false;
	while (n < rest->n && rest->p[n] != '"')
		n += rest->p[n] == '\\' ? 2 : 1;
	if (n >= rest->n)
		return false;
	*out = (struct str){ rest->p + 1, n - 1 };
	*rest = str_from(*rest, n + 1);
	return true;
}

/* Takes a value, whatever it is. */
static bool member_value(struct str *rest, struct str *out)
{
	const struct str whole = *rest;
	struct str word;
	size_t depth = 0;

	while (rest->n) {
		char c = rest->p[0];

		if (c == '"') {
			if (!member_string(rest, &word))
				return false;
			continue;
		}
		if (depth == 0 && strchr(",]}", c))
			break;
		if (c == '{' || c == '[')
			depth++;
		else if (c == '}' || c == ']')
			depth--;
		*rest = str_from(*rest, 1);
	}
	*out = str_trim((struct str){ whole.p, whole.n - rest->n });
	return depth == 0 && out->n;
}

static bool member_one(struct str object, const char *key, struct str *out)
{
	struct str rest = object, name;

	if (!member_blank(&rest) || rest.p[0] != '{')
		return false;
	do {
		rest = str_from(rest, 1); /* '{' or ',' */
		if (!member_string(&rest, &name) || !member_blank(&rest) || rest.p[0] != ':')
			return false;
		rest = str_from(rest, 1);
		if (!member_value(&rest, out))
			return false;
		if (str_eq(name, str_of(key)))
			return true;
	} while (rest.n && rest.p[0] == ',');
	return false;
}

bool json_member_find(struct str text, const char *const *keys, size_t n, struct str *out)
{
	*out = text;
	for (size_t i = 0; i < n; i++) {
		if (!member_one(*out, keys[i], out))
			return false;
	}
	return true;
}
