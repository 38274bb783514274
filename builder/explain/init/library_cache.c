/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/init/library_cache.h"

#include "base/path.h"
#include "make/compose/spelt_libraries.h"

/* Python's own modules define the function, and do without it where it finds nothing. */
static bool cache_may_ask(const struct node *n)
{
	return n->type == NODE_FILE && n->content.size <= SPELT_MODULE_MOST &&
	       str_starts(str_of(n->path), STR("usr/lib/python3/")) &&
	       str_ends(str_of(n->path), STR(".py"));
}

bool library_cache_is_for(const char *library)
{
	static const char *const of_libc[] = { "libc.so.",	 "libdl.so.", "libm.so.",
					       "libpthread.so.", "librt.so.", "libutil.so." };

	for (size_t i = 0; i < ARRAY_SIZE(of_libc); i++) {
		if (str_starts(str_of(library), str_of(of_libc[i])))
			return false;
	}
	return true;
}

void library_cache_choose(struct init_draft *d, const char *module, const char *library)
{
	d->library_cache = true;
	draft_chose(d, "effects.ld-so-cache", "with " CACHE_PATH,
		    "/%s finds %s by ctypes, which asks " CACHE_PROGRAM, module, library);
}

/* The name of a library that the image has and that is among those asked for without a version;
 * NULL: there is none. */
static const char *cache_find_asked(const struct tree *t, const struct strings *names)
{
	for (size_t i = 0; names->n && i < t->n; i++) {
		const char *name = path_base(t->v[i]->path);

		if (t->v[i]->type != NODE_DIR && library_cache_is_for(name) &&
		    !strings_sorted_has(names, name) && spelt_names_library(names, name))
			return name;
	}
	return NULL;
}

static bool cache_look(struct collecting *c, const struct node *n, struct error *e)
{
	AUTO_MAPPING map = { 0 };
	struct strings names = { 0 };
	const char *found;

	if (!node_map(n, &map, e))
		return false;
	spelt_by_module(c->a, map.bytes, &names);
	found = cache_find_asked(&c->chain->tree, &names);
	if (!found)
		return true;
	library_cache_choose(c->d, n->path, found);
	return true;
}

bool collect_library_cache(struct collecting *c, struct error *e)
{
	const struct tree *t = &c->chain->tree;

	for (size_t i = 0; !c->d->library_cache && i < t->n; i++) {
		if (cache_may_ask(t->v[i]) && !cache_look(c, t->v[i], e))
			return false;
	}
	return true;
}
