/* SPDX-License-Identifier: Apache-2.0 */
/* A chain of its own, of the stages below the image, with the image's locks and the packages that
 * the image's decoder decodes. */

#include "line/base_ahead.h"

#include "base/parallel.h"
#include "line/run_memo.h"
#include "make/place/locked_deb.h"

/* Sources are compiled once, by the image's chain; a base image of others is opened by it. */
static bool ahead_is_packages(const struct chain *c)
{
	AUTO_ARENA a = { 0 };
	struct source_list sources = { 0 };

	for (size_t i = 0; i + 1 < c->n; i++)
		recipe_sources(&a, c->v[i].recipe, &sources);
	return sources.n == 0 && !c->v[0].recipe->base_image;
}

struct base_ahead *base_ahead_new(const struct build_order *o, struct chain *c)
{
	struct arena a = { 0 };
	struct base_ahead *b;

	/* --explain tells of each layer; with several images there is line/base_memo.h */
	if (!PARALLEL_FORKS || c->n < 2 || o->compile.explain || (o->memo && !o->memo->single) ||
	    !ahead_is_packages(c))
		return NULL;
	b = arena_alloc(&a, sizeof(*b));
	*b = (struct base_ahead){ .a = a, .of = c, .progress = o->progress, .order = *o };
	b->order.offline = b->order.locked = b->order.aside = true;
	b->order.memo = NULL;
	b->order.cache = NULL;
	b->order.tag = NULL;
	b->order.progress = NULL;
	return b;
}

void base_ahead_await(struct base_ahead *b, const struct locked_package *p)
{
	*list_push(&b->a, &b->awaited) = p;
}

void base_ahead_await_none(struct base_ahead *b)
{
	base_ahead_wait(b);
	if (b)
		b->awaited.n = b->arrived = 0;
}

static bool ahead_decoded(struct base_ahead *b, struct error *e)
{
	const struct deb_package **debs = locked_debs(&b->a, b->awaited.v, b->awaited.n);

	return decoder_wait(&b->of->decoder, debs, b->awaited.n, e);
}

static void ahead_make(struct base_ahead *b)
{
	const struct chain *of = b->of;
	struct error why = { 0 };

	if (!ahead_decoded(b, &why))
		return;
	chain_open(&b->a, &b->order, of->v[of->n - 2].recipe, of->platform, &b->chain);
	b->chain.compressor = of->compressor;
	b->chain.decoder.xz = of->decoder.xz;
	b->chain.locks = of->locks;
	for (size_t i = 0; i < b->chain.n; i++)
		b->chain.v[i].lock = of->v[i].lock;
	if (!stages_make(&b->a, &b->order, &b->chain, &why))
		err_clear(&why); /* the build will say it */
	chain_close(&b->chain);
}

static void *ahead_thread(void *arg)
{
	struct base_ahead *b = arg;
	const struct chain *of = b->of;

	progress_subject(b->progress, "%s %s", of->v[of->n - 2].recipe->name, of->platform->name);
	ahead_make(b);
	progress_subject(b->progress, "%s", "");
	return NULL;
}

void base_ahead_arrived(struct base_ahead *b)
{
	if (++b->arrived == b->awaited.n)
		b->runs = pthread_create(&b->thread, NULL, ahead_thread, b) == 0;
}

void base_ahead_wait(struct base_ahead *b)
{
	if (b && b->runs)
		pthread_join(b->thread, NULL);
	if (b)
		b->runs = false;
}

void base_ahead_end(struct base_ahead *b)
{
	struct arena a;

	base_ahead_wait(b);
	if (!b)
		return;
	a = b->a;
	arena_free(&a);
}
