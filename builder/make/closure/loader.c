/* SPDX-License-Identifier: Apache-2.0 */
/* Follows the loader: _dl_map_object_deps and _dl_map_object of glibc 2.41 (elf/dl-deps.c,
 * elf/dl-load.c), without mapping anything. */

#include "make/closure/loader.h"

#include "format/elf/machine.h"
#include "make/closure/loader_search.h"

/* An object in the process. */
struct loaded {
	struct object *object;
	const struct loaded *loader;	/* who asked for it first; NULL: program, interpreter */
	const char *origin;		/* $ORIGIN */
	struct strings names;		/* that it was asked for */
	struct strings rpath, runpath;	/* folders */
};

struct process {
	struct world *w;
	struct loaded *program;
	list_of(struct loaded *) order;		/* of loading */
	struct strings defaults;		/* folders */
	struct drafts *out;
};

/* One library looked for. */
struct lookup {
	const struct loaded *by;
	const char *name;
	struct object *object;		/* found */
	const char *opened;		/* the path it was found at */
	const char *how;
	const char *stop;		/* the loader gives up: why */
	const char *passed;		/* the first file that was passed over, and why */
};

static struct loaded *load(struct process *p, struct object *object, const struct loaded *loader,
			   const char *origin, const char *name)
{
	struct loaded *l = arena_alloc(p->w->a, sizeof(*l));
	const struct elf *elf = &object->elf;

	*l = (struct loaded){ .object = object, .loader = loader, .origin = origin };
	*list_push(p->w->a, &l->names) = name;
	if (elf->runpath)
		search_path_folders(p->w->a, elf, elf->runpath, origin, &l->runpath);
	else if (elf->rpath)
		search_path_folders(p->w->a, elf, elf->rpath, origin, &l->rpath);
	*list_push(p->w->a, &p->order) = l;
	return l;
}

/* By a name it was asked for, or by its SONAME. */
static struct loaded *loaded_by_name(const struct process *p, const char *name)
{
	for (size_t i = 0; i < p->order.n; i++) {
		struct loaded *l = p->order.v[i];
		const char *soname = l->object->elf.soname;

		if (strings_has(&l->names, name) || (soname && strcmp(soname, name) == 0))
			return l;
	}
	return NULL;
}

/* Can the loader take this file? Else it passes it over (another machine) or gives up. */
static bool acceptable(struct process *p, struct lookup *l, const char *path,
		       const struct object *o)
{
	const char *why = NULL;

	if (!o->is_elf)
		why = "is no ELF file";
	else if (o->bad)
		why = o->bad;
	else if (o->elf.type != ET_DYN || (o->elf.df_1 & DF_1_PIE))
		why = "is a program, no library";
	if (!o->bad && o->is_elf && !elf_same_machine(&o->elf, &p->program->object->elf)) {
		if (!l->passed)
			l->passed = arena_printf(p->w->a, "%s is for another machine", path);
		return false;
	}
	if (why)
		l->stop = arena_printf(p->w->a, "%s %s%s", path, o->bad ? "is malformed: " : "",
				       why);
	return !why;
}

/* Tries one file. Whether it was found, or the search ends here, is in the lookup. */
static bool try_file(struct process *p, struct lookup *l, const char *path, const char *how,
		     struct error *e)
{
	struct node *n;
	struct object *o;

	if (!world_find(p->w, path, &n, e))
		return false;
	if (n && n->type == NODE_DIR)
		l->stop = arena_printf(p->w->a, "%s is a folder", path);
	if (!n || n->type != NODE_FILE)
		return true;
	if (!objects_get(&p->w->objects, n, &o, e))
		return false;
	if (acceptable(p, l, path, o)) {
		l->object = o;
		l->opened = path;
		l->how = how;
	}
	return true;
}

static bool ended(const struct lookup *l)
{
	return l->object || l->stop;
}

static bool try_folders(struct process *p, struct lookup *l, const struct strings *folders,
			const char *how, struct error *e)
{
	for (size_t i = 0; i < folders->n && !ended(l); i++) {
		const char *folder = folders->v[i];
		const char *slash = strcmp(folder, "/") == 0 ? "" : "/";

		if (!try_file(p, l, arena_printf(p->w->a, "%s%s%s", folder, slash, l->name), how,
			      e))
			return false;
	}
	return true;
}

/* DT_RPATH of the object, of those that led to it, and of the program. An object with DT_RUNPATH
 * neither uses its own nor theirs. */
static bool try_rpath(struct process *p, struct lookup *l, struct error *e)
{
	if (l->by->object->elf.runpath)
		return true;
	for (const struct loaded *at = l->by; at && !ended(l); at = at->loader) {
		if (!try_folders(p, l, &at->rpath, "rpath", e))
			return false;
	}
	return ended(l) || try_folders(p, l, &p->program->rpath, "rpath", e);
}

static bool try_cache(struct process *p, struct lookup *l, struct error *e)
{
	const struct elf *elf = &p->program->object->elf;
	const struct ldcache_entry *entry;

	if (ended(l))
		return true;
	if (p->w->candidates && p->w->candidates->cache_follows)
		return try_folders(p, l, &p->w->conf_folders, "cache", e);
	entry = p->w->has_cache ? ldcache_find(&p->w->cache, l->name, ldcache_flags(elf)) : NULL;
	if (!entry)
		return true;
	if ((l->by->object->elf.df_1 & DF_1_NODEFLIB) &&
	    strings_has(&p->defaults, search_folder_of(p->w->a, entry->path)))
		return true;
	return try_file(p, l, entry->path, "cache", e);
}

static bool search(struct process *p, struct lookup *l, struct error *e)
{
	const struct elf *elf = &l->by->object->elf;

	if (strchr(l->name, '/') || strchr(l->name, '$')) {
		const char *path = search_expand(p->w->a, elf, str_of(l->name), l->by->origin);

		if (!path || path[0] != '/') {
			l->stop = "depends on the working directory";
			return true;
		}
		return try_file(p, l, path, "path", e);
	}
	return try_rpath(p, l, e) && try_folders(p, l, &l->by->runpath, "runpath", e) &&
	       try_cache(p, l, e) &&
	       ((elf->df_1 & DF_1_NODEFLIB) ||
		try_folders(p, l, &p->defaults, "default", e));
}

/* "usr/bin/a > usr/lib/b.so > c.so" */
static const char *chain(struct process *p, const struct loaded *by, const char *needed)
{
	const char *text = needed;

	for (; by; by = by->loader)
		text = arena_printf(p->w->a, "%s > %s", by->object->node->path, text);
	return text;
}

static struct draft *add_edge(struct process *p, const struct loaded *by, const char *needed,
			      size_t order)
{
	struct draft *d = list_push(p->w->a, p->out);

	d->edge = (struct closure_edge){ .file = by->object->node->path, .needed = needed };
	d->order = order;
	d->file = by->object;
	d->plugin = !p->program->object->elf.interp;
	return d;
}

static void set_missing(struct process *p, struct draft *d, const struct loaded *by,
			const struct lookup *l)
{
	d->edge.why = l->stop ? l->stop : l->passed ? l->passed : "not found";
	d->edge.chain = chain(p, by, l->name);
}

/* A file may be in the process under another name. */
static struct loaded *loaded_by_file(const struct process *p, const struct object *o)
{
	for (size_t i = 0; i < p->order.n; i++) {
		if (p->order.v[i]->object == o)
			return p->order.v[i];
	}
	return NULL;
}

/* Of one package, or compiled from one source. */
static bool same_package(const struct node *a, const struct node *b)
{
	return a->owner && b->owner && a->owner->kind == b->owner->kind &&
	       a->owner->kind <= OWNER_SOURCE && strcmp(a->owner->name, b->owner->name) == 0;
}

/* A library that no program loads is a plug-in: who opens it has loaded those libraries of its package
 * that it needs, and they may stand where no search leads (libattach.so and libjvm.so of a JVM). */
static void try_package(const struct process *p, struct lookup *l)
{
	const struct objects *all = &p->w->objects;

	/* of one package: what a plug-in loads from another has to be found */
	if (l->object || l->stop || p->program->object->elf.interp ||
	    !same_package(p->program->object->node, l->by->object->node))
		return;
	for (size_t i = 0; i < all->v.n && !l->object; i++) {
		struct object *o = all->v.v[i];

		if (o->is_elf && !o->bad && o->touched && o->elf.soname &&
		    strcmp(o->elf.soname, l->name) == 0 &&
		    elf_same_machine(&o->elf, &p->program->object->elf) &&
		    same_package(o->node, l->by->object->node))
			l->object = o;
	}
	if (l->object) {
		l->opened = arena_printf(p->w->a, "/%s", l->object->node->path);
		l->how = "package";
	}
}

static void take(struct process *p, const struct lookup *l)
{
	struct loaded *have = loaded_by_file(p, l->object);

	l->object->reached = true;
	if (have)
		*list_push(p->w->a, &have->names) = l->name;
	else
		load(p, l->object, l->by, search_folder_of(p->w->a, l->opened), l->name);
}

/* Looks one library up and records the edge; one that is `optional` leaves no trace if missing. */
static bool need(struct process *p, struct loaded *by, const char *name, size_t order,
		 bool optional, struct error *e)
{
	struct loaded *have = loaded_by_name(p, name);
	struct lookup l = { .by = by, .name = name };
	struct draft *d;

	if (!have && !search(p, &l, e))
		return false;
	if (!have)
		try_package(p, &l);
	if (!have && !l.object && optional)
		return true;
	d = add_edge(p, by, name, order);
	if (have) {
		d->edge.found = have->object->node->path;
		d->edge.how = "loaded";
	} else if (l.object) {
		d->edge.found = l.object->node->path;
		d->edge.how = l.how;
		take(p, &l);
	} else {
		set_missing(p, d, by, &l);
	}
	return true;
}

static bool need_all(struct process *p, struct loaded *by, struct error *e)
{
	const struct elf *elf = &by->object->elf;
	size_t order = 1;

	for (size_t i = 0; i < elf->needed.n; i++) {
		if (!need(p, by, elf->needed.v[i], order++, false, e))
			return false;
	}
	for (size_t i = 0; i < elf->filters.n; i++) {
		if (!need(p, by, elf->filters.v[i], order++, false, e))
			return false;
	}
	for (size_t i = 0; i < elf->auxiliaries.n; i++) {
		if (!need(p, by, elf->auxiliaries.v[i], order++, true, e))
			return false;
	}
	return true;
}

/* The kernel maps the interpreter before anything is searched for. */
static bool load_interpreter(struct process *p, struct error *e)
{
	const char *path = p->program->object->elf.interp;
	struct lookup l = { .by = p->program, .name = path };
	struct draft *d;

	if (!path)
		return true;
	if (path[0] != '/')
		l.stop = "depends on the working directory";
	else if (!try_file(p, &l, path, "interpreter", e))
		return false;
	d = add_edge(p, p->program, path, 0);
	if (!l.object) {
		set_missing(p, d, p->program, &l);
		return true;
	}
	d->edge.found = l.object->node->path;
	d->edge.how = l.how;
	if (!loaded_by_file(p, l.object)) {
		l.object->reached = true;
		load(p, l.object, NULL, search_folder_of(p->w->a, path), path);
	}
	return true;
}

bool process_follow(struct world *w, struct object *program, struct drafts *out, struct error *e)
{
	struct process p = { .w = w, .out = out };
	const char *path = arena_printf(w->a, "/%s", program->node->path);

	search_default_folders(w->a, &program->elf, &p.defaults);
	/* the kernel gives the loader the real path of a program */
	p.program = load(&p, program, NULL, search_folder_of(w->a, path), "");
	if (!load_interpreter(&p, e))
		return false;
	for (size_t i = 0; i < p.order.n; i++) {
		if (!need_all(&p, p.order.v[i], e))
			return false;
	}
	return true;
}
