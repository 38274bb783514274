/* SPDX-License-Identifier: Apache-2.0 */
/* images.json: the archives, and the images others may stand on. */

#include <sys/stat.h>

#include "format/text/image_name.h"
#include "input/recipe/reader.h"
#include "input/recipe/recipe.h"

static const char *catalogue_path(struct arena *a, const char *repository)
{
	return strcmp(repository, ".") == 0 ? RECIPE_CATALOGUE
					    : arena_printf(a, "%s/" RECIPE_CATALOGUE, repository);
}

static bool check_catalogue_keys(const struct json_node *root, struct error *e)
{
	static const char *const keys[] = { "$schema", "archives", "images", "bases", NULL };

	return json_want_object(root, e) && json_no_other_keys(root, keys, e);
}

/* Opens images.json and finds `name` in its object `section`; the caller's value is blamed. */
static bool find(struct reader *rd, const struct json_node *n, const char *section,
		 const char *name, struct json_doc *doc, struct json_node out[3], struct error *e)
{
	struct strings names = { 0 };
	const char *path = catalogue_path(rd->a, rd->repository);
	const char *near;

	if (!reader_load(rd, path, doc, e))
		return false;
	out[0] = json_root(doc);
	if (!check_catalogue_keys(&out[0], e))
		return false;
	if (!json_get(&out[0], section, &out[1]))
		return json_fail(n, e, "%s has no \"%s\"", path, section);
	if (!json_want_object(&out[1], e))
		return false;
	if (json_get(&out[1], name, &out[2]))
		return true;
	for (size_t i = 0; json_member(&out[1], i, &out[2]); i++)
		*list_push(rd->a, &names) = out[2].key;
	near = str_nearest(str_of(name), names.v, names.n);
	return json_fail(n, e, "%s names no \"%s\" among its %s%s%s%s", path, name, section,
			 near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

/* An entry of `archives` by its name, or what stands in its place. */
static bool read_one_archive(struct reader *rd, const struct json_node *n, struct archive *out,
			     struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node found[3];
	const char *name;

	if (json_node_is_object(n))
		return archive_read(rd, n, out, e);
	return json_as_string(rd->a, n, &name, e) && find(rd, n, "archives", name, &doc, found, e) &&
	       archive_read(rd, &found[2], out, e);
}

bool catalogue_archive(struct reader *rd, const struct json_node *n, const struct archive **out,
		       struct error *e)
{
	struct archive *archive = arena_alloc(rd->a, sizeof(*archive)), one;
	struct json_node item;

	*out = archive;
	*archive = (struct archive){ 0 };
	if (!json_node_is_array(n))
		return read_one_archive(rd, n, archive, e);
	for (size_t i = 0; json_item(n, i, &item); i++) {
		if (!read_one_archive(rd, &item, &one, e) || !archive_join(rd, &item, &one, archive, e))
			return false;
	}
	return archive->suites.n > 0 || json_fail(n, e, "name at least one archive");
}

static bool check_entry_keys(const struct json_node *entry, struct error *e)
{
	static const char *const keys[] = { "recipe", "registry", "digest", "tags", "platforms",
					    "description", NULL };

	return json_want_object(entry, e) && json_no_other_keys(entry, keys, e);
}

bool catalogue_base(struct reader *rd, const struct json_node *n, const char **recipe,
		    struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node found[3], path;
	struct platforms ignored = { 0 };
	const char *name;

	if (!json_as_string(rd->a, n, &name, e) || !find(rd, n, "bases", name, &doc, found, e) ||
	    !check_entry_keys(&found[2], e) || !read_platforms(rd, &found[2], &ignored, e))
		return false;
	if (json_get(&found[2], "recipe", &path))
		return read_path(rd, &path, recipe, e);
	return json_fail(&found[2], e, "only bases with a \"recipe\" can be built on; pulling one from a "
				       "registry by digest is not there yet");
}

/* Whether an entry of images.json is of this recipe. One that names no file is not. */
static bool is_of(struct reader *rd, const struct json_node *entry, const struct recipe *r)
{
	struct error ignored = { 0 };
	struct json_node node;
	struct stat x, y;
	const char *path;

	return json_node_is_object(entry) && json_get(entry, "recipe", &node) &&
	       read_path(rd, &node, &path, &ignored) && stat(path, &x) == 0 &&
	       stat(r->file, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool check_section(struct reader *rd, const struct json_node *root, const char *section,
			  const struct recipe *r, const struct platform *p, struct error *e)
{
	struct json_node map, entry, list;

	if (!json_get(root, section, &map))
		return true;
	if (!json_want_object(&map, e))
		return false;
	for (size_t i = 0; json_member(&map, i, &entry); i++) {
		struct platforms listed = { 0 };

		/* "platfroms" in any of them would allow what nobody meant to */
		if (!check_entry_keys(&entry, e))
			return false;
		if (!is_of(rd, &entry, r) || !json_get(&entry, "platforms", &list))
			continue;
		if (!read_platforms(rd, &entry, &listed, e))
			return false;
		if (!platforms_have(&listed, p))
			return json_fail(&list, e, "%s is not made for %s; if it should be, add that here",
					 r->file, p->name);
	}
	return true;
}

bool recipe_check_platform(struct arena *a, const struct recipe *r, const struct platform *p,
			   struct error *e)
{
	struct reader rd = { .a = a, .repository = r->repository };
	AUTO_JSON doc = { 0 };
	struct json_node root;

	if (!json_load(a, catalogue_path(a, r->repository), &doc, e))
		return false;
	root = json_root(&doc);
	return check_catalogue_keys(&root, e) && check_section(&rd, &root, "images", r, p, e) &&
	       check_section(&rd, &root, "bases", r, p, e) &&
	       (!r->base || recipe_check_platform(a, r->base, p, e));
}

/* The entries of a section of images.json; none if it has no such section. */
static bool open_section(struct reader *rd, const char *section, struct json_doc *doc, struct json_node nodes[2],
			 bool *there, struct error *e)
{
	if (!json_load(rd->a, catalogue_path(rd->a, rd->repository), doc, e))
		return false;
	nodes[0] = json_root(doc);
	if (!check_catalogue_keys(&nodes[0], e))
		return false;
	*there = json_get(&nodes[0], section, &nodes[1]);
	return !*there || json_want_object(&nodes[1], e);
}

bool recipe_platforms(struct arena *a, const struct recipe *r, struct platforms *out, struct error *e)
{
	struct reader rd = { .a = a, .repository = r->repository };
	struct json_node nodes[2], entry;
	AUTO_JSON doc = { 0 };
	bool there;

	if (!open_section(&rd, "images", &doc, nodes, &there, e))
		return false;
	for (size_t i = 0; there && json_member(&nodes[1], i, &entry); i++) {
		struct platforms listed = { 0 };

		if (!is_of(&rd, &entry, r))
			continue;
		if (!check_entry_keys(&entry, e) || !read_platforms(&rd, &entry, &listed, e))
			return false;
		for (size_t k = 0; k < listed.n; k++) {
			if (!platforms_have(out, listed.v[k]))
				*list_push(a, out) = listed.v[k];
		}
	}
	return true;
}

const char *recipe_repository(struct arena *a)
{
	const char *file = RECIPE_CATALOGUE;
	struct error none = { 0 };
	struct reader rd = { 0 };

	return reader_open(a, &file, &rd, &none) ? rd.repository : NULL;
}

bool recipe_images(struct arena *a, const char *repository, struct recipe_images *out, struct error *e)
{
	struct reader rd = { .a = a, .repository = repository };
	struct json_node nodes[2], entry, n;
	AUTO_JSON doc = { 0 };
	bool there;

	if (!open_section(&rd, "images", &doc, nodes, &there, e))
		return false;
	for (size_t i = 0; there && json_member(&nodes[1], i, &entry); i++) {
		const char *path;

		if (!check_entry_keys(&entry, e))
			return false;
		if (!json_get(&entry, "recipe", &n))
			continue;
		if (!read_path(&rd, &n, &path, e))
			return false;
		*list_push(a, out) = (struct recipe_image){ arena_strdup(a, entry.key), path };
	}
	return true;
}

bool recipe_catalogue(struct arena *a, const char *repository, struct strings *out, struct error *e)
{
	struct recipe_images images = { 0 };

	if (!recipe_images(a, repository, &images, e))
		return false;
	for (size_t i = 0; i < images.n; i++)
		*list_push(a, out) = images.v[i].recipe;
	strings_unique(out);
	return true;
}

static bool check_tag(const struct json_node *n, const char *tag, struct error *e)
{
	return image_tag_ok(str_of(tag)) ||
	       json_fail(n, e, "\"%s\" is no tag: 1 to 128 letters, digits, \"_\", \".\" and \"-\", "
			       "the last two not first", tag);
}

static bool read_tags(struct reader *rd, const struct json_node *entry, struct strings *out,
		      struct error *e)
{
	struct json_node list, item;

	if (!json_get(entry, "tags", &list))
		return true;
	if (!json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		const char *tag;

		if (!json_as_string(rd->a, &item, &tag, e) || !check_tag(&item, tag, e))
			return false;
		if (!strings_has(out, tag))
			*list_push(rd->a, out) = tag;
	}
	return true;
}

bool recipe_read_tags(struct arena *a, struct recipe *r, struct error *e)
{
	struct reader rd = { .a = a, .repository = r->repository };
	AUTO_JSON doc = { 0 };
	struct json_node root, images, entry;

	r->tags = (struct strings){ 0 };
	if (!json_load(a, catalogue_path(a, r->repository), &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_get(&root, "images", &images))
		return true;
	for (size_t i = 0; json_member(&images, i, &entry); i++) {
		if (is_of(&rd, &entry, r) && !read_tags(&rd, &entry, &r->tags, e))
			return false;
	}
	return true;
}
