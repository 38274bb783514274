/* SPDX-License-Identifier: Apache-2.0 */
/* Names and digests, one a line. */

#include "input/lock/lock_builtin.h"

static bool read_builtin_file(struct arena *a, const struct json_node *n, struct builtin_file *f,
			      struct error *e)
{
	static const char *const keys[] = { "name", "sha256", NULL };
	struct json_node name, sum;
	const char *hex;

	if (!json_want_object(n, e) || !json_need(n, "name", &name, e) ||
	    !json_as_string(a, &name, &f->name, e) || !json_need(n, "sha256", &sum, e) ||
	    !json_as_string(a, &sum, &hex, e) || !json_no_other_keys(n, keys, e))
		return false;
	return digest_parse(str_of(hex), &f->sha256) ||
	       json_fail(&sum, e, "expected 64 lower-case hexadecimal digits");
}

bool lock_builtin_read(struct arena *a, const struct json_node *root, struct lock *lock,
		       struct error *e)
{
	struct json_node list, item;

	if (!json_get(root, "built-in", &list))
		return true;
	if (!json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		if (!read_builtin_file(a, &item, list_push(a, &lock->builtin), e))
			return false;
	}
	builtin_sort(&lock->builtin);
	return true;
}

void lock_builtin_write(struct jsonw *w, const struct lock *lock)
{
	if (lock->builtin.n == 0)
		return;
	jsonw_array(w, "built-in");
	for (size_t i = 0; i < lock->builtin.n; i++) {
		char hex[DIGEST_TEXT];

		digest_hex(&lock->builtin.v[i].sha256, hex);
		jsonw_object_inline(w, NULL);
		jsonw_cstr(w, "name", lock->builtin.v[i].name);
		jsonw_cstr(w, "sha256", hex);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}
