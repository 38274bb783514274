/* SPDX-License-Identifier: Apache-2.0 */
/* Would it load? Every program is loaded on paper as glibc's loader does it
 * (format/elf/loader_process.h), with the libraries of the image alone; what no program loads
 * (plug-ins, modules) in a program that can open it. */

#include "inspect/audit/check.h"
#include "inspect/layers/elf_facts.h"
#include "inspect/model/model_world.h"

struct loading_check {
	struct process_visit visit;
	struct audit_run *r;
};

static const struct elf_facts *object_facts(const struct process_object *o)
{
	return model_world_item(o->file)->elf;
}

/* Adds a finding about a need of a file once, even if several programs load the file. */
static void loading_found(struct loading_check *l, const char *rule, const struct process_object *o,
			  const char *text)
{
	const struct findings *out = l->r->out;
	const char *path = o->file->path;

	for (size_t n = out->n; n-- > 0;)
		if (strcmp(out->v[n].message, text) == 0 && out->v[n].path &&
		    strcmp(out->v[n].path, path) == 0)
			return;
	finding_add(l->r, rule, path, "%s", text);
}

/* "it needs libz.so.1, feature "zlib"", and what stood in its way, if something did. */
static const char *need_text(struct arena *a, const struct process_edge *edge, const char *verb)
{
	const char *text = arena_printf(a, "it %s %s", verb, edge->needed);

	if (edge->dlopen && edge->dlopen->feature)
		text = arena_printf(a, "%s, feature \"%s\" of its .note.dlopen", text,
				    edge->dlopen->feature);
	return edge->blocked ? arena_printf(a, "%s: %s", text, edge->why) : text;
}

static void edge_missing(struct loading_check *l, const struct process_edge *edge)
{
	struct arena *a = l->r->a;

	if (edge->dlopen && edge->dlopen->priority == ELF_DLOPEN_SUGGESTED)
		loading_found(l, "elf.dlopen-suggested", edge->by, need_text(a, edge, "can load"));
	else if (edge->dlopen && edge->dlopen->priority == ELF_DLOPEN_RECOMMENDED)
		loading_found(l, "elf.dlopen-missing", edge->by, need_text(a, edge, "would load"));
	else if (edge->order == 0)
		loading_found(l, "elf.interpreter-missing", edge->by,
			      arena_printf(a, "its loader is %s%s%s", edge->needed,
					   edge->blocked ? ": " : "",
					   edge->blocked ? edge->why : ""));
	else
		loading_found(l, "elf.library-missing", edge->by, need_text(a, edge, "needs"));
}

/* Whether all is there. */
static bool check_edges(struct loading_check *l, const struct process *p)
{
	bool complete = true;

	for (size_t i = 0; i < p->edges.n; i++) {
		const struct process_edge *edge = &p->edges.v[i];

		if (edge->found)
			continue;
		complete &= process_edge_is_optional(edge);
		edge_missing(l, edge);
	}
	return complete;
}

/* Reports symbol versions that the loaded libraries lack; true if none is missing. */
static bool check_loaded_versions(struct loading_check *l, const struct process *p,
				  const struct process_object *o)
{
	const struct elf_facts *f = object_facts(o);
	bool complete = true;

	for (size_t w = 0; w < f->wants.n; w++) {
		const struct version_need *need = &f->wants.v[w];
		const struct process_object *lib = process_loaded(p, need->library);

		if (!lib || need->weak || strings_has(&object_facts(lib)->offers, need->version))
			continue;
		complete = false;
		loading_found(l, "elf.version-missing", o,
			      arena_printf(l->r->a,
					   "it needs version %s of %s; /%s does not have it",
					   need->version, need->library, lib->file->path));
	}
	return complete;
}

/* Begins with the object that had the symbol before: most are of one, the C library. */
static bool process_defines(const struct process *p, uint32_t hash, size_t *last)
{
	for (size_t i = 0; i < p->objects.n; i++) {
		size_t at = (*last + i) % p->objects.n;

		if (!elf_facts_define(object_facts(p->objects.v[at]), hash))
			continue;
		*last = at;
		return true;
	}
	return false;
}

static void check_symbols(struct loading_check *l, const struct process *p,
			  const struct process_object *o)
{
	const struct elf_facts *f = object_facts(o);
	size_t last = 0;

	for (size_t s = 0; s < f->undefined.n; s++) {
		const struct symbol_need *need = &f->undefined.v[s];

		if (!process_defines(p, need->hash, &last))
			loading_found(l, "elf.symbol-missing", o,
				      arena_printf(l->r->a, "nothing it loads defines %s",
						   need->name));
	}
}

static void check_notes(struct loading_check *l, const struct process_object *o)
{
	const char *odd = object_facts(o)->head.odd_dlopen;

	if (odd)
		loading_found(l, "elf.dlopen-unreadable", o, odd);
}

/* Of a module the symbols are not looked for: it may be opened by another module that has loaded
 * more. */
static bool check_process(struct process_visit *v, struct process *p, struct error *e)
{
	struct loading_check *l = (struct loading_check *)v;
	bool complete = check_edges(l, p);

	(void)e;
	for (size_t i = p->first; i < p->objects.n; i++) {
		complete &= check_loaded_versions(l, p, p->objects.v[i]);
		check_notes(l, p->objects.v[i]);
	}
	for (size_t i = 0;
	     complete && !p->first && object_facts(p->objects.v[0])->program && i < p->objects.n;
	     i++)
		check_symbols(l, p, p->objects.v[i]);
	return true;
}

bool check_loading(struct audit_run *r, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct loading_check l = { .visit = { check_process }, .r = r };
	struct model_world w;

	return model_world_open(&scratch, r->m, &w, e) && model_world_each(&w, &l.visit, e);
}
