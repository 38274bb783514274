/* SPDX-License-Identifier: Apache-2.0 */
/* Chains and their stages, empty as yet. */

#include "line/chain.h"

#include "make/compose/compose.h"

static void chain_close_stages(struct chain *c)
{
	fragments_stop(&c->sources);
	for (size_t i = 0; i < c->n; i++)
		compose_close(&c->v[i].composition);
}

void chain_close(struct chain *c)
{
	chain_close_stages(c);
	fragments_close(&c->sources);
	decoder_close(&c->decoder);
	image_base_close(&c->base);
}

void chains_close(struct chains *all)
{
	list_each(c, all)
		chain_close(c);
}

void chain_reset(struct arena *a, struct chain *c)
{
	chain_close_stages(c);
	list_each(s, c)
		*s = (struct stage){ .recipe = s->recipe, .composition = COMPOSITION_INIT };
	c->borrowed = 0;
	tree_init(&c->tree, a);
}

/* Who does not know what is in an image cannot say what is wrong with it. */
static void warn_no_records(const struct build_order *o, const struct locked_base *base)
{
	if (!base->records)
		progress_warn(
			o->progress,
			"the base image %s has no package records: which versions, licences and "
			"known vulnerabilities it has is unknown, and a package may be added that it "
			"has already",
			base->reference);
}

/* Debian's packages need its C library. */
static void warn_other_system(const struct build_order *o, const struct image_base *base)
{
	const char *id = base->what.model.os_id;

	if (id && strcmp(id, "debian") != 0)
		progress_warn(
			o->progress,
			"the base image %s says that it is %s: packages of Debian may not work "
			"on it",
			base->order->image->text, id);
}

static bool chain_open_base(struct arena *a, const struct build_order *o, struct chain *c,
			    struct error *e)
{
	const struct stage *lowest = &c->v[0];

	c->base_order = (struct image_base_order){ .store = o->store,
						   .image = lowest->recipe->base_image,
						   .platform = c->platform,
						   .locked = lowest->lock.base,
						   .contents = true,
						   .offline = o->offline,
						   .progress = o->progress };
	if (!c->base_order.locked)
		return err_set(
			e, ERR_INPUT,
			"%s does not say which base image it was made for; run imgbuild lock "
			"%s%s",
			lowest->lock.file, c->platform->option, recipe_asked(lowest->recipe));
	warn_no_records(o, c->base_order.locked);
	if (!image_base_open(a, &c->base_order, &c->base, e) || !image_base_take(a, &c->base, e))
		return false;
	warn_other_system(o, &c->base);
	return true;
}

bool chain_begin(struct arena *a, const struct build_order *o, struct chain *c, struct error *e)
{
	if (!c->v[0].recipe->base_image)
		return true;
	return (c->base.order || chain_open_base(a, o, c, e)) &&
	       image_base_place(a, &c->base, &c->tree, e);
}

void chain_begin_work(struct arena *a, struct chain *c, size_t first)
{
	struct compositions all = { 0 };

	for (struct stage *s = c->v + first; s < c->v + c->n; s++) {
		compose_ask(a, &s->order);
		*list_push(a, &all) = &s->composition;
	}
	fragments_begin(&c->sources, &all);
}

struct compositions chain_compositions(struct arena *a, struct chain *c)
{
	struct compositions all = { 0 };

	for (size_t i = 0; i < c->n; i++)
		*list_push(a, &all) = &c->v[i].composition;
	return all;
}

void chain_open(struct arena *a, const struct build_order *o, const struct recipe *r,
		const struct platform *p, struct chain *c)
{
	size_t n = 0;

	c->platform = p;
	c->ahead = NULL;
	c->sums = arena_alloc(a, sizeof(*c->sums));
	*c->sums = (struct lock_sums){ .a = a };
	c->base = (struct image_base)IMAGE_BASE_INIT;
	decoder_open(&c->decoder, o->store, o->progress);
	c->sources = (struct source_fragments)SOURCE_FRAGMENTS_INIT;
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
		chain_open(a, o, r, o->platforms.v[i], &all->v[i]);
}
