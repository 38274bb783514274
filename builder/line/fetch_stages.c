/* SPDX-License-Identifier: Apache-2.0 */
/* Locks, and the bytes that they name. */

#include <unistd.h>

#include "line/base_ahead.h"
#include "line/shared_results.h"
#include "make/compile/compile.h"
#include "make/compile/incremental.h"
#include "make/compile/launcher.h"
#include "make/compose/compose.h"
#include "make/compose/library_names.h"
#include "make/deb/deb.h"
#include "make/place/locked_deb.h"
#include "make/unpack/unpack.h"
#include "input/lock/local_download.h"
#include "input/lock/tools_lock.h"
#include "input/lock/lock_variants.h"
#include "input/lock/lock_wants.h"
#include "input/relock/tools_make.h"

static const struct strings nothing;

static struct relock_order make_relock_order(const struct build_order *o)
{
	return (struct relock_order){ .store = o->store,
				      .mirrors = o->mirrors,
				      .mirror_env = o->mirror_env,
				      .update = &nothing,
				      .locked = o->locked,
				      .offline = o->offline,
				      .progress = o->progress,
				      .look = image_base_look };
}

static void take_locks(struct arena *a, struct chain *c)
{
	for (size_t i = 0; i < c->n; i++)
		c->v[i].lock = lock_of_variant(a, c->locks.v[i].now, c->v[i].recipe);
}

/* What writes the layers is pinned with the first lock. */
static bool make_tools(struct arena *a, const struct build_order *o, const struct relocked *r,
		       struct error *e)
{
	const struct lock_order order = { .store = o->store,
					  .mirrors = &r->mirrors,
					  .recipe = r->recipe,
					  .offline = o->offline,
					  .progress = o->progress };
	const char *path = tools_path(a, r->recipe->repository);
	struct lock lock;

	if (r->old || access(path, F_OK) == 0)
		return true;
	return tools_first(a, &order, &lock, e) &&
	       (lock.tools.n == 0 || tools_write(a, path, &lock, e));
}

bool chain_get_locks(struct arena *a, const struct build_order *o, struct chain *c, struct error *e)
{
	struct relock_order order = make_relock_order(o);

	if (!relock_load(a, &order, chain_top(c)->recipe, c->platform, &c->locks, e))
		return false;
	take_locks(a, c);
	return make_tools(a, o, &c->locks.v[c->locks.n - 1], e);
}

/* A download is needed as a file unless it was unpacked before. */
static bool add_unpacking(struct arena *a, const struct build_order *o,
			  const struct compile_request *rq, struct strings *roles, struct error *e)
{
	const struct locked_source *locked = lock_source(rq->lock, rq->source->name);
	bool cached;
	uint64_t size;

	if (!locked || locked->files.n != 1 ||
	    !digest_eq(&locked->files.v[0].sha256, &rq->source->sha256))
		return true; /* its provider lost */
	if (!unpack_is_cached(a, rq, &cached, e))
		return false;
	if (!cached)
		*list_push(a, roles) = arena_printf(a, "source:%s", rq->source->name);
	return cached || local_download_store(o->store, rq->source, &size, e);
}

bool lock_compiles(const struct lock *lock, const struct source_recipe *source)
{
	bool locked = source->debian_source || source->urls.n ||
		      dependencies_want(&source->dependencies, compile_platform(lock));

	return !source->unpack.form && (!locked || lock_source(lock, source->name));
}

/* A toolchain that is laid out needs its packages no more. */
static void add_needs(struct arena *a, const struct compile_request *rq, struct strings *roles)
{
	*list_push(a, roles) = lock_files_role(a, rq->source->name);
	if (compile_has_tools(rq))
		return;
	*list_push(a, roles) = compile_role(a, rq->source);
	if (rq->options->launcher || incremental_wants_launcher(rq))
		*list_push(a, roles) = launcher_role(a, rq->source);
}

/* What has to be compiled needs its compilers and its source: a build whose sources are in the
 * store already needs neither. */
static bool add_compiling(struct arena *a, const struct build_order *o, const struct stage *s,
			  struct strings *roles, struct error *e)
{
	struct source_list sources = { 0 };

	recipe_sources(a, s->recipe, &sources);
	for (size_t i = 0; i < sources.n; i++) {
		struct compile_request rq = { .store = o->store,
					      .lock = &s->lock,
					      .source = sources.v[i],
					      .options = &o->compile };
		bool cached = true;

		if (sources.v[i]->of_image)
			continue; /* make/compose/byte_code.c, which knows the image by then */
		if (sources.v[i]->unpack.form) {
			if (!add_unpacking(a, o, &rq, roles, e))
				return false;
			continue;
		}
		if (!lock_compiles(&s->lock, sources.v[i]))
			continue; /* its provider lost */
		if (!compile_is_cached(a, &rq, &cached, e) ||
		    (!cached && !shared_result_take(a, o, &rq, &cached, e)))
			return false;
		if (!cached)
			add_needs(a, &rq, roles);
	}
	strings_unique(roles);
	return true;
}

/* All that is fetched is unpacked. */
static void decode_arrival(void *ctx, const struct locked_package *p)
{
	AUTO_ARENA a = { 0 };
	struct chain *c = ctx;
	const struct deb_package *one = locked_deb(&a, p);

	decoder_ask(&c->decoder, &one, 1);
}

static void decode_base_arrival(void *ctx, const struct locked_package *p)
{
	struct chain *c = ctx;

	decode_arrival(ctx, p);
	base_ahead_arrived(c->ahead);
}

static struct lock_order make_fetch_order(const struct build_order *o, struct chain *c,
					  const struct stage *s)
{
	return (struct lock_order){ .store = o->store,
				    .mirrors = &c->locks.v[s - c->v].mirrors,
				    .offline = o->offline,
				    .progress = o->progress,
				    .arrived = decode_arrival,
				    .arrived_ctx = c };
}

/* What an image is made of, less the candidates that can wait, unless they were opened the last
 * time (which are no loss if no mirror has them), and less what is decoded (which is proven when it
 * is opened). */
static void want_stage(struct arena *a, const struct build_order *o, struct chain *c,
		       const struct stage *s, struct packages_wanted *out)
{
	struct lock_order *order = arena_alloc(a, sizeof(*order));

	bool ahead = c->ahead && s != chain_top(c);

	*order = make_fetch_order(o, c, s);
	order->arrived = ahead ? decode_base_arrival : decode_arrival;
	list_each(p, &s->lock.packages) {
		if (!compose_will_open(s->recipe, p) ||
		    deb_seems_decoded(o->store, locked_deb(a, p)))
			continue;
		*list_push(a, out) = (struct package_wanted){ p, order, libraries_can_wait(p),
							      ahead };
		if (ahead)
			base_ahead_await(c->ahead, p);
	}
}

/* Those of all stages at once: a large one is not to wait for the base's. */
static bool fetch_image_packages(struct arena *a, const struct build_order *o, struct chain *c,
				 struct strings *gone, struct error *e)
{
	struct packages_wanted all = { 0 };

	base_ahead_await_none(c->ahead);
	list_each(s, c)
		want_stage(a, o, c, s, &all);
	return lock_fetch_packages(a, &all, gone, e);
}

static bool fetch_compilers(struct arena *a, const struct build_order *o, struct chain *c,
			    const struct stage *s, struct strings *gone, struct error *e)
{
	struct lock_order order = make_fetch_order(o, c, s);
	struct strings roles = { 0 };

	return add_compiling(a, o, s, &roles, e) &&
	       (roles.n == 0 || lock_fetch(a, &order, &s->lock, &roles, gone, e));
}

bool stage_fetch(void *ctx, const struct locked_package *const *v, size_t n, struct error *e)
{
	struct stage_fetch *f = ctx;
	struct lock_order order = make_fetch_order(f->order, f->chain, f->stage);
	bool may_replace = !f->order->locked && !f->order->offline;
	struct packages_wanted wanted = { 0 };
	struct strings gone = { 0 };

	for (size_t i = 0; i < n; i++)
		*list_push(f->a, &wanted) = (struct package_wanted){ .package = v[i],
								     .order = &order };
	if (!lock_fetch_packages(f->a, &wanted, may_replace ? &gone : NULL, e))
		return false;
	f->chain->gone = gone;
	return gone.n == 0 || err_set(e, ERR_NETWORK, "no mirror has %s any more", gone.v[0]);
}

static bool fetch_stages(struct arena *a, const struct build_order *o, struct chain *c,
			 struct strings *gone, struct error *e)
{
	if (!fetch_image_packages(a, o, c, gone, e))
		return false;
	list_each(s, c) {
		if (!fetch_compilers(a, o, c, s, gone, e))
			return false;
	}
	return true;
}

bool chain_replace(struct arena *a, const struct build_order *o, struct chain *c,
		   const struct strings *gone, struct error *e)
{
	struct relock_order order = make_relock_order(o);

	base_ahead_wait(c->ahead);
	if (!relock_replace(a, &order, gone, &c->locks, e))
		return false;
	take_locks(a, c);
	return true;
}

bool chain_fetch(struct arena *a, const struct build_order *o, struct chain *c, struct error *e)
{
	struct strings gone = { 0 };

	if (!fetch_stages(a, o, c, o->locked || o->offline ? NULL : &gone, e))
		return false;
	return gone.n == 0 || (chain_replace(a, o, c, &gone, e) && fetch_stages(a, o, c, NULL, e));
}
