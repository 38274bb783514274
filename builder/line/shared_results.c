/* SPDX-License-Identifier: Apache-2.0 */
/* Which results are asked for, and which are given. */

#include "line/shared_results.h"

#include "line/chain.h"
#include "make/compile/compile.h"
#include "make/compile/compile_key.h"

bool shared_result_take(struct arena *a, const struct build_order *o,
			const struct compile_request *rq, bool *cached, struct error *e)
{
	struct compile_request proper = *rq;
	const char *name = rq->source->name, *from;
	struct digest key;

	*cached = false;
	if (!o->cache || o->cache->order->from.n == 0)
		return true;
	proper.options = NULL; /* what others have was compiled without caches */
	if (!compile_key_digest(a, &proper, &key, e))
		return false;
	from = remote_cache_take(o->cache, &key, name);
	if (!from) {
		if (o->compile.explain)
			progress_note(o->progress, "%s: no cache has it", name);
		return true;
	}
	if (!compile_is_cached(a, rq, cached, e))
		return false;
	if (*cached)
		progress_note(o->progress, "%s: taken from the cache %s", name, from);
	else
		progress_warn(
			o->progress,
			"cache %s, key %s (%s): what is signed there is not a compiled result that this imgbuild knows; it is compiled here",
			from, digest_hex_dup(a, &key), name);
	return true;
}

void shared_result_used(void *ctx, const struct compile_request *rq, const struct digest *key,
			const struct fragment *result)
{
	const struct cache_blob blob = { result->blob_digest, result->size };

	remote_cache_note(ctx, key, rq->source->name, &blob);
}

static bool shared_note_stage(struct arena *a, const struct build_order *o, const struct stage *s,
			      struct error *e)
{
	struct source_list sources = { 0 };

	recipe_sources(a, s->recipe, &sources);
	for (size_t i = 0; i < sources.n; i++) {
		const struct compile_request rq = { .store = o->store,
						    .lock = &s->lock,
						    .source = sources.v[i] };
		struct fragment f;
		struct digest key;
		int got;

		if (sources.v[i]->of_image || !lock_compiles(&s->lock, sources.v[i]))
			continue;
		if (!compile_key_digest(a, &rq, &key, e))
			return false;
		got = fragment_open(a, o->store, &key, &f, e);
		if (got > 0)
			shared_result_used(o->cache, &rq, &key, &f);
		if (got > 0)
			fragment_close(&f);
		if (got < 0)
			return false;
	}
	return true;
}

bool shared_results_note(struct arena *a, const struct build_order *o, const struct recipe *r,
			 struct error *e)
{
	struct chains all = { 0 };
	bool ok = true;

	if (!o->cache || o->cache->order->to.n == 0)
		return true;
	chains_open(a, o, r, &all);
	for (size_t i = 0; ok && i < all.n; i++) {
		ok = chain_get_locks(a, o, &all.v[i], e);
		for (size_t k = 0; ok && k < all.v[i].n; k++)
			ok = shared_note_stage(a, o, &all.v[i].v[k], e);
	}
	chains_close(&all);
	return ok;
}
