/* SPDX-License-Identifier: Apache-2.0 */
/* Values as they are; blanks and escapes are the writer's. */

#include "format/json/json_copy.h"

static bool json_copy_array(struct jsonw *w, const char *key, const struct json_node *n,
			    struct error *e)
{
	struct json_node item;

	jsonw_array(w, key);
	for (size_t i = 0; json_item(n, i, &item); i++) {
		if (!json_copy(w, NULL, &item, e))
			return false;
	}
	jsonw_array_end(w);
	return true;
}

static bool json_copy_object(struct jsonw *w, const char *key, const struct json_node *n,
			     struct error *e)
{
	struct json_node member;

	jsonw_object(w, key);
	for (size_t i = 0; json_member(n, i, &member); i++) {
		if (!json_copy(w, member.key, &member, e))
			return false;
	}
	jsonw_object_end(w);
	return true;
}

bool json_copy(struct jsonw *w, const char *key, const struct json_node *n, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *text;
	bool ok;

	if (w->depth + 2 >= JSONW_DEPTH)
		return json_fail(n, e, "is nested too deeply");
	if (json_node_is_object(n))
		return json_copy_object(w, key, n, e);
	if (json_node_is_array(n))
		return json_copy_array(w, key, n, e);
	if (!json_node_is_string(n)) {
		jsonw_literal(w, key, json_text(&a, n));
		return true;
	}
	ok = json_as_string(&a, n, &text, e);
	if (ok)
		jsonw_cstr(w, key, text);
	return ok;
}
