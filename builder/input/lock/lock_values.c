/* SPDX-License-Identifier: Apache-2.0 */
#include "input/lock/lock_values.h"

bool lock_need_string(struct arena *a, const struct json_node *n, const char *key, const char **out,
		      struct error *e)
{
	struct json_node v;

	return json_need(n, key, &v, e) && json_as_string(a, &v, out, e);
}

bool lock_need_u64(const struct json_node *n, const char *key, uint64_t *out, struct error *e)
{
	struct json_node v;

	return json_need(n, key, &v, e) && json_as_u64(&v, out, e);
}

bool lock_need_digest(struct arena *a, const struct json_node *n, const char *key,
		      struct digest *out, struct error *e)
{
	struct json_node v;
	const char *hex;

	if (!json_need(n, key, &v, e) || !json_as_string(a, &v, &hex, e))
		return false;
	return digest_parse(str_of(hex), out) ||
	       json_fail(&v, e, "expected 64 lower-case hexadecimal digits");
}

bool lock_need_name(struct arena *a, const struct json_node *n, const char *key,
		    bool (*check)(struct str), const char **out, struct error *e)
{
	struct json_node v;

	if (!json_need(n, key, &v, e) || !json_as_string(a, &v, out, e))
		return false;
	return check(str_of(*out)) || json_fail(&v, e, "\"%s\" is not a valid %s", *out, key);
}
