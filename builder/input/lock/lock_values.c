/* SPDX-License-Identifier: Apache-2.0 */
#include "input/lock/lock_values.h"

#include "format/debian/debian_names.h"
#include "format/debian/debversion.h"

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

static bool lock_take_source(struct arena *a, const struct json_node *n, struct locked_package *p,
			     struct error *e)
{
	static const char *const keys[] = { "name", "version", NULL };
	struct json_node source;

	p->source = p->name;
	p->source_version = p->version;
	if (!json_get(n, "source", &source))
		return true;
	return json_want_object(&source, e) &&
	       lock_need_name(a, &source, "name", name_is_package, &p->source, e) &&
	       lock_need_name(a, &source, "version", debversion_valid, &p->source_version, e) &&
	       json_no_other_keys(&source, keys, e);
}

bool lock_need_package(struct arena *a, const struct json_node *n, struct locked_package *p,
		       struct error *e)
{
	return lock_need_name(a, n, "name", name_is_package, &p->name, e) &&
	       lock_need_name(a, n, "version", debversion_valid, &p->version, e) &&
	       lock_need_name(a, n, "architecture", name_is_architecture, &p->architecture, e) &&
	       lock_take_source(a, n, p, e);
}

void lock_put_package(struct jsonw *w, const struct locked_package *p)
{
	jsonw_cstr(w, "name", p->name);
	jsonw_cstr(w, "version", p->version);
	jsonw_cstr(w, "architecture", p->architecture);
	if (strcmp(p->source, p->name) == 0 && strcmp(p->source_version, p->version) == 0)
		return;
	jsonw_object_inline(w, "source");
	jsonw_cstr(w, "name", p->source);
	jsonw_cstr(w, "version", p->source_version);
	jsonw_object_end(w);
}

void lock_put_text(struct jsonw *w, const char *key, const char *value)
{
	if (value && value[0])
		jsonw_cstr(w, key, value);
}
