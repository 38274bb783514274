/* SPDX-License-Identifier: Apache-2.0 */
/* Answers the loader's questions from the model: files, the cache, what is preloaded, which files
 * are of one package. What the loader makes of the answers is in format/elf/loader_process.c. */

#include "inspect/model/model_world.h"

#include "format/elf/elf_machine.h"
#include "inspect/layers/elf_facts.h"

static size_t item_index(const struct model *m, const struct item *item)
{
	return items_lower(&m->items, item->path);
}

static struct process_file *model_world_file(struct model_world *w, const struct item *item)
{
	struct model_file **at = &w->files[item_index(w->m, item)], *f;

	if (*at)
		return &(*at)->file;
	f = *at = arena_alloc(w->a, sizeof(*f));
	f->item = item;
	f->file = (struct process_file){ .path = item->path, .is_elf = item->kind == CONTENT_ELF };
	if (item->elf && item->elf->readable)
		f->file.elf = &item->elf->head;
	else if (f->file.is_elf)
		f->file.bad = item->elf ? item->elf->problem : "it is too large";
	return &f->file;
}

const struct item *model_world_item(const struct process_file *file)
{
	return file ? ((const struct model_file *)file)->item : NULL;
}

static bool model_world_find(struct process_world *base, const char *path,
			     struct process_file **file, bool *folder, struct error *e)
{
	struct model_world *w = (struct model_world *)base;
	bool root = false;
	const struct item *item = model_resolve(w->m, "", path, &root);

	(void)e;
	*folder = root || (item && item->type == ITEM_DIR);
	*file = item && item->type == ITEM_FILE ? model_world_file(w, item) : NULL;
	return true;
}

static struct process_file *model_world_sibling(struct process_world *base,
						const struct process_file *program,
						const struct process_file *by, const char *soname)
{
	struct model_world *w = (struct model_world *)base;
	const struct package *package = model_world_item(by)->package;

	/* of one package: what a plug-in loads from another has to be found */
	if (!package || model_world_item(program)->package != package)
		return NULL;
	for (size_t i = 0; i < w->m->items.n; i++) {
		const struct item *item = w->m->items.v[i];

		if (item->package == package && item->type == ITEM_FILE && item->elf &&
		    item->elf->readable && item->elf->head.soname &&
		    strcmp(item->elf->head.soname, soname) == 0 &&
		    elf_same_machine(program->elf, &item->elf->head))
			return model_world_file(w, item);
	}
	return NULL;
}

bool model_world_open(struct arena *a, const struct model *m, struct model_world *w,
		      struct error *e)
{
	struct error ignored = { .kind = ERR_NONE };
	struct str text;

	*w = (struct model_world){ .a = a, .m = m };
	w->base = (struct process_world){ .open = model_world_find,
					  .sibling = model_world_sibling };
	w->files = arena_array(a, m->items.n + 1, sizeof(*w->files));
	if (!model_text(a, m, model_resolve(m, "", "etc/ld.so.cache", NULL), &text, e))
		return false;
	/* the loader ignores a cache that it cannot read */
	if (text.p && ldcache_read(a, text, &w->cache, &ignored))
		w->base.cache = &w->cache;
	if (!model_text(a, m, model_resolve(m, "", "etc/ld.so.preload", NULL), &text, e))
		return false;
	process_preload(a, text, &w->base.preload);
	return true;
}

/* A dynamic program or library, under the first of its names. */
static bool item_is_loaded(const struct item *i)
{
	return i->type == ITEM_FILE && i->elf && i->elf->readable && i->elf->head.dynamic &&
	       !i->shared;
}

bool model_world_each(struct model_world *w, struct process_visit *v, struct error *e)
{
	struct process_set set = { NULL, 0, 0 };

	for (size_t i = 0; i < w->m->items.n; i++) {
		if (item_is_loaded(w->m->items.v[i]))
			*list_push(w->a, &set) = model_world_file(w, w->m->items.v[i]);
	}
	return process_set_each(&set, &w->base, v, e);
}
