/* SPDX-License-Identifier: Apache-2.0 */
/* The tree as a process sees it: files by absolute path, and what the loader reads besides ELF
 * files: etc/ld.so.cache, or, while the cache is yet to be written, etc/ld.so.conf. */

#include "make/closure/loader_cache.h"
#include "make/closure/loader.h"

bool world_find(struct world *w, const char *path, struct node **out, struct error *e)
{
	struct closure_candidates *c = w->candidates;

	if (c && c->reach && !c->reach(c, w->t, path, e))
		return false;
	*out = tree_resolve(w->t, path);
	return true;
}

static bool read_cache(struct world *w, const struct node *n, struct error *e)
{
	AUTO_MAPPING m = { 0 };
	struct error bad = { 0 };

	if (!node_map(n, &m, e))
		return false;
	/* the loader ignores a cache that it cannot read */
	w->has_cache = ldcache_read(w->a, m.bytes, &w->cache, &bad);
	return true;
}

bool world_open(struct world *w, struct error *e)
{
	struct node *cache;

	w->objects.a = w->a;
	if (w->candidates && w->candidates->cache_follows)
		return cache_conf_folders(w->a, w->t, &w->conf_folders, e);
	if (!world_find(w, "/etc/ld.so.cache", &cache, e))
		return false;
	return !cache || cache->type != NODE_FILE || read_cache(w, cache, e);
}
