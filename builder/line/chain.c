/* SPDX-License-Identifier: Apache-2.0 */
/* Chains and their stages, empty as yet. */

#include "line/chain.h"

#include "make/compose/compose.h"

void chains_close(struct chains *all)
{
	list_each(c, all) {
		for (size_t i = 0; i < c->n; i++)
			compose_close(&c->v[i].composition);
	}
}

struct compositions chain_compositions(struct arena *a, struct chain *c)
{
	struct compositions all = { 0 };

	for (size_t i = 0; i < c->n; i++)
		*list_push(a, &all) = &c->v[i].composition;
	return all;
}

static void chain_open(struct arena *a, const struct recipe *r, const struct platform *p,
		       struct chain *c)
{
	size_t n = 0;

	c->platform = p;
	r = recipe_for(a, r, p);
	for (const struct recipe *one = r; one; one = one->base)
		n++;
	c->v = arena_array(a, n, sizeof(*c->v));
	c->n = n;
	for (const struct recipe *one = r; one; one = one->base) {
		c->v[--n].recipe = one;
		c->v[n].composition = (struct composition)COMPOSITION_INIT;
	}
	tree_init(&c->tree, a);
}

void chains_open(struct arena *a, const struct build_order *o, const struct recipe *r,
		 struct chains *all)
{
	all->n = o->platforms.n;
	all->v = arena_array(a, all->n, sizeof(*all->v));
	for (size_t i = 0; i < all->n; i++)
		chain_open(a, r, o->platforms.v[i], &all->v[i]);
}
