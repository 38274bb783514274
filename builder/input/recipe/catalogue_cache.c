/* SPDX-License-Identifier: Apache-2.0 */
/* images.json: the caches that the machines of a repository share. What the texts mean, others know
 * (trust/cache/cache_place.h). */

#include "input/recipe/recipe_caches.h"
#include "input/recipe/recipe_reader.h"

static bool catalogue_add_caches(struct reader *rd, const struct json_node *cache, const char *key,
				 bool paths, struct recipe_cache_list *out, struct error *e)
{
	struct json_node list, item;

	if (!json_get(cache, key, &list))
		return true;
	if (!json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		struct recipe_cache *x = list_push(rd->a, out);

		x->at = read_place(&item);
		x->at.file = arena_strdup(rd->a, x->at.file);
		if (paths ? !read_path(rd, &item, &x->text, e)
			  : !json_as_string(rd->a, &item, &x->text, e))
			return false;
	}
	return true;
}

bool recipe_caches(struct arena *a, const char *recipe, struct recipe_caches *out, struct error *e)
{
	static const char *const keys[] = { "from", "to", "keys", NULL };
	struct reader rd = { 0 };
	struct json_node root, cache;
	AUTO_JSON doc = { 0 };
	bool there;

	*out = (struct recipe_caches){ .repository = NULL };
	if (!reader_open(a, &recipe, &rd))
		return true;
	out->repository = rd.repository;
	if (!catalogue_open(&rd, &doc, &root, &there, e))
		return false;
	if (!there || !json_get(&root, "cache", &cache))
		return true;
	return json_want_object(&cache, e) && json_no_other_keys(&cache, keys, e) &&
	       catalogue_add_caches(&rd, &cache, "from", false, &out->from, e) &&
	       catalogue_add_caches(&rd, &cache, "to", false, &out->to, e) &&
	       catalogue_add_caches(&rd, &cache, "keys", true, &out->keys, e);
}
