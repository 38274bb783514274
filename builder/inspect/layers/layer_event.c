/* SPDX-License-Identifier: Apache-2.0 */
/* The order of what happens. */

#include "inspect/layers/layer_event.h"

#include <stdlib.h>

static int by_path_then_place(const void *a, const void *b)
{
	const struct layer_event *x = a, *y = b;
	int order = path_order(x->path, y->path);

	if (order || x->at != y->at)
		return order ? order : (x->at > y->at) - (x->at < y->at);
	return (x->item != NULL) - (y->item != NULL); /* a removal counts what was made before it */
}

void events_sort(struct arena *scratch, struct events *e, const struct change *change)
{
	const struct items *adds = &change->adds;

	e->n = 0;
	e->v = arena_array(scratch, adds->n + change->removes.n, sizeof(*e->v));
	for (size_t i = 0; i < adds->n; i++)
		e->v[e->n++] = (struct layer_event){ adds->v[i]->path, i, adds->v[i], NULL };
	for (size_t i = 0; i < change->removes.n; i++) {
		struct removal *r = &change->removes.v[i];

		e->v[e->n++] = (struct layer_event){ r->path, r->at, NULL, r };
	}
	if (e->n)
		qsort(e->v, e->n, sizeof(*e->v), by_path_then_place);
}

struct item *events_before(const struct events *e, const char *path, size_t at)
{
	size_t lo = 0, hi = e->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int order = path_order(e->v[mid].path, path);

		if (order < 0 || (order == 0 && e->v[mid].at < at))
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo && strcmp(e->v[lo - 1].path, path) == 0) {
		if (e->v[lo - 1].item)
			return e->v[lo - 1].item;
		lo--;
	}
	return NULL;
}

void events_remark(const struct events *e, const char *rule, const char *path, const char *text)
{
	*list_push(e->a, &e->m->remarks) = (struct layer_remark){
		rule, path, arena_printf(e->a, "layer %zu: %s", e->layer + 1, text)
	};
}
