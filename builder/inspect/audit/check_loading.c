/* SPDX-License-Identifier: Apache-2.0 */
/* Would it load? Every program is loaded on paper as glibc's loader does it (format/elf/process.h), with
 * the libraries of the image alone; what no program loads (plug-ins, modules) is tried by itself. */

#include "inspect/audit/check.h"
#include "inspect/layers/elf_facts.h"
#include "inspect/model/model_world.h"

struct loading {
	struct model_visit visit;
	struct audit_run *r;
	bool *asked;			/* of each item: its .note.dlopen was looked at */
};

static const struct elf_facts *facts_of(const struct process_object *o)
{
	return model_world_item(o->file)->elf;
}

/* One finding for one need of one file, however many programs load it. */
static void loading_found(struct loading *l, const char *rule, const struct process_object *o, const char *text)
{
	const struct findings *out = l->r->out;
	const char *path = o->file->path;

	for (size_t n = out->n; n-- > 0;)
		if (strcmp(out->v[n].message, text) == 0 && out->v[n].path && strcmp(out->v[n].path, path) == 0)
			return;
	found(l->r, rule, path, "%s", text);
}

/* Whether all is there. */
static bool check_edges(struct loading *l, const struct process *p)
{
	bool complete = true;

	for (size_t i = 0; i < p->edges.n; i++) {
		const struct process_edge *edge = &p->edges.v[i];

		if (edge->found)
			continue;
		complete = false;
		if (edge->order == 0)
			loading_found(l, "elf.interpreter-missing", edge->by,
				      arena_printf(l->r->a, "its loader is %s", edge->needed));
		else
			loading_found(l, "elf.library-missing", edge->by,
				      arena_printf(l->r->a, "it needs %s", edge->needed));
	}
	return complete;
}

/* Whether all are there. */
static bool check_versions(struct loading *l, const struct process *p, const struct process_object *o)
{
	const struct elf_facts *f = facts_of(o);
	bool complete = true;

	for (size_t w = 0; w < f->wants.n; w++) {
		const struct version_need *need = &f->wants.v[w];
		const struct process_object *lib = process_loaded(p, need->library);

		if (!lib || need->weak || strings_has(&facts_of(lib)->offers, need->version))
			continue;
		complete = false;
		loading_found(l, "elf.version-missing", o,
			      arena_printf(l->r->a, "it needs version %s of %s; /%s does not have it", need->version,
					   need->library, lib->file->path));
	}
	return complete;
}

static bool process_defines(const struct process *p, uint32_t hash)
{
	for (size_t i = 0; i < p->objects.n; i++)
		if (elf_facts_define(facts_of(p->objects.v[i]), hash))
			return true;
	return false;
}

static void check_symbols(struct loading *l, const struct process *p, const struct process_object *o)
{
	const struct elf_facts *f = facts_of(o);

	for (size_t s = 0; s < f->undefined.n; s++) {
		const struct symbol_need *need = &f->undefined.v[s];

		if (!process_defines(p, need->hash))
			loading_found(l, "elf.symbol-missing", o,
				      arena_printf(l->r->a, "nothing it loads defines %s", need->name));
	}
}

/* In the first process that has the file. */
static bool check_dlopen(struct loading *l, struct process *p, const struct process_object *o, struct error *e)
{
	const struct item *item = model_world_item(o->file);
	bool *asked = &l->asked[items_lower(&l->r->m->items, item->path)];

	for (size_t n = 0; !*asked && n < item->elf->dlopen.n; n++) {
		struct process_file *lib = NULL;

		if (!process_dlopen(p, o, item->elf->dlopen.v[n], &lib, e))
			return false;
		if (!lib)
			found(l->r, "elf.dlopen-missing", item->path, "it would load %s", item->elf->dlopen.v[n]);
	}
	*asked = true;
	return true;
}

static bool check_process(struct model_visit *v, struct process *p, struct error *e)
{
	struct loading *l = (struct loading *)v;
	bool complete = check_edges(l, p);

	for (size_t i = 0; i < p->objects.n; i++)
		complete &= check_versions(l, p, p->objects.v[i]);
	for (size_t i = 0; complete && facts_of(p->objects.v[0])->program && i < p->objects.n; i++)
		check_symbols(l, p, p->objects.v[i]);
	for (size_t i = 0; i < p->objects.n; i++)
		if (!check_dlopen(l, p, p->objects.v[i], e))
			return false;
	return true;
}

bool check_loading(struct audit_run *r, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct loading l = { .visit = { check_process }, .r = r };
	struct model_world w;

	l.asked = arena_array(&scratch, r->m->items.n + 1, sizeof(*l.asked));
	return model_world_open(&scratch, r->m, &w, e) && model_world_each(&w, &l.visit, e);
}
