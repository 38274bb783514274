/* SPDX-License-Identifier: Apache-2.0 */
/* images.json: the archives, and the images others may stand on. */

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/strmap.h"
#include "format/text/image_name.h"
#include "input/recipe/catalogue_entries.h"
#include "input/recipe/recipe.h"
#include "input/recipe/recipe_memo.h"
#include "input/recipe/recipe_reader.h"

/* Names of entries, for those who ask for one that nobody has. */
struct catalogue_names {
	struct strings own, builtin;
	bool has_file; /* the repository has an images.json */
};

static const char *catalogue_path(struct arena *a, const char *repository)
{
	return strcmp(repository, ".") == 0 ? RECIPE_CATALOGUE
					    : arena_printf(a, "%s/" RECIPE_CATALOGUE, repository);
}

static bool is_catalogue_there(struct arena *a, const char *repository)
{
	return access(catalogue_path(a, repository), F_OK) == 0 || errno != ENOENT;
}

static bool check_catalogue_keys(const struct json_node *root, struct error *e)
{
	static const char *const keys[] = { "$schema", "archives", "toolchains",
					    "images",  "bases",	   "shared-sources",
					    "cve",     "cache",	   NULL };

	return json_want_object(root, e) && json_no_other_keys(root, keys, e);
}

/* 1: the entry of this name in a section of the images.json of a folder, 0: it has none, -1. */
static int find_in_catalogue(struct reader *rd, const char *folder, const char *section,
			     const char *name, struct json_doc *doc, struct json_node out[3],
			     struct strings *names, struct error *e)
{
	if (!reader_load(rd, catalogue_path(rd->a, folder), doc, e))
		return -1;
	out[0] = json_root(doc);
	if (!check_catalogue_keys(&out[0], e))
		return -1;
	if (!json_get(&out[0], section, &out[1]))
		return 0;
	if (!json_want_object(&out[1], e))
		return -1;
	if (json_get(&out[1], name, &out[2]))
		return 1;
	for (size_t i = 0; json_member(&out[1], i, &out[2]); i++)
		*list_push(rd->a, names) = arena_strdup(rd->a, out[2].key);
	return 0;
}

static bool fail_unknown(struct reader *rd, const struct json_node *n, const char *kind,
			 const char *name, const struct catalogue_names *known, struct error *e)
{
	const char *file = catalogue_path(rd->a, rd->repository), *near;
	struct buf text = { .a = rd->a };
	struct strings all = { 0 };

	for (size_t i = 0; i < known->own.n + known->builtin.n; i++)
		*list_push(rd->a, &all) = i < known->own.n ? known->own.v[i]
							   : known->builtin.v[i - known->own.n];
	if (known->own.n)
		buf_printf(&text, "%s has %s", file, strings_join(rd->a, &known->own, ", "));
	else
		buf_printf(&text, "%s%s", file, known->has_file ? " has none" : " is not there");
	if (known->builtin.n)
		buf_printf(&text, "; with imgbuild come %s",
			   strings_join(rd->a, &known->builtin, ", "));
	if (!rd->complete)
		buf_puts(
			&text,
			"; what comes with imgbuild was not found: IMGBUILD_DATA names its folder");
	near = str_nearest(str_of(name), all.v, all.n);
	if (near)
		buf_printf(&text, "; did you mean \"%s\"?", near);
	return json_fail(n, e, "there is no %s \"%s\": %s", kind, name, buf_cstr(&text));
}

/* Finds `name` in a section: the repository's own entry, else imgbuild's. `n` is blamed. */
static bool catalogue_find_entry(struct reader *rd, const struct json_node *n, const char *section,
				 const char *kind, const char *name, struct json_doc *doc,
				 struct json_node out[3], struct error *e)
{
	struct catalogue_names known = { .has_file = is_catalogue_there(rd->a, rd->repository) };
	int found = 0;

	if (known.has_file)
		found = find_in_catalogue(rd, rd->repository, section, name, doc, out, &known.own,
					  e);
	if (found)
		return found > 0;
	json_drop(doc);
	if (!reader_search(rd, e))
		return false;
	if (rd->data)
		found = find_in_catalogue(rd, rd->data, section, name, doc, out, &known.builtin, e);
	return found ? found > 0 : fail_unknown(rd, n, kind, name, &known, e);
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
	return json_as_string(rd->a, n, &name, e) &&
	       catalogue_find_entry(rd, n, "archives", "archive", name, &doc, found, e) &&
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
		if (!read_one_archive(rd, &item, &one, e) ||
		    !archive_join(rd, &item, &one, archive, e))
			return false;
	}
	return archive->suites.n > 0 || json_fail(n, e, "name at least one archive");
}

static bool check_entry_keys(const struct json_node *entry, struct error *e)
{
	static const char *const keys[] = { "recipe",	 "registry",	"digest", "tags",
					    "platforms", "description", NULL };

	return json_want_object(entry, e) && json_no_other_keys(entry, keys, e);
}

/* An entry without a recipe: its image is in a registry, under this digest. */
static bool take_registry(struct reader *rd, const struct json_node *entry,
			  const struct base_image **out, struct error *e)
{
	const char *text = NULL, *digest = NULL;
	struct json_node n;

	if (!json_get(entry, "registry", &n))
		return json_fail(entry, e,
				 "a base has a \"recipe\", or a \"registry\" that has its image");
	if (!json_as_string(rd->a, &n, &text, e) ||
	    !json_opt_string(rd->a, entry, "digest", &digest, e))
		return false;
	return base_take_image(rd, &n, digest ? arena_printf(rd->a, "%s@%s", text, digest) : text,
			       out, e);
}

bool catalogue_base(struct reader *rd, const struct json_node *n, struct base_entry *out,
		    struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node found[3], path;
	struct platforms ignored = { 0 };
	struct str first, second;

	if (!json_as_string(rd->a, n, &out->name, e))
		return false;
	if (str_cut(str_of(out->name), ':', &first, &second) && !memchr(second.p, '/', second.n)) {
		out->name = str_dup(rd->a, first);
		out->variant = str_dup(rd->a, second);
	}
	if (!catalogue_find_entry(rd, n, "bases", "base", out->name, &doc, found, e) ||
	    !check_entry_keys(&found[2], e) || !read_platforms(rd, &found[2], &ignored, e))
		return false;
	if (json_get(&found[2], "recipe", &path))
		return read_path(rd, &path, &out->recipe, e);
	return take_registry(rd, &found[2], &out->image, e);
}

/* A name is not a path: it has neither a folder nor an ending. */
static bool is_toolchain_name(const char *text)
{
	return text[0] && !strchr(text, '/') && !str_ends(str_of(text), STR(".json"));
}

bool catalogue_toolchain(struct reader *rd, const struct json_node *n, const char **file,
			 struct error *e)
{
	static const char *const keys[] = { "file", "description", NULL };
	AUTO_JSON doc = { 0 };
	struct json_node found[3], path;
	const char *text, *name;

	if (!json_as_string(rd->a, n, &text, e))
		return false;
	if (!is_toolchain_name(text)) {
		if (read_path(rd, n, file, e))
			return true;
		/* a recipe that was copied from imgbuild's own names their toolchains by paths */
		name = arena_strndup(rd->a, path_base(text), strcspn(path_base(text), "."));
		return catalogue_find_entry(rd, n, "toolchains", "toolchain", name, &doc, found,
					    &(struct error){ 0 }) &&
		       (err_clear(e),
			json_fail(n, e,
				  "\"%s\" is not to be had here; the toolchain of that "
				  "name is \"%s\"",
				  text, name));
	}
	return catalogue_find_entry(rd, n, "toolchains", "toolchain", text, &doc, found, e) &&
	       json_want_object(&found[2], e) && json_no_other_keys(&found[2], keys, e) &&
	       json_need(&found[2], "file", &path, e) && read_path(rd, &path, file, e);
}

/* The list of the images.json of a folder. 1: it has one, 0: it has none, -1. */
static int catalogue_find_shared(struct reader *rd, const char *folder, struct strings *out,
				 struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, list, item;
	struct strmap known = { NULL };

	if (!reader_load(rd, catalogue_path(rd->a, folder), &doc, e))
		return -1;
	root = json_root(&doc);
	if (!check_catalogue_keys(&root, e))
		return -1;
	if (!json_get(&root, "shared-sources", &list))
		return 0;
	if (!read_packages(rd, &root, "shared-sources", out, e))
		return -1;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		if (strmap_add(rd->a, &known, str_of(out->v[i])))
			continue;
		json_fail(&item, e, "%s is there twice", out->v[i]);
		return -1;
	}
	return 1;
}

bool catalogue_shared_sources(struct reader *rd, const struct json_node *n, struct strings *out,
			      struct error *e)
{
	bool has_file = is_catalogue_there(rd->a, rd->repository);
	int found = has_file ? catalogue_find_shared(rd, rd->repository, out, e) : 0;

	if (found == 0 && !reader_search(rd, e))
		return false;
	if (found == 0 && rd->data)
		found = catalogue_find_shared(rd, rd->data, out, e);
	if (found)
		return found > 0;
	return json_fail(n, e,
			 "\"source\" needs \"shared-sources\" in %s: the source packages that have "
			 "a layer of their own in every image, the lowest first",
			 catalogue_path(rd->a, rd->repository));
}

/* "platfroms" in any of them would allow what nobody meant to. Once for a run is enough. */
static bool check_all_keys(struct reader *rd, const struct json_node *section, struct error *e)
{
	struct memo_section *known = rd->memo ? recipe_memo_section(rd->memo, section) : NULL;
	struct json_node entry;

	for (size_t i = 0; !(known && known->checked) && json_member(section, i, &entry); i++) {
		if (!check_entry_keys(&entry, e))
			return false;
	}
	if (known)
		known->checked = true;
	return true;
}

static bool check_section(struct reader *rd, const struct json_node *root, const char *section,
			  const struct recipe *r, const struct platform *p, struct error *e)
{
	struct json_node map, entry, list;
	struct entries_of own = { rd, &map, r, 0 };

	if (!json_get(root, section, &map))
		return true;
	if (!json_want_object(&map, e) || !check_all_keys(rd, &map, e))
		return false;
	while (entries_next(&own, &entry)) {
		struct platforms listed = { 0 };

		if (!json_get(&entry, "platforms", &list))
			continue;
		if (!read_platforms(rd, &entry, &listed, e))
			return false;
		if (!platforms_have(&listed, p))
			return json_fail(&list, e,
					 "%s is not made for %s; if it should be, add that here",
					 recipe_shown(rd->a, r), p->name);
	}
	return true;
}

bool catalogue_open(struct reader *rd, struct json_doc *doc, struct json_node *root, bool *there,
		    struct error *e)
{
	*there = is_catalogue_there(rd->a, rd->repository);
	if (!*there)
		return true;
	if (!reader_parse(rd, catalogue_path(rd->a, rd->repository), doc, e))
		return false;
	*root = json_root(doc);
	return check_catalogue_keys(root, e);
}

/* The repository of a recipe, to be looked at once more. */
static struct reader reader_again(struct arena *a, const struct recipe *r)
{
	return (struct reader){
		.a = a, .repository = r->repository, .data = r->data, .memo = r->memo
	};
}

bool recipe_check_platform(struct arena *a, const struct recipe *r, const struct platform *p,
			   struct error *e)
{
	struct reader rd = reader_again(a, r);
	AUTO_JSON doc = { 0 };
	struct json_node root;
	bool there;

	if (!catalogue_open(&rd, &doc, &root, &there, e))
		return false;
	return (!there || (check_section(&rd, &root, "images", r, p, e) &&
			   check_section(&rd, &root, "bases", r, p, e))) &&
	       (!r->base || recipe_check_platform(a, r->base, p, e));
}

/* The entries of a section of images.json; none if it has no such section. */
static bool open_section(struct reader *rd, const char *section, struct json_doc *doc,
			 struct json_node nodes[2], bool *there, struct error *e)
{
	if (!catalogue_open(rd, doc, &nodes[0], there, e))
		return false;
	*there = *there && json_get(&nodes[0], section, &nodes[1]);
	return !*there || json_want_object(&nodes[1], e);
}

bool recipe_platforms(struct arena *a, const struct recipe *r, struct platforms *out,
		      struct error *e)
{
	struct reader rd = reader_again(a, r);
	struct json_node nodes[2], entry;
	struct entries_of own = { &rd, &nodes[1], r, 0 };
	AUTO_JSON doc = { 0 };
	bool there;

	if (!open_section(&rd, "images", &doc, nodes, &there, e))
		return false;
	while (there && entries_next(&own, &entry)) {
		struct platforms listed = { 0 };

		if (!check_entry_keys(&entry, e) || !read_platforms(&rd, &entry, &listed, e))
			return false;
		for (size_t k = 0; k < listed.n; k++) {
			if (!platforms_have(out, listed.v[k]))
				*list_push(a, out) = listed.v[k];
		}
	}
	return true;
}

const char *recipe_repository(struct arena *a, const char *near)
{
	const char *file = near ? near : RECIPE_CATALOGUE;
	struct reader rd = { 0 };

	return reader_open(a, &file, &rd) ? rd.repository : NULL;
}

bool recipe_cve_places(struct arena *a, const char *repository, struct strings *out,
		       struct error *e)
{
	struct reader rd = { .a = a, .repository = repository };
	struct json_node root;
	AUTO_JSON doc = { 0 };
	bool there;

	return catalogue_open(&rd, &doc, &root, &there, e) &&
	       (!there || json_opt_strings(a, &root, "cve", out, e));
}

bool recipe_images(struct arena *a, const char *repository, struct recipe_images *out,
		   struct error *e)
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
	       json_fail(n, e,
			 "\"%s\" is not a tag: 1 to 128 letters, digits, \"_\", \".\" and \"-\", "
			 "the last two not first",
			 tag);
}

static bool read_tags(struct reader *rd, const struct json_node *entry, struct strings *out,
		      struct error *e)
{
	struct json_node list, item;
	struct strmap known = { NULL };

	if (!json_get(entry, "tags", &list))
		return true;
	if (!json_want_array(&list, e))
		return false;
	for (size_t i = 0; i < out->n; i++)
		strmap_add(rd->a, &known, str_of(out->v[i]));
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		const char *tag;

		if (!json_as_string(rd->a, &item, &tag, e) || !check_tag(&item, tag, e))
			return false;
		if (strmap_add(rd->a, &known, str_of(tag)))
			*list_push(rd->a, out) = tag;
	}
	return true;
}

/* A variant's tags: "debug" for "latest", "13.1-debug" for "13.1". */
static void name_variant_tags(struct arena *a, const char *variant, struct strings *tags)
{
	if (tags->n == 0)
		*list_push(a, tags) = variant;
	for (size_t i = 0; i < tags->n; i++) {
		if (strcmp(tags->v[i], VARIANT_PLAIN) == 0)
			tags->v[i] = variant;
		else if (strcmp(tags->v[i], variant) != 0)
			tags->v[i] = arena_printf(a, "%s-%s", tags->v[i], variant);
	}
}

bool recipe_read_tags(struct arena *a, struct recipe *r, struct error *e)
{
	struct reader rd = reader_again(a, r);
	AUTO_JSON doc = { 0 };
	struct json_node nodes[2], entry;
	struct entries_of own = { &rd, &nodes[1], r, 0 };
	bool there;

	r->tags = (struct strings){ 0 };
	if (!open_section(&rd, "images", &doc, nodes, &there, e))
		return false;
	while (there && entries_next(&own, &entry)) {
		if (!read_tags(&rd, &entry, &r->tags, e))
			return false;
	}
	if (r->variant)
		name_variant_tags(a, r->variant, &r->tags);
	return true;
}
