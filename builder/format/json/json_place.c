/* SPDX-License-Identifier: Apache-2.0 */
/* A scanner over valid JSON that only skips. A key written with escapes is not recognised; the
 * place is then that of the object around it. */

#include "format/json/json_place.h"

#include "format/json/json_walk.h"

static size_t json_skip_blanks(struct str t, size_t i)
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
		i = json_skip_blanks(t, i);
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

/* The offset of the key among the members from `i` up to `end`, or `none`. */
static size_t find_key(struct str t, size_t i, size_t end, const char *key, size_t none)
{
	size_t n = strlen(key);

	for (; i < end && i < t.n && t.p[i] == '"'; i = json_skip_blanks(t, i)) {
		size_t behind = skip_string(t, i);

		if (behind <= t.n && behind - i == n + 2 && memcmp(t.p + i + 1, key, n) == 0)
			return i;
		i = skip_value(t, behind);
	}
	return none;
}

/* From the member that was found last to the end, then from the beginning: most ask in the order of
 * the text. The offset of the object if it has no such key. */
static size_t find_member(const struct json_node *object, const char *key)
{
	struct str t = object->doc->text;
	struct json_step *step = json_walk_step(object);
	size_t begin = json_place_value(object), first = json_skip_blanks(t, begin + 1);
	size_t from = step && step->placed ? step->at : first;
	size_t at = find_key(t, from, t.n, key, begin);

	if (at == begin)
		at = find_key(t, first, from, key, begin);
	if (step && at != begin) {
		step->placed = true;
		step->at = at;
	}
	return at;
}

static size_t find_element(const struct json_node *n)
{
	struct str t = n->doc->text;
	struct json_step *step = json_walk_step(n->up);
	bool behind = step && step->placed && step->index <= n->index;
	size_t k = behind ? step->index : 0;
	size_t i = behind ? step->at : json_skip_blanks(t, json_place_value(n->up) + 1);

	for (; k < n->index; k++)
		i = json_skip_blanks(t, skip_value(t, i));
	if (step) {
		step->placed = true;
		step->index = n->index;
		step->at = i;
	}
	return i;
}

size_t json_place_value(const struct json_node *n)
{
	struct str t = n->doc->text;
	size_t object, key;

	if (!n->up)
		return json_skip_blanks(t, 0);
	if (!n->key)
		return find_element(n);
	object = json_place_value(n->up);
	key = find_member(n->up, n->key);
	return key == object ? object : json_skip_blanks(t, skip_string(t, key));
}

size_t json_place_key(const struct json_node *object, const char *key)
{
	return find_member(object, key);
}

size_t json_place_end(const struct json_node *n)
{
	return skip_value(n->doc->text, json_place_value(n));
}
