/* SPDX-License-Identifier: Apache-2.0 */
/* The distribution of nodes over layers: a pure function of the tree and the order. It knows
 * nothing of tar or compression. */

#include "make/layer/layer_plan.h"

#define IN_BASE (-1)

/* The position of a node's layer in the order, or IN_BASE. */
static long layer_index(const struct node *n, const struct strings *order)
{
	for (size_t i = 0; i < order->n; i++) {
		if (n->owner->layer && strcmp(n->owner->layer, order->v[i]) == 0)
			return (long)i;
	}
	return IN_BASE;
}

/* The nearest folder above `path`: its index, or t->n for a path at the top. */
static size_t parent_index(const struct tree *t, struct buf *scratch, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return t->n;
	scratch->n = 0;
	buf_add(scratch, (struct str){ path, (size_t)(slash - path) });
	return tree_lower(t, buf_cstr(scratch));
}

/* lowest[i] becomes the lowest layer in which node i has to stand: its own (unless it is implied)
 * or that of something below it; order->names.n when there is none. Children come after their
 * folder in the tree, so one pass from the end reaches every ancestor. */
static void find_lowest(const struct tree *t, const struct layer_order *order, const long *own,
			long *lowest)
{
	AUTO_ARENA scratch = { 0 };
	struct buf dir = { .a = &scratch };

	for (size_t i = 0; i < t->n; i++)
		lowest[i] = t->v[i]->implied ? (long)order->names.n : own[i];
	for (size_t i = t->n; i-- > 0;) {
		size_t up = parent_index(t, &dir, t->v[i]->path);

		if (up < t->n && lowest[i] < lowest[up])
			lowest[up] = lowest[i];
	}
}

static void plan_put_node(struct arena *a, struct layer_plan *p, const struct node *n)
{
	*list_push(a, &p->nodes) = n;
	if (n->type == NODE_FILE)
		p->bytes += n->content.size;
}

/* A name like this means "removed here" to whoever unpacks the layer (image-spec, layer.md). */
static bool plan_check_name(const struct node *n, struct error *e)
{
	if (!str_starts(str_of(path_base(n->path)), STR(".wh.")))
		return true;
	return err_set(e, ERR_INPUT,
		       "/%s of %s: names that begin with .wh. mean removed files in image layers; "
		       "drop or rename it",
		       n->path, n->owner->name);
}

/* Each node in the lowest layer that needs it, and in its own. */
static void plan_put_once(struct arena *a, const struct tree *t, const struct layer_order *order,
			  const long *own, struct layer_plans *out)
{
	AUTO_ARENA scratch = { 0 };
	long *lowest = arena_array(&scratch, t->n, sizeof(*lowest));

	find_lowest(t, order, own, lowest);
	for (size_t i = 0; i < t->n; i++) {
		const struct node *n = t->v[i];

		if (lowest[i] != IN_BASE && lowest[i] < (long)order->names.n)
			plan_put_node(a, &out->v.v[lowest[i]], n);
		if (!n->implied && own[i] != IN_BASE && own[i] != lowest[i])
			plan_put_node(a, &out->v.v[own[i]], n);
	}
}

/* The nodes of one layer and all folders above them. */
static void plan_put_self_contained(struct arena *a, const struct tree *t, long layer,
				    const long *own, struct layer_plan *out)
{
	AUTO_ARENA scratch = { 0 };
	struct buf dir = { .a = &scratch };
	bool *in = arena_array(&scratch, t->n, sizeof(*in));

	for (size_t i = t->n; i-- > 0;) {
		size_t up;

		in[i] |= own[i] == layer && !t->v[i]->implied;
		up = in[i] ? parent_index(t, &dir, t->v[i]->path) : t->n;
		if (up < t->n)
			in[up] = true;
	}
	for (size_t i = 0; i < t->n; i++) {
		if (in[i])
			plan_put_node(a, out, t->v[i]);
	}
}

bool layer_plan_all(struct arena *a, const struct tree *t, const struct layer_order *order,
		    struct layer_plans *out, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	long *own = arena_array(&scratch, t->n, sizeof(*own));

	for (size_t i = 0; i < order->names.n; i++)
		list_push(a, &out->v)->name = order->names.v[i];
	for (size_t i = 0; i < t->n; i++) {
		own[i] = layer_index(t->v[i], &order->names);
		if (!plan_check_name(t->v[i], e))
			return false;
	}
	if (!order->self_contained)
		plan_put_once(a, t, order, own, out);
	for (size_t i = 0; order->self_contained && i < order->names.n; i++)
		plan_put_self_contained(a, t, (long)i, own, &out->v.v[i]);
	return true;
}
