/* SPDX-License-Identifier: Apache-2.0 */
/* Merging of sorted lists. Items are never freed or moved; those that are gone are marked dead
 * and left out of the next list. */

#include "inspect/layers/layer_merge.h"

#include "inspect/layers/layer_settle.h"

#include <stdlib.h>

#include "base/path.h"

struct merge {
	struct arena *a;
	struct model *m;
	size_t layer;
	struct items *lower;
	struct items adds;
};

static void merge_remark(const struct merge *g, const char *rule, const char *path,
			 const char *text)
{
	*list_push(g->a, &g->m->remarks) = (struct layer_remark){
		rule, path, arena_printf(g->a, "layer %zu: %s", g->layer + 1, text)
	};
}

static int compare_merged_items(const void *a, const void *b)
{
	const struct item *x = *(struct item *const *)a, *y = *(struct item *const *)b;

	return path_order(x->path, y->path);
}

static void merge_retire(struct merge *g, struct item *i, const struct item *by)
{
	struct layer_stat *stat = g->m->layers.v;

	if (i->dead)
		return;
	i->dead = true;
	if (i->type != ITEM_FILE || i->shared)
		return;
	stat[i->layer].wasted += i->size;
	if (!stat[i->layer].largest || stat[i->layer].largest->size < i->size)
		stat[i->layer].largest = i;
	if (by && by->type == ITEM_FILE && by->size == i->size &&
	    digest_eq(&by->sha256, &i->sha256))
		stat[g->layer].repeated += by->size;
}

static void retire_below(struct merge *g, const char *dir)
{
	for (size_t i = items_lower(g->lower, dir); i < g->lower->n; i++) {
		const char *path = g->lower->v[i]->path;

		if (strcmp(path, dir) == 0)
			continue;
		if (!path_below(path, dir))
			return;
		merge_retire(g, g->lower->v[i], NULL);
	}
}

static struct item *merge_item_at(const struct items *l, const char *path)
{
	size_t i = items_lower(l, path);

	return i < l->n && strcmp(l->v[i]->path, path) == 0 ? l->v[i] : NULL;
}

static void apply_removes(struct merge *g, const struct change *c)
{
	for (size_t i = 0; i < c->removes.n; i++) {
		const struct removal *r = &c->removes.v[i];
		struct item *gone = r->opaque ? NULL : merge_item_at(g->lower, r->path);

		if (r->kept && !g->m->smaller)
			continue;
		if (gone)
			merge_retire(g, gone, NULL);
		retire_below(g, r->path);
	}
}

static void apply_adds(struct merge *g)
{
	for (size_t i = 0; i < g->adds.n; i++) {
		struct item *up = g->adds.v[i], *low = merge_item_at(g->lower, up->path);

		if (!low)
			continue;
		merge_retire(g, low, up);
		if (up->type != ITEM_DIR)
			retire_below(g, up->path);
	}
}

static struct items merge_lists(struct arena *lists, const struct items *x, const struct items *y)
{
	struct items out = { arena_array(lists, x->n + y->n, sizeof(*out.v)), 0, x->n + y->n };
	size_t i = 0, k = 0;

	while (i < x->n || k < y->n) {
		if (i < x->n && x->v[i]->dead)
			i++;
		else if (k == y->n || (i < x->n && compare_merged_items(&x->v[i], &y->v[k]) < 0))
			out.v[out.n++] = x->v[i++];
		else
			out.v[out.n++] = y->v[k++];
	}
	return out;
}

/* The folders above one path that are not there yet; and what stands in its way. */
static void imply_above(struct merge *g, struct arena *scratch, const struct items *all,
			const struct item *of, struct items *missing)
{
	const char *dir = path_dir(scratch, of->path);
	const struct item *above = NULL;

	for (; *dir && !(above = merge_item_at(all, dir)); dir = path_dir(scratch, dir)) {
		struct item *made = arena_alloc(g->a, sizeof(*made));

		*made = (struct item){ .path = arena_strdup(g->a, dir),
				       .type = ITEM_DIR,
				       .mode = 0755,
				       .layer = (uint16_t)g->layer,
				       .implied = true };
		*list_push(scratch, missing) = made;
	}
	if (above && above->type != ITEM_DIR)
		merge_remark(g, "layer.through-link", of->path,
			     above->type == ITEM_LINK
				     ? "it is written through a symbolic link"
				     : "it stands below something that is not a folder");
}

static void drop_repeats(struct items *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (n == 0 || strcmp(l->v[n - 1]->path, l->v[i]->path) != 0)
			l->v[n++] = l->v[i];
	l->n = n;
}

static bool is_sibling_item(const struct item *x, const struct item *y)
{
	size_t n = (size_t)(path_base(x->path) - x->path);

	return n == (size_t)(path_base(y->path) - y->path) && memcmp(x->path, y->path, n) == 0;
}

static void imply_parents(struct merge *g, struct arena *lists, struct items *all)
{
	AUTO_ARENA scratch = { 0 };
	struct items missing = { NULL, 0, 0 };

	for (size_t i = 0; i < g->adds.n; i++) {
		size_t before = missing.n;

		imply_above(g, &scratch, all, g->adds.v[i], &missing);
		while (missing.n > before && i + 1 < g->adds.n &&
		       is_sibling_item(g->adds.v[i], g->adds.v[i + 1]))
			i++; /* the same folders are missing for these */
	}
	if (missing.n == 0)
		return;
	qsort(missing.v, missing.n, sizeof(*missing.v), compare_merged_items);
	drop_repeats(&missing);
	*all = merge_lists(lists, all, &missing);
}

void merge_change(struct arena *a, struct arena *lists, struct model *m, struct change *change,
		  size_t layer, struct items *lower)
{
	AUTO_ARENA scratch = { 0 };
	struct events events = { .lower = lower, .a = a, .m = m, .layer = layer };
	struct merge g = { a, m, layer, lower, { NULL, 0, 0 } };
	struct items all;

	events_sort(&scratch, &events, change);
	settle_change(&events, change);
	g.adds = change->adds;
	for (size_t i = 0; i < g.adds.n; i++)
		m->layers.v[layer].bytes += g.adds.v[i]->type == ITEM_FILE ? g.adds.v[i]->size : 0;
	apply_removes(&g, change);
	apply_adds(&g);
	all = merge_lists(lists, lower, &g.adds);
	imply_parents(&g, lists, &all);
	*lower = all;
}
