/* SPDX-License-Identifier: Apache-2.0 */
/* Members that may be null. */

#include "format/json/jsonx.h"

bool jsonx_get(const struct json_node *object, const char *key, struct json_node *out)
{
	return json_get(object, key, out) && !json_node_is_null(out);
}

const char *jsonx_text(struct arena *a, const struct json_node *object, const char *key)
{
	struct error ignored = { 0 };
	struct json_node n;
	const char *text;

	if (!jsonx_get(object, key, &n) || !json_node_is_string(&n) ||
	    !json_as_string(a, &n, &text, &ignored))
		return NULL;
	return text;
}

bool jsonx_string(struct arena *a, const struct json_node *object, const char *key,
		  const char **out, struct error *e)
{
	struct json_node n;

	return !jsonx_get(object, key, &n) || json_as_string(a, &n, out, e);
}

bool jsonx_strings(struct arena *a, const struct json_node *object, const char *key,
		   struct strings *out, struct error *e)
{
	struct json_node n;

	return !jsonx_get(object, key, &n) || json_as_strings(a, &n, out, e);
}

bool jsonx_keys(const struct json_node *object, const char *key, struct arena *a,
		struct strings *out, struct error *e)
{
	struct json_node n, member;

	if (!jsonx_get(object, key, &n))
		return true;
	if (!json_want_object(&n, e))
		return false;
	for (size_t i = 0; json_member(&n, i, &member); i++)
		*list_push(a, out) = arena_strdup(a, member.key);
	return true;
}
