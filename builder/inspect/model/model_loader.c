/* SPDX-License-Identifier: Apache-2.0 */
/* Loads every program on paper (format/elf/loader_process.h), and notes what each file got when it
 * was first met. */

#include "inspect/model/model_loader.h"

#include <stdlib.h>

#include "inspect/layers/elf_facts.h"
#include "inspect/model/model_world.h"

struct gathering {
	struct process_visit visit;
	struct arena *a; /* of the result */
	const struct model *m;
	struct needs *out;
	bool *done; /* of each item: its needs are in `out` */
};

static void gather_need(struct gathering *g, const struct item *by, const struct item *on,
			const char *name, enum need_kind kind)
{
	*list_push(g->a, g->out) = (struct need){ by, on, arena_strdup(g->a, name), kind };
}

static enum need_kind need_kind_of(const struct process_edge *edge)
{
	return edge->dlopen ? NEED_DLOPEN : edge->order == 0 ? NEED_LOADER : NEED_LIBRARY;
}

static bool *done_with(const struct gathering *g, const struct process_object *o)
{
	return &g->done[items_lower(&g->m->items, o->file->path)];
}

/* What each file got when it was first met. A library with PT_INTERP (libc.so.6) has no loader of
 * its own. */
static bool note_process(struct process_visit *v, struct process *p, struct error *e)
{
	struct gathering *g = (struct gathering *)v;

	(void)e;
	for (size_t i = 0; i < p->edges.n; i++) {
		const struct process_edge *edge = &p->edges.v[i];
		const struct item *by = model_world_item(edge->by->file);

		if (!*done_with(g, edge->by) &&
		    (need_kind_of(edge) != NEED_LOADER || by->elf->program))
			gather_need(g, by, model_world_item(edge->found), edge->needed,
				    need_kind_of(edge));
	}
	for (size_t i = p->first; i < p->objects.n; i++)
		*done_with(g, p->objects.v[i]) = true;
	return true;
}

/* "/usr/bin/env python3" -> "/usr/bin/env". */
static void note_interpreter(struct gathering *g, const struct item *script)
{
	struct str program, rest;

	str_cut(str_trim(str_of(script->interpreter)), ' ', &program, &rest);
	if (program.n) {
		const char *path = str_dup(g->a, program);

		gather_need(g, script, model_resolve(g->m, "", path, NULL), path, NEED_SCRIPT);
	}
}

struct numbered_need {
	struct need need;
	size_t number;
};

static int by_file(const void *a, const void *b)
{
	const struct numbered_need *x = a, *y = b;
	int order = path_order(x->need.by->path, y->need.by->path);

	return order ? order : (x->number > y->number) - (x->number < y->number);
}

static void sort_needs(struct needs *l)
{
	AUTO_ARENA scratch = { 0 };
	struct numbered_need *copy = arena_array(&scratch, l->n + 1, sizeof(*copy));

	for (size_t i = 0; i < l->n; i++)
		copy[i] = (struct numbered_need){ l->v[i], i };
	qsort(copy, l->n, sizeof(*copy), by_file);
	for (size_t i = 0; i < l->n; i++)
		l->v[i] = copy[i].need;
}

bool needs_read(struct arena *a, const struct model *m, struct needs *out, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct gathering g = { .visit = { note_process }, .a = a, .m = m, .out = out };
	struct model_world w;

	*out = (struct needs){ NULL, 0, 0 };
	g.done = arena_array(&scratch, m->items.n + 1, sizeof(*g.done));
	if (!model_world_open(&scratch, m, &w, e) || !model_world_each(&w, &g.visit, e))
		return false;
	for (size_t i = 0; i < m->items.n; i++)
		if (m->items.v[i]->type == ITEM_FILE && m->items.v[i]->interpreter)
			note_interpreter(&g, m->items.v[i]);
	sort_needs(out);
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
	struct {
		struct step {
			const struct item *item;
			size_t prev;
		} *v;
		size_t n, cap;
	} seen = { 0 };
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
