/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/lenient.h"

bool lenient_get(const struct json_node *object, const char *key, struct json_node *out)
{
	return json_node_is_object(object) && json_get(object, key, out) && !json_node_is_null(out);
}

const char *lenient_text(struct arena *a, const struct json_node *object, const char *key)
{
	struct error ignored = { 0 };
	struct json_node n;
	const char *text;

	if (!lenient_get(object, key, &n) || !json_node_is_string(&n) ||
	    !json_as_string(a, &n, &text, &ignored))
		return NULL;
	return text;
}
