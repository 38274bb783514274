/* SPDX-License-Identifier: Apache-2.0 */
/* Components and their providers. */

#include "input/recipe/recipe_reader.h"

#include "base/path.h"
#include "input/recipe/key_homes.h"

static const char *merged_link(const void *context, const char *path)
{
	(void)context;
	return path_merged_link(path);
}

/* Debian's packages have nothing below /bin, /sbin and /lib: such a path means nothing to them. */
static bool path_check_merged(struct reader *rd, const struct json_node *n, const char *path,
			      struct error *e)
{
	const char *link, *real = path_through(rd->a, path, merged_link, NULL, &link);

	return !link || json_fail(n, e, "/%s is a symlink to %s in Debian 13; write \"/%s\"", link,
				  path_merged_link(link), real);
}

/* An array of paths or patterns that has been read, so its values are strings. */
static bool list_check_merged(struct reader *rd, const struct json_node *object, const char *key,
			      struct error *e)
{
	struct json_node array, item;
	const char *path;

	if (!json_get(object, key, &array))
		return true;
	for (size_t i = 0; json_item(&array, i, &item); i++) {
		if (!json_as_string(rd->a, &item, &path, e) ||
		    !path_check_merged(rd, &item, path, e))
			return false;
	}
	return true;
}

static bool read_alternatives(struct reader *rd, const struct json_node *n, struct provider *p,
			      struct error *e)
{
	struct json_node map, one;

	if (!json_get(n, "alternatives", &map))
		return true;
	if (!json_want_object(&map, e))
		return false;
	for (size_t i = 0; json_member(&map, i, &one); i++) {
		struct link_spec *l = list_push(rd->a, &p->alternatives);
		const char *fault = variables_fault(rd, one.key);
		struct error why = { 0 };

		l->at = read_place(&one);
		if (fault)
			return json_fail_key(&map, one.key, e, "%s", fault);
		if (one.key[0] != '/' || !path_normalise(rd->a, str_of(one.key), &l->path, &why))
			return json_fail(&one, e, "\"%s\" is not an absolute path in the image",
					 one.key);
		l->path = arena_printf(rd->a, "/%s", l->path);
		if (!path_check_merged(rd, &one, l->path, e))
			return false;
		if (!read_variable_path(rd, &one, &l->to, e))
			return false;
	}
	return true;
}

/* Where files of the provider stand and which are taken; ${version} is its source's. */
static bool provider_read_paths(struct reader *rd, const struct json_node *n, struct provider *p,
				struct error *e)
{
	bool done;

	rd->version = p->source ? p->source->version : NULL;
	done = read_variable_patterns(rd, n, "keep", &p->keep, e) &&
	       read_variable_patterns(rd, n, "drop", &p->drop, e) && read_alternatives(rd, n, p, e);
	rd->version = NULL;
	return done;
}

static bool read_provider(struct reader *rd, const struct json_node *n, void *context,
			  struct error *e)
{
	static const char *const keys[] = { "packages", "source", "download", "alternatives",
					    "keep",	"drop",	  NULL };
	struct component *c = context;
	struct provider *p = list_push(rd->a, &c->providers);
	struct json_node source, download;
	bool asked[2];
	const char *path;

	p->at = read_place(n);
	if (!json_no_homeless_keys(n, keys, key_homes, e) ||
	    !read_packages(rd, n, "packages", &p->packages, e))
		return false;
	asked[0] = json_get(n, "source", &source);
	asked[1] = json_get(n, "download", &download);
	if ((p->packages.n > 0) + asked[0] + asked[1] != 1)
		return json_fail(n, e,
				 "a provider has one of \"packages\", \"source\" and \"download\"");
	if (asked[0] &&
	    (!read_path(rd, &source, &path, e) || !source_read(rd, path, &p->source, e)))
		return false;
	if (asked[1] && !download_read(rd, &download, c->name, &p->source, e))
		return false;
	return provider_read_paths(rd, n, p, e) &&
	       (p->source ||
		(list_check_merged(rd, n, "keep", e) && list_check_merged(rd, n, "drop", e)));
}

static bool component_read_needs(struct reader *rd, const struct json_node *n, struct component *c,
				 struct error *e)
{
	static const char *const keys[] = { "configured-with", "files", NULL };
	struct json_node needs, files, item;
	const char *path;

	if (!json_get(n, "needs", &needs))
		return true;
	if (!json_want_object(&needs, e) || !json_no_other_keys(&needs, keys, e) ||
	    !json_opt_strings(rd->a, &needs, "configured-with", &c->configured_with, e))
		return false;
	if (!json_get(&needs, "files", &files))
		return true;
	if (!json_want_array(&files, e))
		return false;
	for (size_t i = 0; json_item(&files, i, &item); i++) {
		if (!read_variable_path(rd, &item, &path, e))
			return false;
		*list_push(rd->a, &c->needs_files) = path;
	}
	return true;
}

static bool component_check_merged(struct reader *rd, const struct json_node *n,
				   const struct component *c, struct error *e)
{
	struct json_node needs;
	bool has_packages = false;

	for (size_t i = 0; i < c->providers.n; i++)
		has_packages |= c->providers.v[i].packages.n > 0;
	return !has_packages ||
	       (list_check_merged(rd, n, "keep", e) && list_check_merged(rd, n, "drop", e) &&
		(!json_get(n, "needs", &needs) || list_check_merged(rd, &needs, "files", e)));
}

static bool read_depends_take(struct reader *rd, const struct json_node *depends,
			      struct component *c, struct error *e)
{
	struct json_node array, item;

	if (!json_get(depends, "take", &array))
		return true;
	if (!json_want_array(&array, e))
		return false;
	for (size_t i = 0; json_item(&array, i, &item); i++) {
		struct depends_take *t = list_push(rd->a, &c->depends.take);

		t->at = read_place(&item);
		if (!read_package_pattern(rd, &item, &t->pattern, e))
			return false;
	}
	return true;
}

static bool read_depends_accept(struct reader *rd, const struct json_node *n, void *context,
				struct error *e)
{
	static const char *const keys[] = { "package", "reason", NULL };
	struct component *c = context;
	struct depends_accept *x = list_push(rd->a, &c->depends.accept);
	struct json_node package;

	x->at = read_place(n);
	return json_no_other_keys(n, keys, e) && json_need(n, "package", &package, e) &&
	       read_package_pattern(rd, &package, &x->package, e) &&
	       read_reason(rd, n, &x->reason, e);
}

static bool read_depends(struct reader *rd, const struct json_node *n, struct component *c,
			 struct error *e)
{
	static const char *const keys[] = { "take", "accept", NULL };
	struct json_node depends;

	if (!json_get(n, "depends", &depends))
		return true;
	return json_want_object(&depends, e) && json_no_other_keys(&depends, keys, e) &&
	       read_depends_take(rd, &depends, c, e) &&
	       read_each(rd, &depends, "accept", read_depends_accept, c, e);
}

static bool component_read(struct reader *rd, const struct json_node *n, void *context,
			   struct error *e)
{
	static const char *const keys[] = { "name", "version", "suite",	  "needs", "providers",
					    "keep", "drop",    "depends", NULL };
	struct recipe *r = context;
	struct component *c = list_push(rd->a, &r->components);
	struct json_node name, version;

	c->at = read_place(n);
	if (!json_no_homeless_keys(n, keys, key_homes, e) || !json_need(n, "name", &name, e) ||
	    !read_name(rd, &name, &c->name, e) ||
	    !json_opt_string(rd->a, n, "version", &c->version, e) ||
	    !read_known_suite(rd, n, "suite", r->archive, &c->suite, e) ||
	    !component_read_needs(rd, n, c, e) ||
	    !read_variable_patterns(rd, n, "keep", &c->keep, e) ||
	    !read_variable_patterns(rd, n, "drop", &c->drop, e) || !read_depends(rd, n, c, e) ||
	    !read_each(rd, n, "providers", read_provider, c, e))
		return false;
	if (json_get(n, "version", &version))
		c->version_at = read_place(&version);
	if (c->providers.n == 0)
		return json_fail(n, e, "component \"%s\" needs at least one provider", c->name);
	for (const struct component *o = r->components.v; o < c; o++) {
		if (strcmp(o->name, c->name) == 0)
			return json_fail(&name, e, "there is another component \"%s\"", c->name);
	}
	return component_check_merged(rd, n, c, e);
}

bool components_read(struct reader *rd, const struct json_node *root, struct recipe *r,
		     struct error *e)
{
	return read_each(rd, root, "components", component_read, r, e);
}
