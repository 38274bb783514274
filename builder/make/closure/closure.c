/* SPDX-License-Identifier: Apache-2.0 */
/* Follows every process of a tree, asks for what is missing, and starts over until nothing is.
 * Knows rounds and edges; how a process comes about is in loader.c. */

#include "make/closure/closure.h"

#include <assert.h>
#include <stdlib.h>

#include "make/closure/loader.h"

#define ELF_SIZE_MIN 52
#define DEBUG_FILES "usr/lib/debug/"

/* The ELF files that stand in the tree before a round. */
static bool read_objects(struct world *w, struct error *e)
{
	struct nodes files = { 0 };

	for (size_t i = 0; i < w->t->n; i++) {
		const struct node *n = w->t->v[i];

		if (n->type == NODE_FILE && n->content.size >= ELF_SIZE_MIN &&
		    !str_starts(str_of(n->path), STR(DEBUG_FILES)))
			*list_push(w->a, &files) = n;
	}
	if (!world_read_ahead(w, &files, e))
		return false;
	for (size_t i = 0; i < files.n; i++)
		object_touch(&w->objects, objects_find(&w->objects, files.v[i]));
	return true;
}

/* How an edge found says more than that it was loaded already. */
static unsigned edge_rank(const struct closure_edge *edge)
{
	return !edge->found ? 0 : strcmp(edge->how, "loaded") == 0 ? 2 : 1;
}

static int compare_text(const char *a, const char *b)
{
	return !a || !b ? (a != NULL) - (b != NULL) : strcmp(a, b);
}

static int same_need(const struct draft *x, const struct draft *y)
{
	int files = strcmp(x->edge.file, y->edge.file);

	return files ? files : (x->order > y->order) - (x->order < y->order);
}

static int by_need(const void *a, const void *b)
{
	const struct draft *x = a, *y = b;
	int order = same_need(x, y);

	if (!order)
		order = (x->edge.found == NULL) - (y->edge.found == NULL);
	if (!order)
		order = compare_text(x->edge.found, y->edge.found);
	if (!order)
		order = (int)edge_rank(&x->edge) - (int)edge_rank(&y->edge);
	if (!order)
		order = compare_text(x->edge.how, y->edge.how);
	return order ? order : compare_text(x->edge.chain, y->edge.chain);
}

/* Sorts the drafts and drops what says the same. */
static void settle_drafts(struct drafts *d)
{
	size_t kept = 0;

	if (d->n > 1)
		qsort(d->v, d->n, sizeof(*d->v), by_need);
	for (size_t i = 0; i < d->n; i++) {
		const struct draft *last = kept ? &d->v[kept - 1] : NULL;
		bool same = last && same_need(last, &d->v[i]) == 0;

		if (same && compare_text(last->edge.found, d->v[i].edge.found) == 0)
			continue;
		d->v[kept++] = d->v[i];
	}
	d->n = kept;
}

/* One round over the tree as it is. */
static bool closure_follow(struct world *w, const char *one, struct drafts *out, struct error *e)
{
	struct object *o = NULL;
	const struct node *n;

	objects_forget_touched(&w->objects);
	if (!one) {
		if (!read_objects(w, e) || !world_follow_all(w, out, e))
			return false;
	} else {
		n = tree_resolve(w->t, one);
		if (!n || n->type != NODE_FILE)
			return err_set(e, ERR_INPUT, "%s: no such file", one);
		if (!world_read_ahead(w, &(struct nodes){ &n, 1, 1 }, e) ||
		    !objects_get(&w->objects, n, &o, e))
			return false;
		if (!o->file.is_elf || o->file.bad)
			return err_set(e, ERR_INPUT, "%s: %s", one,
				       o->file.bad ? o->file.bad : "not an ELF file");
		if (o->file.elf->dynamic && !world_follow(w, o, out, e))
			return false;
	}
	settle_drafts(out);
	return true;
}

bool closure_edge_lacks(const struct closure_edge *edge)
{
	return !edge->found && (!edge->dlopen || edge->dlopen->priority == ELF_DLOPEN_REQUIRED);
}

/* Asks for one missing library; for one that .note.dlopen requires by each of its names. */
static bool provide_one(struct world *w, const struct draft *d, bool *found, struct error *e)
{
	const struct closure_edge *edge = &d->edge;
	const struct strings one = { &(const char *){ edge->needed }, 1, 1 };
	const struct strings *names = edge->dlopen ? &edge->dlopen->sonames : &one;

	*found = false;
	for (size_t i = 0; i < names->n && !*found; i++) {
		const struct closure_want want = { names->v[i], d->file->node, d->file->file.elf };

		if (!w->candidates->provide(w->candidates, w->t, &want, found, e))
			return err_wrap(e, "%s", edge->chain);
	}
	return true;
}

/* Asks for every missing library. `given` keeps "file needed" of earlier rounds: what was provided
 * and is missing still would be asked for for ever. What nobody has stays missing, with the reason.
 */
static bool closure_provide(struct world *w, const struct drafts *d, struct strings *given,
			    bool *again, struct error *e)
{
	*again = false;
	for (size_t i = 0; i < d->n; i++) {
		struct closure_edge *edge = &d->v[i].edge;
		const char *key;
		bool found;

		if (!closure_edge_lacks(edge))
			continue;
		key = arena_printf(w->found_in, "%s %s", edge->file, edge->needed);
		edge->given = strings_has(given, key);
		if (edge->given)
			continue;
		if (!provide_one(w, &d->v[i], &found, e))
			return false;
		if (!found)
			continue;
		*list_push(w->found_in, given) = key;
		*again = true;
	}
	return true;
}

static int by_object_path(const void *a, const void *b)
{
	const struct object *x = *(const struct object *const *)a,
			    *y = *(const struct object *const *)b;

	return strcmp(x->node->path, y->node->path);
}

static void closure_give(struct world *w, const struct drafts *d, struct closure *out)
{
	struct object_list *touched = &w->objects.touched;

	out->edges.v = arena_array(w->found_in, d->n, sizeof(*out->edges.v));
	out->edges.n = out->edges.cap = d->n;
	for (size_t i = 0; i < d->n; i++) {
		out->edges.v[i] = d->v[i].edge;
		out->missing += closure_edge_lacks(&d->v[i].edge);
	}
	if (touched->n > 1)
		qsort(touched->v, touched->n, sizeof(*touched->v), by_object_path);
	for (size_t i = 0; i < touched->n; i++) {
		const struct object *o = touched->v[i];

		if (o->file.bad)
			*list_push(w->found_in, &out->bad) = (struct closure_bad){ o->node->path,
										   o->file.bad };
		else if (o->file.is_elf)
			*list_push(w->found_in,
				   &out->objects) = (struct closure_object){ o->node, o->file.elf };
	}
	out->elf_files = out->objects.n + out->bad.n;
}

bool closure_run_in(struct arena *a, struct world *w, const char *one, struct closure *out,
		    struct error *e)
{
	const struct closure_candidates *candidates = w->candidates;
	struct drafts drafts = { 0 };
	struct strings given = { 0 };
	bool again = false;

	assert(one || !w->objects.alone);
	*out = (struct closure){ 0 };
	w->found_in = a;
	do {
		drafts.n = 0;
		if (!closure_follow(w, one, &drafts, e))
			return false;
		if (candidates && candidates->provide &&
		    !closure_provide(w, &drafts, &given, &again, e))
			return false;
	} while (again);
	closure_give(w, &drafts, out);
	return true;
}

struct world *closure_world(struct arena *a, struct tree *t, struct closure_candidates *candidates,
			    struct error *e)
{
	struct world *w = arena_alloc(a, sizeof(*w));

	*w = (struct world){ .a = a, .t = t, .candidates = candidates };
	return world_open(w, e) ? w : NULL;
}

void closure_adopt(struct world *w, const struct world *from)
{
	objects_adopt(&w->objects, w->t, &from->objects);
}

void closure_keep(struct world *w, const struct kept_facts *f)
{
	w->objects.kept = *f;
}

void closure_alone(struct world *w)
{
	w->objects.alone = true;
}

bool closure_run(struct arena *a, struct tree *t, struct closure_candidates *candidates,
		 struct closure *out, struct error *e)
{
	struct world *w = closure_world(a, t, candidates, e);

	return w && closure_run_in(a, w, NULL, out, e);
}

bool closure_read_ahead(struct world *w, const struct strings *paths, struct error *e)
{
	struct nodes files = { 0 };

	for (size_t i = 0; i < paths->n; i++) {
		struct node *n;

		if (!world_find(w, paths->v[i], &n, e))
			return false;
		if (n && n->type == NODE_FILE)
			*list_push(w->a, &files) = n;
	}
	return world_read_ahead(w, &files, e);
}

const struct closure_edge *closure_edges(const struct closure *c, const char *file, size_t *n)
{
	size_t low = 0, high = c->edges.n, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(c->edges.v[middle].file, file) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < c->edges.n && strcmp(c->edges.v[end].file, file) == 0;)
		end++;
	*n = end - low;
	return c->edges.v + low;
}

static int object_by_path(const void *key, const void *element)
{
	return strcmp(key, ((const struct closure_object *)element)->node->path);
}

const struct closure_object *closure_object(const struct closure *c, const char *path)
{
	if (c->objects.n == 0)
		return NULL;
	return bsearch(path, c->objects.v, c->objects.n, sizeof(*c->objects.v), object_by_path);
}
