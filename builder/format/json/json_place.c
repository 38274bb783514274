/* SPDX-License-Identifier: Apache-2.0 */
/* A scanner over valid JSON that only skips. A key written with escapes is not recognised; the
 * place is then that of the object around it. */

#include "format/json/json_place.h"

static size_t skip_blanks(struct str t, size_t i)
{
	while (i < t.n && strchr(" \t\r\n:,", t.p[i]) && t.p[i])
		i++;
	return i;
}

static size_t skip_string(struct str t, size_t i)
{
	for (i++; i < t.n && t.p[i] != '"'; i++) {
		if (t.p[i] == '\\')
			i++;
	}
	return i + 1;
}

static size_t skip_value(struct str t, size_t i)
{
	unsigned depth = 0;

	do {
		i = skip_blanks(t, i);
		if (i >= t.n)
			return t.n;
		if (t.p[i] == '"') {
			i = skip_string(t, i);
			continue;
		}
		if (t.p[i] == '{' || t.p[i] == '[') {
			depth++;
			i++;
		} else if (t.p[i] == '}' || t.p[i] == ']') {
			depth--;
			i++;
		} else {
			while (i < t.n && (t.p[i] == '\0' || !strchr(" \t\r\n:,{}[]", t.p[i])))
				i++;
		}
	} while (depth);
	return i;
}

/* The offset of the key in the object at `i`, or of the object if it is not found. */
static size_t find_key(struct str t, size_t i, const char *key)
{
	size_t object = i, n = strlen(key);

	for (i = skip_blanks(t, i + 1); i < t.n && t.p[i] == '"'; i = skip_blanks(t, i)) {
		size_t end = skip_string(t, i);

		if (end <= t.n && end - i == n + 2 && memcmp(t.p + i + 1, key, n) == 0)
			return i;
		i = skip_value(t, end);
	}
	return object;
}

static size_t find_element(const struct json_node *n)
{
	struct str t = n->doc->text;
	struct json_near *near = n->near;
	bool behind = near && near->array == n->up->value && near->known && near->index <= n->index;
	size_t k = behind ? near->index : 0;
	size_t i = behind ? near->at : skip_blanks(t, json_place_value(n->up) + 1);

	for (; k < n->index; k++)
		i = skip_blanks(t, skip_value(t, i));
	if (near && near->array != n->up->value)
		*near = (struct json_near){ .array = n->up->value };
	if (near) {
		near->known = true;
		near->index = n->index;
		near->at = i;
	}
	return i;
}

size_t json_place_value(const struct json_node *n)
{
	struct str t = n->doc->text;
	size_t i, key;

	if (!n->up)
		return skip_blanks(t, 0);
	if (!n->key)
		return find_element(n);
	i = json_place_value(n->up);
	key = find_key(t, i, n->key);
	return key == i ? i : skip_blanks(t, skip_string(t, key));
}

size_t json_place_key(const struct json_node *object, const char *key)
{
	return find_key(object->doc->text, json_place_value(object), key);
}

size_t json_place_end(const struct json_node *n)
{
	return skip_value(n->doc->text, json_place_value(n));
}
