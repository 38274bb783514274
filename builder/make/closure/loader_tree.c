/* SPDX-License-Identifier: Apache-2.0 */
/* The tree as a process sees it: files by absolute path, and what the loader reads besides ELF
 * files: etc/ld.so.preload, and etc/ld.so.cache, or, while the cache is yet to be written,
 * etc/ld.so.conf. */

#include "make/closure/loader.h"
#include "format/elf/elf_machine.h"
#include "make/closure/loader_cache.h"

/* Where a path led, or NULL. Libraries are looked up at the same few paths by each that needs them:
 * the C library by some 200 character sets alone. */
struct world_place {
	struct node *node;
	size_t changes; /* of the tree: it leads there until more come */
	bool reached;	/* what leads there is in the tree, if there is anything */
};

static struct world_place *world_place_of(struct world *w, const char *path)
{
	struct world_place *place = strmap_get(&w->places, str_of(path));

	if (!place) {
		place = arena_alloc(w->a, sizeof(*place));
		*strmap_slot(w->a, &w->places, str_of(arena_strdup(w->a, path))) = place;
	}
	return place;
}

bool world_find(struct world *w, const char *path, struct node **out, struct error *e)
{
	struct closure_candidates *c = w->candidates;
	struct world_place *place = world_place_of(w, path);

	if (c && c->reach && !place->reached && !c->reach(c, w->t, path, e))
		return false;
	place->reached = true;
	if (place->changes != w->t->changes) {
		place->node = tree_resolve(w->t, path);
		place->changes = w->t->changes;
	}
	*out = place->node;
	return true;
}

static bool world_open_path(struct process_world *base, const char *path,
			    struct process_file **file, bool *folder, struct error *e)
{
	struct world *w = (struct world *)base;
	struct object *o = NULL;
	struct node *n;

	if (!world_find(w, path, &n, e))
		return false;
	*folder = n && n->type == NODE_DIR;
	if (n && n->type == NODE_FILE && !objects_get(&w->objects, n, &o, e))
		return false;
	*file = o ? &o->file : NULL;
	return true;
}

/* Of one package, or compiled from one source. */
static bool node_has_owner_of(const struct node *a, const struct node *b)
{
	return a->owner && b->owner && a->owner->kind == b->owner->kind &&
	       a->owner->kind <= OWNER_SOURCE && strcmp(a->owner->name, b->owner->name) == 0;
}

static struct process_file *world_sibling(struct process_world *base,
					  const struct process_file *program,
					  const struct process_file *by, const char *soname)
{
	const struct objects *all = &((struct world *)base)->objects;
	const struct node *node = ((const struct object *)by)->node;

	/* of one package: what a plug-in loads from another has to be found */
	if (!node_has_owner_of(((const struct object *)program)->node, node))
		return NULL;
	for (size_t i = 0; i < all->v.n; i++) {
		struct object *o = all->v.v[i];

		if (o->file.is_elf && !o->file.bad && o->touched && o->file.elf->soname &&
		    strcmp(o->file.elf->soname, soname) == 0 &&
		    elf_same_machine(o->file.elf, program->elf) && node_has_owner_of(o->node, node))
			return &o->file;
	}
	return NULL;
}

static bool world_map(struct world *w, const char *path, struct mapping *m, struct error *e)
{
	struct node *n;

	return world_find(w, path, &n, e) && (!n || n->type != NODE_FILE || node_map(n, m, e));
}

static bool world_read_cache(struct world *w, struct error *e)
{
	AUTO_MAPPING m = { 0 };
	struct error bad = { 0 };

	if (!world_map(w, "/etc/ld.so.cache", &m, e))
		return false;
	/* the loader ignores a cache that it cannot read */
	if (m.bytes.n && ldcache_read(w->a, m.bytes, &w->cache, &bad))
		w->base.cache = &w->cache;
	return true;
}

static bool world_read_preload(struct world *w, struct error *e)
{
	AUTO_MAPPING m = { 0 };

	if (!world_map(w, "/etc/ld.so.preload", &m, e))
		return false;
	process_preload(w->a, m.bytes, &w->base.preload);
	return true;
}

bool world_open(struct world *w, struct error *e)
{
	w->base = (struct process_world){ .open = world_open_path, .sibling = world_sibling };
	w->objects.a = w->a;
	if (!world_read_preload(w, e))
		return false;
	if (w->candidates && w->candidates->cache_follows)
		return cache_conf_folders(w->a, w->t, &w->base.cache_folders, e);
	return world_read_cache(w, e);
}
