/* SPDX-License-Identifier: Apache-2.0 */
/* Follows the loader: _dl_map_object_deps and _dl_map_object of glibc 2.41 (elf/dl-deps.c,
 * elf/dl-load.c), without mapping anything. */

#include "format/elf/process.h"

#include <elf.h>

#include "format/elf/elf_machine.h"
#include "format/elf/search.h"

#define PROCESS_OBJECTS_MAX 4096	/* bounds the work that hostile files can ask for */

/* One library looked for. */
struct process_lookup {
	const struct process_object *by;
	const char *name;
	struct process_file *file;	/* found */
	const char *opened;		/* the path it was found at */
	const char *how;
	const char *stop;		/* the loader gives up: why */
	const char *passed;		/* the first file that was passed over, and why */
};

static struct process_object *process_load(struct process *p, struct process_file *file,
					   const struct process_object *loader, const char *origin, const char *name)
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
static struct process_object *process_object_of(const struct process *p, const struct process_file *file)
{
	for (size_t i = 0; i < p->objects.n; i++) {
		if (p->objects.v[i]->file == file)
			return p->objects.v[i];
	}
	return NULL;
}

/* Does the loader go on behind a file for this other machine, as if it were not there? It looks at class, machine
 * (in its own byte order) and calling convention first; what is wrong else is an error (Debian's open_verify). */
static bool machine_is_passed(const struct elf *like, const struct elf *elf)
{
	uint16_t swapped = (uint16_t)(elf->machine << 8 | elf->machine >> 8);

	return elf->is64 != like->is64 || elf->big_endian == like->big_endian || swapped != like->machine;
}

static bool machine_is_taken(const struct machine *m, const struct elf *like, const struct elf *elf)
{
	if (elf_same_machine(like, elf))
		return true;
	return m && elf->machine == m->elf && elf->is64 == m->is64 && elf->big_endian == m->big_endian &&
	       ((elf->flags & m->mask) == m->value || (m->unmarked && (elf->flags & m->mask) == 0));
}

/* Why the loader does not take an ELF file of its machine, or NULL. */
static const char *file_fault(const struct process_file *file)
{
	const struct elf *elf = file->elf;

	if (elf->type != ET_DYN || (elf->df_1 & DF_1_PIE))
		return "is a program, no library";
	if (elf->os_abi != ELFOSABI_SYSV && elf->os_abi != ELFOSABI_GNU &&
	    !(elf->machine == EM_ARM && elf->os_abi == ELFOSABI_ARM_AEABI))
		return "is for another system";
	return NULL;
}

/* Can the loader take this file? Else it passes it over (another machine) or gives up. */
static bool process_accepts(struct process *p, struct process_lookup *l, const char *path,
			    const struct process_file *file)
{
	const struct elf *like = p->objects.v[0]->file->elf;
	const char *why = NULL;

	if (!file->is_elf)
		why = "is no ELF file";
	else if (file->bad)
		why = arena_printf(p->a, "is malformed: %s", file->bad);
	else if (machine_is_taken(p->machine, like, file->elf))
		why = file_fault(file);
	else if (machine_is_passed(like, file->elf)) {
		if (!l->passed)
			l->passed = arena_printf(p->a, "%s is for another machine", path);
		return false;
	} else {
		why = "is for another machine";
	}
	if (why)
		l->stop = arena_printf(p->a, "%s %s", path, why);
	return !why;
}

/* Tries one file. Whether it was found, or the search ends here, is in the lookup. */
static bool process_try(struct process *p, struct process_lookup *l, const char *path, const char *how,
			struct error *e)
{
	struct process_file *file = NULL;
	bool folder = false;

	if (!p->w->open(p->w, path, &file, &folder, e))
		return false;
	if (folder)
		l->stop = arena_printf(p->a, "%s is a folder", path);
	if (file && process_accepts(p, l, path, file)) {
		l->file = file;
		l->opened = path;
		l->how = how;
	}
	return true;
}

static bool lookup_ended(const struct process_lookup *l)
{
	return l->file || l->stop;
}

/* One folder: what its glibc-hwcaps has for the processor comes before it. */
static bool process_try_folder(struct process *p, struct process_lookup *l, const char *folder, const char *how,
			       struct error *e)
{
	const char *slash = strcmp(folder, "/") == 0 ? "" : "/";

	for (size_t i = 0; p->machine && i < MACHINE_HWCAPS && !lookup_ended(l); i++) {
		if (machine_has_hwcaps(p->machine, i, p->w->hwcaps) &&
		    !process_try(p, l, arena_printf(p->a, "%s%sglibc-hwcaps/%s/%s", folder, slash,
						    p->machine->hwcaps[i], l->name), how, e))
			return false;
	}
	return lookup_ended(l) || process_try(p, l, arena_printf(p->a, "%s%s%s", folder, slash, l->name), how, e);
}

static bool process_try_folders(struct process *p, struct process_lookup *l, const struct strings *folders,
				const char *how, struct error *e)
{
	for (size_t i = 0; i < folders->n && !lookup_ended(l); i++) {
		if (!process_try_folder(p, l, folders->v[i], how, e))
			return false;
	}
	return true;
}

/* DT_RPATH of the object, of those that led to it, and of the program. An object with DT_RUNPATH
 * neither uses its own nor theirs. */
static bool process_try_rpath(struct process *p, struct process_lookup *l, struct error *e)
{
	if (l->by->file->elf->runpath)
		return true;
	for (const struct process_object *at = l->by; at && !lookup_ended(l); at = at->loader) {
		if (!process_try_folders(p, l, &at->rpath, "rpath", e))
			return false;
	}
	return process_try_folders(p, l, &p->objects.v[0]->rpath, "rpath", e);
}

/* In a default folder, or below one: who says DF_1_NODEFLIB does not take it from the cache. */
static bool is_below_default(const struct process *p, const char *path)
{
	for (size_t i = 0; i < p->defaults.n; i++) {
		size_t n = strlen(p->defaults.v[i]);

		if (strncmp(path, p->defaults.v[i], n) == 0 && path[n] == '/')
			return true;
	}
	return false;
}

static bool process_try_cache(struct process *p, struct process_lookup *l, struct error *e)
{
	const struct ldcache_entry *entry;

	if (lookup_ended(l))
		return true;
	for (size_t i = 0; i < p->w->cache_folders.n && !lookup_ended(l); i++) {
		const char *path = arena_printf(p->a, "%s/%s", p->w->cache_folders.v[i], l->name);

		if (!process_try(p, l, path, "cache", e))
			return false;
	}
	if (!p->w->cache || !p->machine || lookup_ended(l))
		return true;
	entry = ldcache_find(p->w->cache, l->name, p->machine, p->w->hwcaps);
	if (!entry || ((l->by->file->elf->df_1 & DF_1_NODEFLIB) && is_below_default(p, entry->path)))
		return true;
	return process_try(p, l, entry->path, "cache", e);
}

static bool process_search(struct process *p, struct process_lookup *l, struct error *e)
{
	const struct elf *elf = l->by->file->elf;

	if (strchr(l->name, '/') || strchr(l->name, '$')) {
		const char *path = search_expand(p->a, elf, str_of(l->name), l->by->origin);

		if (!path || path[0] != '/') {
			l->stop = "depends on the working directory";
			return true;
		}
		return process_try(p, l, path, "path", e);
	}
	return process_try_rpath(p, l, e) && process_try_folders(p, l, &l->by->runpath, "runpath", e) &&
	       process_try_cache(p, l, e) &&
	       ((elf->df_1 & DF_1_NODEFLIB) || process_try_folders(p, l, &p->defaults, "default", e));
}

/* "usr/bin/a > usr/lib/b.so > c.so" */
static const char *process_chain(struct process *p, const struct process_object *by, const char *needed)
{
	const char *text = needed;

	for (; by; by = by->loader)
		text = arena_printf(p->a, "%s > %s", by->file->path, text);
	return text;
}

static struct process_edge *process_answer(struct process *p, const struct process_object *by, const char *needed,
					   size_t order)
{
	struct process_edge *edge = list_push(p->a, &p->edges);

	*edge = (struct process_edge){ .by = by, .needed = needed, .order = order };
	return edge;
}

static void edge_set_missing(struct process *p, struct process_edge *edge, const struct process_lookup *l)
{
	edge->why = l->stop ? l->stop : l->passed ? l->passed : "not found";
	edge->chain = process_chain(p, edge->by, l->name);
}

static void process_try_sibling(const struct process *p, struct process_lookup *l)
{
	struct process_file *program = p->objects.v[0]->file;

	if (lookup_ended(l) || program->elf->interp || !p->w->sibling)
		return;
	l->file = p->w->sibling(p->w, program, l->by->file, l->name);
	if (l->file) {
		l->opened = arena_printf(p->a, "/%s", l->file->path);
		l->how = "package";
	}
}

static bool process_take(struct process *p, const struct process_lookup *l, struct error *e)
{
	struct process_object *have = process_object_of(p, l->file);

	if (have)
		*list_push(p->a, &have->names) = l->name;
	else if (p->objects.n == PROCESS_OBJECTS_MAX)
		return err_set(e, ERR_INPUT, "it loads more than %d files", PROCESS_OBJECTS_MAX);
	else
		process_load(p, l->file, l->by, search_folder_of(p->a, l->opened), l->name);
	return true;
}

/* Looks one library up and records the edge; one that is `optional` leaves no trace if missing. `how` replaces
 * the way it was found, unless NULL. */
static bool process_need(struct process *p, const struct process_object *by, const char *name, size_t order,
			 bool optional, const char *how, struct error *e)
{
	struct process_object *have = process_loaded(p, name);
	struct process_lookup l = { .by = by, .name = name };
	struct process_edge *edge;

	if (!have && !process_search(p, &l, e))
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
		return process_take(p, &l, e);
	} else {
		edge_set_missing(p, edge, &l);
	}
	return true;
}

static bool process_need_list(struct process *p, const struct process_object *by, const struct strings *names,
			      size_t *order, bool optional, struct error *e)
{
	for (size_t i = 0; i < names->n; i++) {
		if (!process_need(p, by, names->v[i], (*order)++, optional, NULL, e))
			return false;
	}
	return true;
}

static bool process_need_all(struct process *p, const struct process_object *by, size_t order, struct error *e)
{
	const struct elf *elf = by->file->elf;

	return process_need_list(p, by, &elf->needed, &order, false, e) &&
	       process_need_list(p, by, &elf->filters, &order, false, e) &&
	       process_need_list(p, by, &elf->auxiliaries, &order, true, e);
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
	else if (!process_try(p, &l, path, "interpreter", e))
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

bool process_follow(struct arena *a, struct process_world *w, struct process_file *program, struct process *p,
		    struct error *e)
{
	const char *path = arena_printf(a, "/%s", program->path);

	*p = (struct process){ .a = a, .w = w, .machine = machine_of_elf(program->elf) };
	search_default_folders(a, program->elf, &p->defaults);
	/* the kernel gives the loader the real path of a program */
	process_load(p, program, NULL, search_folder_of(a, path), "");
	if (!process_load_interpreter(p, e) || !process_preload_all(p, e))
		return false;
	for (size_t i = 0; i < p->objects.n; i++) {
		if (!process_need_all(p, p->objects.v[i], i ? 1 : 1 + w->preload.n, e))
			return false;
	}
	return true;
}

bool process_dlopen(struct process *p, const struct process_object *by, const char *name,
		    struct process_file **found, struct error *e)
{
	const struct process_object *have = process_loaded(p, name);
	struct process_lookup l = { .by = by, .name = name };

	if (!have && !process_search(p, &l, e))
		return false;
	if (!have)
		process_try_sibling(p, &l);
	*found = have ? have->file : l.file;
	return true;
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
				*list_push(a, out) = str_dup(a, (struct str){ code.p + start, i - start });
			start = i + 1;
		}
	}
}
