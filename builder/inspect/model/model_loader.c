/* SPDX-License-Identifier: Apache-2.0 */
/* Loads every program on paper, breadth first, and notes what each file got when it was first met. */

#include "inspect/model/model_loader.h"

#include <stdlib.h>

#include "inspect/layers/elf_facts.h"
#include "inspect/model/model_search.h"

#define OBJECTS_MAX 2048	/* one process loads */

struct gathering {
	struct arena *a;		/* of the result */
	const struct model *m;
	struct search search;
	struct needs *out;
	struct span { size_t at, n; bool done; } *spans;	/* of each item: its needs in `out` */
};

/* What one program has loaded. */
struct process {
	struct gathering *g;
	struct arena *a;
	struct { struct loaded *v; size_t n, cap; } objects;
};

static bool loads(const struct item *i)
{
	return i->type == ITEM_FILE && i->elf && i->elf->readable && i->elf->head.dynamic &&
	       !i->shared;
}

static void note(struct gathering *g, const struct item *by, const struct item *on,
		 const char *name, enum need_kind kind)
{
	*list_push(g->a, g->out) = (struct need){ by, on, name, kind };
}

static const struct item *loaded_as(const struct process *p, const char *name)
{
	for (size_t i = 0; i < p->objects.n; i++) {
		const struct loaded *o = &p->objects.v[i];

		if ((o->name && strcmp(o->name, name) == 0) ||
		    (o->item->elf->head.soname && strcmp(o->item->elf->head.soname, name) == 0))
			return o->item;
	}
	return NULL;
}

static void join(struct process *p, const struct item *item, const char *name, size_t by)
{
	if (!item || !item->elf || !item->elf->readable || p->objects.n == OBJECTS_MAX)
		return;
	for (size_t i = 0; i < p->objects.n; i++)
		if (p->objects.v[i].item == item)
			return;
	*list_push(p->a, &p->objects) = (struct loaded){ item, name, by };
}

/* Looks up what the object needs, and notes it. */
static void look_up(struct process *p, size_t at)
{
	const struct item *item = p->objects.v[at].item;
	const struct elf_facts *f = item->elf;
	const struct loaded alone = { item, NULL, SIZE_MAX };
	struct gathering *g = p->g;

	if (f->head.interp && f->program)
		note(g, item, model_resolve(g->m, "", f->head.interp, NULL), f->head.interp,
		     NEED_LOADER);
	for (size_t n = 0; n < f->head.needed.n; n++) {
		const char *name = f->head.needed.v[n];
		const struct item *lib = loaded_as(p, name);

		if (!lib)
			lib = search_library(&g->search, p->objects.v, at, name);
		note(g, item, lib, name, NEED_LIBRARY);
	}
	for (size_t n = 0; n < f->dlopen.n; n++)
		note(g, item, search_library(&g->search, &alone, 0, f->dlopen.v[n]), f->dlopen.v[n],
		     NEED_DLOPEN);
}

/* One object of the process: its needs are looked up once for all processes; what it loads joins. */
static void expand(struct process *p, size_t at)
{
	struct gathering *g = p->g;
	const struct item *item = p->objects.v[at].item;
	struct span *span = &g->spans[items_lower(&g->m->items, item->path)];

	if (!span->done) {
		*span = (struct span){ g->out->n, 0, true };
		look_up(p, at);
		span->n = g->out->n - span->at;
	}
	for (size_t i = span->at; i < span->at + span->n; i++)
		if (g->out->v[i].kind != NEED_DLOPEN)
			join(p, g->out->v[i].on, g->out->v[i].name, at);
}

static void load(struct gathering *g, const struct item *root)
{
	AUTO_ARENA scratch = { 0 };
	struct process p = { .g = g, .a = &scratch };

	join(&p, root, NULL, SIZE_MAX);
	for (size_t i = 0; i < p.objects.n; i++)
		expand(&p, i);
}

/* "/usr/bin/env python3" -> "/usr/bin/env". */
static void note_interpreter(struct gathering *g, const struct item *script)
{
	struct str program, rest;

	str_cut(str_trim(str_of(script->interpreter)), ' ', &program, &rest);
	if (program.n) {
		const char *path = str_dup(g->a, program);

		note(g, script, model_resolve(g->m, "", path, NULL), path, NEED_SCRIPT);
	}
}

struct numbered {
	struct need need;
	size_t number;
};

static int by_file(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;
	int order = path_order(x->need.by->path, y->need.by->path);

	return order ? order : (x->number > y->number) - (x->number < y->number);
}

static void sort(struct needs *l)
{
	AUTO_ARENA scratch = { 0 };
	struct numbered *copy = arena_array(&scratch, l->n + 1, sizeof(*copy));

	for (size_t i = 0; i < l->n; i++)
		copy[i] = (struct numbered){ l->v[i], i };
	qsort(copy, l->n, sizeof(*copy), by_file);
	for (size_t i = 0; i < l->n; i++)
		l->v[i] = copy[i].need;
}

bool needs_read(struct arena *a, const struct model *m, struct needs *out, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct gathering g = { .a = a, .m = m, .out = out };

	*out = (struct needs){ NULL, 0, 0 };
	if (!search_init(&scratch, m, &g.search, e))
		return false;
	g.spans = arena_array(&scratch, m->items.n + 1, sizeof(*g.spans));
	for (int programs = 1; programs >= 0; programs--)
		for (size_t i = 0; i < m->items.n; i++)
			if (loads(m->items.v[i]) && m->items.v[i]->elf->program == programs &&
			    !g.spans[i].done)
				load(&g, m->items.v[i]);
	for (size_t i = 0; i < m->items.n; i++)
		if (m->items.v[i]->type == ITEM_FILE && m->items.v[i]->interpreter)
			note_interpreter(&g, m->items.v[i]);
	sort(out);
	return true;
}

const struct need *needs_of(const struct needs *l, const struct item *by, size_t *n)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (path_order(l->v[mid].by->path, by->path) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (*n = 0; lo + *n < l->n && l->v[lo + *n].by == by; ++*n)
		;
	return &l->v[lo];
}

const char *need_kind_name(enum need_kind kind)
{
	static const char *const names[] = { "loader", "library", "dlopen", "interpreter" };

	return names[kind];
}

bool needs_any(const struct needs *l, const struct item *on)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].on == on && l->v[i].by != on)
			return true;
	return false;
}

/* Breadth first from `item` to those who need it; prev[] leads back. */
void needs_way(struct arena *a, const struct needs *l, const struct item *item,
	       bool (*is_end)(const void *context, const struct item *i), const void *context,
	       struct need_way *out)
{
	AUTO_ARENA scratch = { 0 };
	struct { struct step { const struct item *item; size_t prev; } *v; size_t n, cap; } seen = { 0 };
	size_t at = 0;

	*out = (struct need_way){ NULL, 0, 0 };
	*list_push(&scratch, &seen) = (struct step){ item, SIZE_MAX };
	while (at < seen.n && !is_end(context, seen.v[at].item)) {
		for (size_t i = 0; i < l->n; i++) {
			bool known = l->v[i].on != seen.v[at].item;

			for (size_t k = 0; k < seen.n && !known; k++)
				known = seen.v[k].item == l->v[i].by;
			if (!known)
				*list_push(&scratch, &seen) = (struct step){ l->v[i].by, at };
		}
		at++;
	}
	if (at == seen.n)
		return;
	for (; at != SIZE_MAX; at = seen.v[at].prev)
		*list_push(a, out) = seen.v[at].item;
}
