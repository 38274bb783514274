/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of recipes that extend one another. */

#include "input/recipe/extends.h"

#include <sys/stat.h>

#include "input/recipe/key_homes.h"
#include "input/recipe/recipe_merge.h"

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)

void lineage_drop(struct lineage *l)
{
	while (l->n)
		json_drop(&l->docs[--l->n]);
}

/* Other files of a repository, named by mistake: one answer instead of a list of unknown keys. */
static bool extends_check_kind(const struct json_node *root, struct error *e)
{
	static const char *const kinds[][2] = {
		{ "images", "this is the catalogue of images; name one of its recipes" },
		{ "schemaVersion",
		  "this is a file of structure tests, or an image's; name a recipe" },
		{ "steps", "this says how to compile a source; name a recipe that uses it" },
		{ "packages",
		  "this is a toolchain; name a recipe whose sources are compiled in it" },
	};
	static const char *const of_recipes[] = { "base", "components", "config", "programs" };
	struct json_node n;

	if (json_get(root, "lock", &n)) /* which has "base", too */
		return json_fail(
			&n, e,
			"unknown key; this is a lock; name the recipe that it stands beside");
	for (size_t i = 0; i < ARRAY_SIZE(of_recipes); i++) {
		if (json_get(root, of_recipes[i], &n))
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (json_get(root, kinds[i][0], &n))
			return json_fail(&n, e, "unknown key; %s", kinds[i][1]);
	}
	return true;
}

static bool extends_check_file(struct reader *rd, const struct json_node *root, struct error *e)
{
	static const char *const keys[] = {
		"$schema", "name",	 "description", "extends", "remove", "base",  "archive",
		"target",  "components", "programs",	"files",   "dirs",   "links", "users",
		"groups",  "libraries",	 "effects",	"config",  "layers", "audit", "tests",
		"epoch",   "variants",	 "budget",	NULL
	};
	struct json_node extends, remove, name;

	if (!json_want_object(root, e) || !extends_check_kind(root, e) ||
	    !json_no_homeless_keys(root, keys, key_homes, e))
		return false;
	if (!json_get(root, "extends", &extends))
		return !json_get(root, "remove", &remove) ||
		       json_fail_key(root, "remove", e,
				     "needs \"extends\": it removes entries of another recipe");
	return json_need(root, "name", &name, e) &&
	       (!json_get(root, "remove", &remove) || merge_check_remove(rd, &remove, e));
}

static bool is_same_recipe(const char *x, const char *y)
{
	struct stat a, b;

	return stat(x, &a) == 0 && stat(y, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* A loop is told as the way around it. */
static bool extends_check_way(struct reader *rd, const struct lineage *l, const struct json_node *n,
			      const char *path, struct error *e)
{
	struct buf way = { .a = rd->a };

	for (size_t i = 0; i < l->n; i++) {
		if (way.n || is_same_recipe(l->paths[i], path))
			buf_printf(&way, "%s -> ", l->docs[i].file);
	}
	if (way.n)
		return json_fail(n, e, "the recipe extends itself: %s%s", buf_cstr(&way), path);
	return l->n <= EXTENDS_MAX ||
	       json_fail(n, e, "more than " TEXT(EXTENDS_MAX) " levels of \"extends\"");
}

/* A file, or a base by its name: of the repository, or one that comes with imgbuild. */
static bool extends_find(struct reader *rd, const struct json_node *n, const char **path,
			 struct error *e)
{
	struct base_entry entry = { 0 };
	const char *text;

	if (!json_as_string(rd->a, n, &text, e))
		return false;
	if (!text[0] || strchr(text, '/') || str_ends(str_of(text), STR(".json")))
		return read_path(rd, n, path, e);
	if (!catalogue_base(rd, n, &entry, e))
		return false;
	if (entry.variant || !entry.recipe)
		return json_fail(n, e, "\"%s\" is %s, and no recipe that could be extended", text,
				 entry.variant ? "a variant" : "an image");
	*path = entry.recipe;
	return true;
}

static bool extends_load(struct reader *rd, const char *path, struct lineage *l,
			 struct json_node *root, struct error *e)
{
	struct json_doc *doc = &l->docs[l->n];

	*doc = (struct json_doc){ .file = path };
	l->paths[l->n++] = path;
	if (!reader_load(rd, path, doc, e))
		return false;
	*root = json_root(doc);
	return extends_check_file(rd, root, e);
}

bool extends_read(struct reader *rd, const char *path, struct lineage *l, struct json_node *root,
		  struct error *e)
{
	struct json_node roots[EXTENDS_MAX + 1], n;
	size_t from = 0;

	*l = (struct lineage){ .n = 0 };
	if (!extends_load(rd, path, l, &roots[0], e))
		return false;
	while (json_get(&roots[l->n - 1], "extends", &n)) {
		if (!extends_find(rd, &n, &path, e) || !extends_check_way(rd, l, &n, path, e) ||
		    !extends_load(rd, path, l, &roots[l->n], e))
			return false;
	}
	*root = roots[l->n - 1];
	for (from = l->n - 1; from > 0; from--) {
		if (!merge_recipes(rd, root, &roots[from - 1], root, e))
			return false;
	}
	return true;
}
