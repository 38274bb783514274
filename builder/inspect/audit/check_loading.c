/* SPDX-License-Identifier: Apache-2.0 */
/* Would it load? Every program is loaded on paper as glibc's loader does it, breadth first, with
 * the libraries of the image alone; what no program loads (plug-ins, modules) is tried by itself.
 * The search for one library is in model_search.c. */

#include <stdlib.h>

#include "inspect/audit/check.h"
#include "inspect/layers/elf_facts.h"
#include "inspect/model/model_search.h"

#define OBJECTS_MAX 2048	/* one process loads */

struct loading {
	struct audit_run *r;
	struct search *search;
	struct arena *scratch;		/* of one process */
	struct { struct loaded *v; size_t n, cap; } objects;
	bool complete;			/* nothing is missing so far */
};

static bool offers(const struct elf_facts *f, const char *version)
{
	return strings_has(&f->offers, version);
}

static const struct loaded *loaded_as(const struct loading *l, const char *name)
{
	for (size_t i = 0; i < l->objects.n; i++) {
		const struct loaded *o = &l->objects.v[i];

		if ((o->name && strcmp(o->name, name) == 0) ||
		    (o->item->elf->head.soname && strcmp(o->item->elf->head.soname, name) == 0))
			return o;
	}
	return NULL;
}

static const struct loaded *add(struct loading *l, const struct item *item, const char *name,
				size_t by)
{
	for (size_t i = 0; i < l->objects.n; i++)
		if (l->objects.v[i].item == item)
			return &l->objects.v[i];
	if (l->objects.n == OBJECTS_MAX)
		return NULL;
	*list_push(l->scratch, &l->objects) = (struct loaded){ item, name, by };
	return &l->objects.v[l->objects.n - 1];
}

/* One finding for one need of one file, however many programs load it. */
static void missing(struct loading *l, const char *rule, const struct item *i, const char *text)
{
	const struct findings *out = l->r->out;

	l->complete = false;
	for (size_t n = out->n; n-- > 0;)
		if (strcmp(out->v[n].message, text) == 0 && out->v[n].path &&
		    strcmp(out->v[n].path, i->path) == 0)
			return;
	found(l->r, rule, i->path, "%s", text);
}

static void load_needed(struct loading *l, size_t at)
{
	const struct item *item = l->objects.v[at].item;
	const struct strings *needed = &item->elf->head.needed;

	for (size_t n = 0; n < needed->n; n++) {
		const struct item *lib;

		if (loaded_as(l, needed->v[n]))
			continue;
		lib = search_library(l->search, l->objects.v, at, needed->v[n]);
		if (lib)
			add(l, lib, needed->v[n], at);
		else
			missing(l, "elf.library-missing", item,
				arena_printf(l->r->a, "it needs %s", needed->v[n]));
	}
}

static void check_versions(struct loading *l, const struct item *item)
{
	const struct elf_facts *f = item->elf;

	for (size_t w = 0; w < f->wants.n; w++) {
		const struct version_need *need = &f->wants.v[w];
		const struct loaded *lib = loaded_as(l, need->library);

		if (!lib || need->weak || offers(lib->item->elf, need->version))
			continue;
		missing(l, "elf.version-missing", item,
			arena_printf(l->r->a, "it needs version %s of %s; /%s does not have it",
				     need->version, need->library, lib->item->path));
	}
}

static bool defined_anywhere(const struct loading *l, uint32_t hash)
{
	for (size_t i = 0; i < l->objects.n; i++)
		if (elf_facts_define(l->objects.v[i].item->elf, hash))
			return true;
	return false;
}

static void check_symbols(struct loading *l, const struct item *item)
{
	for (size_t s = 0; s < item->elf->undefined.n; s++) {
		const struct symbol_need *need = &item->elf->undefined.v[s];

		if (!defined_anywhere(l, need->hash))
			missing(l, "elf.symbol-missing", item,
				arena_printf(l->r->a, "nothing it loads defines %s", need->name));
	}
}

static void check_interpreter(struct loading *l, const struct item *item)
{
	const char *interp = item->elf->head.interp;
	const struct item *loader = interp ? model_resolve(l->r->m, "", interp, NULL) : NULL;

	if (!interp)
		return;
	if (!loader || loader->type != ITEM_FILE)
		missing(l, "elf.interpreter-missing", item,
			arena_printf(l->r->a, "its loader is %s", interp));
	else if (loader->elf && loader->elf->readable)
		add(l, loader, loader->elf->head.soname, SIZE_MAX);
}

/* Loads one file with all it needs, and marks what came along. */
static void load(struct audit_run *r, struct search *s, const struct item *root, bool *seen)
{
	AUTO_ARENA scratch = { 0 };
	struct loading l = { r, s, &scratch, { NULL, 0, 0 }, true };

	add(&l, root, NULL, SIZE_MAX);
	check_interpreter(&l, root);
	for (size_t i = 0; i < l.objects.n; i++)
		load_needed(&l, i);
	for (size_t i = 0; i < l.objects.n; i++)
		check_versions(&l, l.objects.v[i].item);
	for (size_t i = 0; l.complete && root->elf->program && i < l.objects.n; i++)
		check_symbols(&l, l.objects.v[i].item);
	for (size_t i = 0; i < l.objects.n; i++) {
		size_t at = items_lower(&r->m->items, l.objects.v[i].item->path);

		seen[at] = true;
	}
}

static void check_dlopen(struct audit_run *r, struct search *s, const struct item *i)
{
	const struct loaded alone = { i, NULL, SIZE_MAX };

	for (size_t n = 0; n < i->elf->dlopen.n; n++)
		if (!search_library(s, &alone, 0, i->elf->dlopen.v[n]))
			found(r, "elf.dlopen-missing", i->path, "it would load %s", i->elf->dlopen.v[n]);
}

static bool loads(const struct item *i)
{
	return i->type == ITEM_FILE && i->elf && i->elf->readable && i->elf->head.dynamic &&
	       !i->shared;
}

bool check_loading(struct audit_run *r, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct search search;
	bool *seen = arena_array(&scratch, r->m->items.n + 1, sizeof(*seen));

	if (!search_init(&scratch, r->m, &search, e))
		return false;
	for (int programs = 1; programs >= 0; programs--)
		for (size_t n = 0; n < r->m->items.n; n++) {
			const struct item *i = r->m->items.v[n];

			if (loads(i) && i->elf->program == programs && !seen[n])
				load(r, &search, i, seen);
		}
	for (size_t n = 0; n < r->m->items.n; n++)
		if (loads(r->m->items.v[n]))
			check_dlopen(r, &search, r->m->items.v[n]);
	return true;
}
