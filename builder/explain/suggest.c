/* SPDX-License-Identifier: Apache-2.0 */
/* Rounds of composing. What a round finds is added to the recipe in memory, which is then locked
 * and composed again: libraries have needs of their own, and packages that are taken have scripts.
 */

#include "explain/suggest.h"

#include "make/compose/compose.h"
#include "make/compose/depends.h"
#include "explain/suggest_parts.h"
#include "input/relock/relock.h"

#define ROUNDS_MAX 64 /* a dependency a round, however deep they go */

static const struct strings nothing;

/* The locks of the recipe as it is in memory, and of its bases: made, not written. */
static bool suggest_locks(struct arena *a, const struct build_order *o, struct chain *c,
			  struct error *e)
{
	struct relock_order order = { .store = o->store,
				      .mirrors = o->mirrors,
				      .mirror_env = o->mirror_env,
				      .update = &nothing,
				      .offline = o->offline,
				      .look = image_base_look };

	if (!relock_chain(a, &order, chain_top(c)->recipe, c->platform, &c->locks, e))
		return false;
	for (size_t i = 0; i < c->n; i++)
		c->v[i].lock = *c->locks.v[i].now;
	return true;
}

/* All stages, tolerantly: what is missing is noted, not refused. */
static bool compose_chain(struct arena *a, const struct build_order *o, struct chain *c,
			  struct error *e)
{
	if (!suggest_locks(a, o, c, e) || !chain_fetch(a, o, c, e) || !chain_begin(a, o, c, e))
		return false;
	list_each(s, c) {
		struct stage_fetch *fetch = arena_alloc(a, sizeof(*fetch));

		*fetch = (struct stage_fetch){ a, o, c, s };
		s->order = (struct compose_order){ .store = o->store,
						   .recipe = s->recipe,
						   .lock = &s->lock,
						   .base = c->v[0].lock.base,
						   .compile = &o->compile,
						   .progress = o->progress,
						   .decoder = &c->decoder,
						   .sources = &c->sources,
						   .fetch = stage_fetch,
						   .ctx = fetch,
						   .tolerant = true };
		s->composition.order = &s->order;
	}
	chain_begin_work(a, c, 0);
	list_each(s, c) {
		if (!compose_image(a, &s->order, &c->tree, &s->composition, e))
			return err_wrap(e, "image %s", s->recipe->name);
	}
	return true;
}

/* Libraries that no package of the lock has: the archive may. */
static bool find_in_archive(struct arena *a, const struct build_order *o, struct suggesting *s,
			    struct error *e)
{
	struct library_found *found = arena_array(a, s->absent.n + 1, sizeof(*found));
	const struct relocked *top = &s->chain->locks.v[s->chain->locks.n - 1];
	const struct lock_order order = { .store = o->store,
					  .mirrors = &top->mirrors,
					  .recipe = chain_top(s->chain)->recipe,
					  .platform = s->platform,
					  .old = top->now,
					  .offline = o->offline };

	for (size_t i = 0; i < s->absent.n; i++)
		found[i].soname = s->absent.v[i]->soname;
	if (s->absent.n == 0)
		return true;
	if (!library_find(a, &order, found, s->absent.n, e))
		return false;
	for (size_t i = 0; i < s->absent.n; i++)
		suggest_library(s, s->absent.v[i], found[i].package);
	return true;
}

static bool suggest_collect(struct arena *a, const struct build_order *o, struct chain *c,
			    struct suggesting *s, struct error *e)
{
	const struct composition *top = &chain_top(c)->composition;
	struct compositions all = chain_compositions(a, c);
	struct depends_report depends;
	size_t before = s->out->v.n;

	s->chain = c;
	s->absent.n = 0;
	s->out->unknown.n = 0;
	suggest_missing(s, &top->missing);
	if (!find_in_archive(a, o, s, e))
		return false;
	/* libraries first: a link that is named for one may be all that a script would have done */
	if (s->out->v.n > before)
		return true;
	if (!depends_check(a, &all, &depends, e))
		return false;
	suggest_scripts(s, top);
	return suggest_depends(s, &depends, e);
}

bool build_suggest(struct arena *a, const struct build_order *o, struct suggestions *out,
		   struct error *e)
{
	return build_suggest_with(a, o, NULL, out, e);
}

bool build_suggest_with(struct arena *a, const struct build_order *asked,
			const struct suggest_hooks *hooks, struct suggestions *out, struct error *e)
{
	struct build_order o = *asked;
	struct recipe r = { 0 };
	struct suggesting s = {
		.a = a, .recipe = &r, .out = out, .platform = o.platforms.v[0], .hooks = hooks
	};
	size_t before;
	unsigned rounds = 0;
	bool more;

	*out = (struct suggestions){ 0 };
	o.locked = true; /* a lock file is not for this to change */
	if (!recipe_load(a, o.recipe, &r, e) || !recipe_check_platform(a, &r, s.platform, e))
		return false;
	do {
		struct chains all = { 0 };
		bool ok;

		before = out->v.n;
		chains_open(a, &o, &r, &all);
		ok = compose_chain(a, &o, &all.v[0], e) && suggest_collect(a, &o, &all.v[0], &s, e);
		more = out->v.n > before && ++rounds < ROUNDS_MAX;
		ok = ok && (more || !hooks || hooks->last(hooks->ctx, &all.v[0], e));
		chains_close(&all);
		if (!ok)
			return false;
	} while (more);
	return true;
}
