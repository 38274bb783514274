/* SPDX-License-Identifier: Apache-2.0 */
/* What maintainer scripts would have done: "effects". */

#include "input/recipe/recipe_reader.h"

static bool read_accepted_effect(struct reader *rd, const struct json_node *n, void *context,
				 struct error *e)
{
	static const char *const keys[] = { "package", "reason", NULL };
	struct recipe *r = context;
	struct accepted_effect *x = list_push(rd->a, &r->effects.accept);
	struct json_node package;

	x->at = read_place(n);
	return json_no_other_keys(n, keys, e) && json_need(n, "package", &package, e) &&
	       read_package(rd, &package, &x->package, e) && read_reason(rd, n, &x->reason, e);
}

static bool effects_read_java(struct reader *rd, const struct json_node *bundle,
			      enum java_store_form *out, struct error *e)
{
	struct json_node n;
	const char *form;

	if (!json_get(bundle, "java", &n))
		return true;
	if (!json_as_string(rd->a, &n, &form, e))
		return false;
	*out = strcmp(form, "jks") == 0	     ? JAVA_STORE_JKS
	       : strcmp(form, "pkcs12") == 0 ? JAVA_STORE_PKCS12
					     : JAVA_STORE_NONE;
	return *out != JAVA_STORE_NONE || json_fail(&n, e, "is \"jks\" or \"pkcs12\"");
}

/* Nobody trusts an authority less because an image stands on another one. */
static void effects_take_bundle(struct reader *rd, struct recipe *r)
{
	struct ca_bundle *b = &r->effects.ca_bundle;

	if (!r->base)
		return;
	*b = r->base->effects.ca_bundle;
	b->asked = false;
	b->files = (struct strings){ 0 };
	list_append(rd->a, &b->files, &r->base->effects.ca_bundle.files);
}

static bool effects_read_bundle(struct reader *rd, const struct json_node *n, struct recipe *r,
				struct error *e)
{
	static const char *const keys[] = { "package", "files", "java", NULL };
	struct ca_bundle *b = &r->effects.ca_bundle;
	struct json_node package;

	b->asked = true;
	b->at = read_place(n);
	if (json_node_is_string(n))
		return read_package(rd, n, &b->package, e);
	if (!json_node_is_object(n))
		return json_fail(n, e,
				 "is the name of a package, or an object with \"package\", "
				 "\"files\" or \"java\"");
	if (!json_no_other_keys(n, keys, e) ||
	    (json_get(n, "package", &package) && !read_package(rd, &package, &b->package, e)) ||
	    !read_paths(rd, n, "files", &b->files, e) || !effects_read_java(rd, n, &b->java, e))
		return false;
	if (json_count(n) == 0)
		return json_fail(n, e, "says nothing: \"package\", \"files\" or \"java\"");
	return b->package || b->files.n || r->base_image ||
	       json_fail(n, e, "needs \"package\" or \"files\": the base has no certificates");
}

/* A name as locale(1) prints them, whose folder is in the package. */
static bool effects_check_locale(const struct json_node *n, const char *name, struct error *e)
{
	static const char *const built_in[] = { "C", "POSIX" };

	for (size_t i = 0; i < ARRAY_SIZE(built_in); i++) {
		if (strcmp(name, built_in[i]) == 0)
			return json_fail(n, e,
					 "\"%s\" is part of the C library: nothing has to be added",
					 name);
	}
	return (name[0] && name[0] != '.' && !strpbrk(name, "/ ") && strlen(name) < 64) ||
	       json_fail(n, e, "\"%s\" is not the name of a locale, such as \"de_DE.UTF-8\"", name);
}

static bool effects_read_locales(struct reader *rd, const struct json_node *effects,
				 struct recipe *r, struct error *e)
{
	struct json_node list, item;

	if (!json_get(effects, "locales", &list))
		return true;
	r->effects.locales_at = read_place(&list);
	if (!json_as_strings(rd->a, &list, &r->effects.locales, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		if (!effects_check_locale(&item, r->effects.locales.v[i], e))
			return false;
	}
	return true;
}

static bool effects_read_bytecode(struct reader *rd, const struct json_node *effects,
				  struct recipe *r, struct error *e)
{
	struct json_node n;
	bool wanted = false;

	return !json_get(effects, "python-bytecode", &n) ||
	       (json_opt_bool(effects, "python-bytecode", &wanted, e) &&
		(!wanted || bytecode_source(rd, &n, &r->effects.bytecode, e)));
}

bool effects_read(struct reader *rd, const struct json_node *root, struct recipe *r,
		  struct error *e)
{
	static const char *const keys[] = { "ca-bundle",   "locales", "python-bytecode",
					    "ld-so-cache", "accept",  NULL };
	struct json_node n, bundle;

	effects_take_bundle(rd, r);
	if (!json_get(root, "effects", &n))
		return true;
	if (!json_want_object(&n, e) || !json_no_other_keys(&n, keys, e) ||
	    (json_get(&n, "ca-bundle", &bundle) && !effects_read_bundle(rd, &bundle, r, e)) ||
	    !effects_read_locales(rd, &n, r, e) || !effects_read_bytecode(rd, &n, r, e))
		return false;
	return json_opt_bool(&n, "ld-so-cache", &r->effects.ld_so_cache, e) &&
	       read_each(rd, &n, "accept", read_accepted_effect, r, e);
}
