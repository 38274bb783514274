/* SPDX-License-Identifier: Apache-2.0 */
/* One thread, one source after the other: each is compiled on all processors. */

#include "make/compose/source_fragments.h"

#include "base/parallel.h"
#include "make/compile/compile.h"
#include "make/compile/workplace.h"
#include "make/unpack/unpack.h"
#include "make/unpack/unpack_folder.h"

struct compile_request fragment_request(const struct composition *c,
					const struct source_recipe *source)
{
	return (struct compile_request){ .store = c->order->store,
					 .lock = c->order->lock,
					 .source = source,
					 .options = c->order->compile,
					 .progress = c->order->progress,
					 .decoder = c->order->decoder,
					 .unpack = unpack_folder };
}

/* Nodes point into fragments: there is room for all, so that none is moved. */
static struct source_fragment *fragment_place(struct arena *a, struct composition *c)
{
	const struct recipe *r = c->order->recipe;

	if (c->sources.cap == 0) {
		c->sources.cap = r->components.n + r->programs.n + !!r->effects.bytecode;
		c->sources.v = arena_array(a, c->sources.cap, sizeof(*c->sources.v));
	}
	return &c->sources.v[c->sources.n];
}

static bool fragment_get(struct arena *a, const struct compile_request *rq,
			 struct source_fragment *f, struct error *e)
{
	f->source = rq->source;
	return (f->source->unpack.form ? unpack_source : compile_source)(a, rq, &f->fragment, e);
}

bool fragment_make(struct arena *a, struct composition *c, const struct compile_request *rq,
		   struct source_fragment **out, struct error *e)
{
	*out = fragment_place(a, c);
	if (!fragment_get(a, rq, *out, e))
		return false;
	c->sources.n++;
	return true;
}

static bool fragments_make_one(struct source_fragments *w, struct composition *c,
			       const struct source_recipe *source, struct error *e)
{
	struct compile_request rq = fragment_request(c, source);
	struct source_fragment *f = fragment_place(&w->a, c);
	AUTO_WORKPLACE left = WORKPLACE_INIT; /* removed while others use the fragment */

	rq.stop = &w->stop;
	rq.workplace = &left;
	if (atomic_load(&w->stop))
		return err_set(e, ERR_SYSTEM, "stopped");
	if (!fragment_get(&w->a, &rq, f, e))
		return false;
	pthread_mutex_lock(&w->lock);
	c->sources.n++;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	return true;
}

/* The sources of an image, in the order in which they are needed. */
static void fragments_list(struct arena *a, const struct compose_order *o, struct source_list *out)
{
	list_each(one, &o->recipe->components) {
		const struct provider *p = compose_provider(o, one);

		if (p && p->source)
			*list_push(a, out) = p->source;
	}
	list_each(one, &o->recipe->programs)
		*list_push(a, out) = one->source;
}

static bool fragments_make_all(struct source_fragments *w, struct error *e)
{
	AUTO_ARENA a = { 0 };

	list_each(image, &w->images) {
		struct composition *c = *image;
		struct source_list sources = { 0 };

		fragments_list(&a, c->order, &sources);
		if (sources.n)
			progress_subject(c->order->progress, "%s %s",
					 recipe_title(&a, c->order->recipe),
					 compile_platform(c->order->lock)->name);
		list_each(source, &sources) {
			if (!fragments_make_one(w, c, *source, e))
				return false;
		}
	}
	return true;
}

static void fragments_run(struct source_fragments *w)
{
	struct error e = { 0 };

	if (fragments_make_all(w, &e))
		err_clear(&e);
	pthread_mutex_lock(&w->lock);
	w->ended = true;
	w->error = e;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

static void *fragments_thread(void *arg)
{
	struct source_fragments *w = arg;

	fragments_run(w);
	progress_subject((*w->images.v)->order->progress, "%s", "");
	return NULL;
}

static bool fragments_are_any(const struct compositions *images)
{
	AUTO_ARENA a = { 0 };
	struct source_list sources = { 0 };

	list_each(image, images)
		fragments_list(&a, (*image)->order, &sources);
	return sources.n > 0;
}

void fragments_begin(struct source_fragments *w, const struct compositions *images)
{
	w->images = (struct compositions){ 0 };
	list_each(image, images)
		*list_push(&w->a, &w->images) = *image;
	w->ended = !fragments_are_any(images);
	w->error = (struct error){ 0 };
	atomic_store(&w->stop, false);
	if (w->ended)
		return;
	w->runs = PARALLEL_FORKS && pthread_create(&w->thread, NULL, fragments_thread, w) == 0;
	if (!w->runs)
		fragments_run(w);
}

static struct source_fragment *fragment_of(const struct composition *c,
					   const struct source_recipe *source)
{
	list_each(f, &c->sources) {
		if (f->source == source)
			return f;
	}
	return NULL;
}

bool fragments_wait(struct source_fragments *w, const struct composition *c,
		    const struct source_recipe *source, struct source_fragment **out,
		    struct error *e)
{
	pthread_mutex_lock(&w->lock);
	while (!(*out = fragment_of(c, source)) && !w->ended)
		pthread_cond_wait(&w->changed, &w->lock);
	if (!*out)
		*e = w->error;
	pthread_mutex_unlock(&w->lock);
	return *out != NULL;
}

void fragments_stop(struct source_fragments *w)
{
	atomic_store(&w->stop, true);
	if (w->runs)
		pthread_join(w->thread, NULL);
	w->runs = false;
}

void fragments_close(struct source_fragments *w)
{
	arena_free(&w->a);
}
