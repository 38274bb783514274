/* SPDX-License-Identifier: Apache-2.0 */
/* Follows the loader: _dl_map_object_deps and _dl_map_object of glibc 2.41 (elf/dl-deps.c,
 * elf/dl-load.c), without mapping anything. */

#include "format/elf/loader_process.h"

#include "format/elf/elf_machine.h"
#include "format/elf/loader_search.h"
#include "format/elf/process_lookup.h"

#define PROCESS_OBJECTS_MAX 4096 /* bounds the work that hostile files can ask for */

static struct process_object *process_load(struct process *p, struct process_file *file,
					   const struct process_object *loader, const char *origin,
					   const char *name)
{
	struct process_object *o = arena_alloc(p->a, sizeof(*o));
	const struct elf *elf = file->elf;

	*o = (struct process_object){ .file = file, .loader = loader, .origin = origin };
	*list_push(p->a, &o->names) = name;
	if (elf->runpath)
		search_path_folders(p->a, elf, elf->runpath, origin, &o->runpath);
	else if (elf->rpath)
		search_path_folders(p->a, elf, elf->rpath, origin, &o->rpath);
	*list_push(p->a, &p->objects) = o;
	return o;
}

struct process_object *process_loaded(const struct process *p, const char *name)
{
	for (size_t i = 0; i < p->objects.n; i++) {
		struct process_object *o = p->objects.v[i];
		const char *soname = o->file->elf->soname;

		if (strings_has(&o->names, name) || (soname && strcmp(soname, name) == 0))
			return o;
	}
	return NULL;
}

/* A file may be in the process under another name. */
static struct process_object *process_object_of(const struct process *p,
						const struct process_file *file)
{
	for (size_t i = 0; i < p->objects.n; i++) {
		if (p->objects.v[i]->file == file)
			return p->objects.v[i];
	}
	return NULL;
}

/* "usr/bin/a > usr/lib/b.so > c.so" */
static const char *process_chain(struct process *p, const struct process_object *by,
				 const char *needed)
{
	const char *text = needed;

	for (; by; by = by->loader ? by->loader : by->opener)
		text = arena_printf(p->a, "%s > %s", by->file->path, text);
	return text;
}

bool process_edge_is_optional(const struct process_edge *edge)
{
	return edge->dlopen && edge->dlopen->priority != ELF_DLOPEN_REQUIRED;
}

static struct process_edge *process_answer(struct process *p, const struct process_object *by,
					   const char *needed, size_t order)
{
	struct process_edge *edge = list_push(p->a, &p->edges);

	*edge = (struct process_edge){ .by = by, .needed = needed, .order = order };
	return edge;
}

static void edge_set_missing(struct process *p, struct process_edge *edge,
			     const struct process_lookup *l)
{
	edge->why = l->stop ? l->stop : l->passed ? l->passed : "not found";
	edge->blocked = l->stop != NULL;
	edge->chain = process_chain(p, edge->by, l->name);
}

static void process_try_sibling(const struct process *p, struct process_lookup *l)
{
	struct process_file *module = p->objects.v[p->first]->file;

	if (process_lookup_ended(l) || elf_is_program(module->elf) || !p->w->sibling)
		return;
	l->file = p->w->sibling(p->w, module, l->by->file, l->name);
	if (l->file) {
		l->opened = arena_printf(p->a, "/%s", l->file->path);
		l->how = "package";
	}
}

static bool process_take(struct process *p, const struct process_lookup *l, bool opened,
			 struct error *e)
{
	struct process_object *have = process_object_of(p, l->file), *o;

	if (have) {
		*list_push(p->a, &have->names) = l->name;
	} else if (p->objects.n == PROCESS_OBJECTS_MAX) {
		return err_set(e, ERR_INPUT, "it loads more than %d files", PROCESS_OBJECTS_MAX);
	} else {
		o = process_load(p, l->file, opened ? NULL : l->by,
				 search_folder_of(p->a, l->opened), l->name);
		o->opener = opened ? l->by : NULL;
	}
	return true;
}

/* Looks one library up and records the edge; one that is `optional` leaves no trace if missing.
 * `how` replaces the way it was found, unless NULL. */
static bool process_need(struct process *p, const struct process_object *by, const char *name,
			 size_t order, bool optional, const char *how, struct error *e)
{
	struct process_object *have = process_loaded(p, name);
	struct process_lookup l = { .by = by, .name = name };
	struct process_edge *edge;

	if (!have && !process_lookup_find(p, &l, e))
		return false;
	if (!have)
		process_try_sibling(p, &l);
	if (!have && !l.file && optional)
		return true;
	edge = process_answer(p, by, name, order);
	if (have) {
		edge->found = have->file;
		edge->how = "loaded";
	} else if (l.file) {
		edge->found = l.file;
		edge->how = how ? how : l.how;
		return process_take(p, &l, false, e);
	} else {
		edge_set_missing(p, edge, &l);
	}
	return true;
}

static bool process_need_list(struct process *p, const struct process_object *by,
			      const struct strings *names, size_t *order, bool optional,
			      struct error *e)
{
	for (size_t i = 0; i < names->n; i++) {
		if (!process_need(p, by, names->v[i], (*order)++, optional, NULL, e))
			return false;
	}
	return true;
}

static bool process_need_all(struct process *p, const struct process_object *by, size_t order,
			     struct error *e)
{
	const struct elf *elf = by->file->elf;

	return process_need_list(p, by, &elf->needed, &order, false, e) &&
	       process_need_list(p, by, &elf->filters, &order, false, e) &&
	       process_need_list(p, by, &elf->auxiliaries, &order, true, e);
}

/* The first of the names that is there; else the first of all, with what stood in its way. */
static bool process_find_any(struct process *p, const struct process_object *by,
			     const struct strings *names, struct process_object **have,
			     struct process_lookup *out, struct error *e)
{
	for (size_t i = 0; i < names->n; i++) {
		struct process_lookup l = { .by = by, .name = names->v[i] };

		*have = process_loaded(p, l.name);
		if (!*have && !process_lookup_find(p, &l, e))
			return false;
		if (!*have)
			process_try_sibling(p, &l);
		if (i == 0 || *have || l.file)
			*out = l;
		if (*have || l.file)
			return true;
	}
	return true;
}

/* One entry of .note.dlopen. What is merely recommended or suggested is looked for, but not loaded:
 * it is a module. */
static bool process_need_note(struct process *p, const struct process_object *by,
			      const struct elf_dlopen *d, size_t order, struct error *e)
{
	struct process_object *have = NULL;
	struct process_lookup l = { .by = by };
	struct process_edge *edge;

	if (!d->sonames.n)
		return true;
	if (!process_find_any(p, by, &d->sonames, &have, &l, e))
		return false;
	edge = process_answer(p, by, l.name, order);
	edge->dlopen = d;
	if (!have && !l.file) {
		edge_set_missing(p, edge, &l);
		return true;
	}
	edge->found = have ? have->file : l.file;
	edge->how = have ? "loaded" : l.how;
	return have || process_edge_is_optional(edge) || process_take(p, &l, true, e);
}

static bool process_need_notes(struct process *p, const struct process_object *by, struct error *e)
{
	const struct elf *elf = by->file->elf;
	size_t order = 1 + p->w->preload.n + elf->needed.n + elf->filters.n + elf->auxiliaries.n;

	for (size_t i = 0; i < elf->dlopens.v.n; i++) {
		if (!process_need_note(p, by, &elf->dlopens.v.v[i], order + i, e))
			return false;
	}
	return true;
}

/* Breadth first, then what the objects open once they run, which may need more. */
static bool process_complete(struct process *p, struct error *e)
{
	size_t at = p->first;

	for (size_t opened = p->first; opened < p->objects.n; opened++) {
		for (; at < p->objects.n; at++) {
			if (!process_need_all(p, p->objects.v[at], at ? 1 : 1 + p->w->preload.n, e))
				return false;
		}
		if (!process_need_notes(p, p->objects.v[opened], e))
			return false;
	}
	return true;
}

/* The kernel maps the interpreter before anything is searched for. */
static bool process_load_interpreter(struct process *p, struct error *e)
{
	const struct process_object *program = p->objects.v[0];
	const char *path = program->file->elf->interp;
	struct process_lookup l = { .by = program, .name = path };
	struct process_edge *edge;

	if (!path)
		return true;
	if (path[0] != '/')
		l.stop = "depends on the working directory";
	else if (!process_lookup_at(p, &l, path, "interpreter", e))
		return false;
	edge = process_answer(p, program, path, 0);
	if (!l.file) {
		edge_set_missing(p, edge, &l);
		return true;
	}
	edge->found = l.file;
	edge->how = l.how;
	if (!process_object_of(p, l.file))
		process_load(p, l.file, NULL, search_folder_of(p->a, path), path);
	return true;
}

/* What cannot be preloaded is ignored, with a word on standard error. */
static bool process_preload_all(struct process *p, struct error *e)
{
	const struct strings *names = &p->w->preload;

	for (size_t i = 0; i < names->n; i++) {
		if (!process_need(p, p->objects.v[0], names->v[i], 1 + i, true, "preload", e))
			return false;
	}
	return true;
}

bool process_follow(struct arena *a, struct process_world *w, struct process_file *program,
		    struct process *p, struct error *e)
{
	const char *path = arena_printf(a, "/%s", program->path);

	*p = (struct process){ .a = a, .w = w, .machine = machine_of_elf(program->elf) };
	search_default_folders(a, program->elf, &p->defaults);
	/* the kernel gives the loader the real path of a program */
	process_load(p, program, NULL, search_folder_of(a, path), "");
	return process_load_interpreter(p, e) && process_preload_all(p, e) &&
	       process_complete(p, e);
}

/* Names are added to objects that are found again, so a process that goes on has its own. */
static void process_copy(struct arena *a, const struct process *host, struct process *p)
{
	*p = (struct process){
		.a = a, .w = host->w, .machine = host->machine, .defaults = host->defaults
	};
	p->objects.v = arena_array(a, host->objects.n + 8, sizeof(*p->objects.v));
	p->objects.cap = host->objects.n + 8;
	for (size_t i = 0; i < host->objects.n; i++) {
		struct process_object *o = arena_alloc(a, sizeof(*o));

		*o = *host->objects.v[i];
		o->names = (struct strings){ NULL, 0, 0 };
		for (size_t k = 0; k < host->objects.v[i]->names.n; k++)
			*list_push(a, &o->names) = host->objects.v[i]->names.v[k];
		p->objects.v[p->objects.n++] = o;
	}
	p->first = p->objects.n;
}

bool process_follow_module(struct arena *a, const struct process *host,
			   const struct process_object *by, struct process_file *module,
			   struct process *p, struct error *e)
{
	const char *path = arena_printf(a, "/%s", module->path);

	process_copy(a, host, p);
	process_load(p, module, NULL, search_folder_of(a, path), path)->opener = by;
	return process_complete(p, e);
}

void process_preload(struct arena *a, struct str text, struct strings *out)
{
	struct str line, code, rest;

	while (str_next(&text, '\n', &line)) {
		str_cut(line, '#', &code, &rest);
		for (size_t i = 0, start = 0; i <= code.n; i++) {
			if (i < code.n && !strchr(" \t:", code.p[i]))
				continue;
			if (i > start)
				*list_push(a, out) = str_dup(a, (struct str){ code.p + start,
									      i - start });
			start = i + 1;
		}
	}
}
