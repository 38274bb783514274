/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the libraries that files will most likely load, level by level, where their own paths, the
 * cache or the default folders have them: a few children in jails instead of one for each library.
 * A matter of speed alone: what a process really loads is decided in loader.c, and what was read in
 * vain is never touched. */

#include "make/closure/loader.h"

#include "format/elf/elf_machine.h"
#include "format/elf/loader_search.h"

/* The file of this name in the first of the folders that has one. */
static bool in_folders(struct world *w, const struct strings *folders, const char *name,
		       struct node **out, struct error *e)
{
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < folders->n && !*out; i++) {
		if (!world_find(w, arena_printf(&a, "%s/%s", folders->v[i], name), out, e))
			return false;
		if (*out && (*out)->type != NODE_FILE)
			*out = NULL;
	}
	return true;
}

/* Where every file finds it that has no paths of its own. */
static bool ahead_guess(struct world *w, const struct elf *elf, const char *name, struct node **out,
			struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct strings defaults = { 0 };
	const struct machine *m = machine_of_elf(elf);
	const struct ldcache_entry *entry = w->base.cache && m
						    ? ldcache_find(w->base.cache, name, m, 0)
						    : NULL;

	if (entry && !world_find(w, entry->path, out, e))
		return false;
	if (*out && (*out)->type != NODE_FILE)
		*out = NULL;
	search_default_folders(&a, elf, &defaults);
	return in_folders(w, &w->base.cache_folders, name, out, e) &&
	       in_folders(w, &defaults, name, out, e);
}

/* The folders that an object names itself. */
static void ahead_own_folders(struct arena *a, const struct object *o, struct strings *out)
{
	const struct elf *elf = o->file.elf;
	const char *list = elf->runpath ? elf->runpath : elf->rpath;

	if (list)
		search_path_folders(a, elf, list,
				    search_folder_of(a, arena_printf(a, "/%s", o->node->path)),
				    out);
}

/* Adds the libraries that one object needs. `seen` has the names guessed already. */
static bool ahead_expect(struct world *w, const struct object *o, struct strmap *seen,
			 struct nodes *next, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct strings own = { 0 };

	if (!o->file.is_elf || o->file.bad)
		return true;
	ahead_own_folders(&a, o, &own);
	for (size_t i = 0; i < o->file.elf->needed.n; i++) {
		const char *name = o->file.elf->needed.v[i];
		struct node *n = NULL;

		if (strchr(name, '/') || strchr(name, '$'))
			continue;
		if (!in_folders(w, &own, name, &n, e))
			return false;
		if (!n && strmap_add(w->a, seen, str_of(name)) &&
		    !ahead_guess(w, o->file.elf, name, &n, e))
			return false;
		if (n)
			*list_push(w->a, next) = n;
	}
	return true;
}

bool world_read_ahead(struct world *w, const struct nodes *files, struct error *e)
{
	struct nodes fresh = { 0 }, next = *files;
	struct strmap seen = { NULL };

	do {
		fresh.n = 0;
		for (size_t i = 0; i < next.n; i++) {
			if (!objects_find(&w->objects, next.v[i]))
				*list_push(w->a, &fresh) = next.v[i];
		}
		if (fresh.n && !objects_read(&w->objects, &fresh, e))
			return false;
		next = (struct nodes){ 0 };
		for (size_t i = 0; i < fresh.n; i++) {
			if (!ahead_expect(w, objects_find(&w->objects, fresh.v[i]), &seen, &next,
					  e))
				return false;
		}
	} while (next.n);
	return true;
}
