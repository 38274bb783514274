/* SPDX-License-Identifier: Apache-2.0 */
/* Each source is compiled on all processors: what two of them do at a time, the kernel shares out.
 */

#include "make/compose/source_fragments.h"

#include <sys/param.h>

#include "base/jobserver.h"
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

static bool fragment_get(struct arena *a, const struct compile_request *rq, struct fragment *out,
			 struct error *e)
{
	return (rq->source->unpack.form ? unpack_source : compile_source)(a, rq, out, e);
}

bool fragment_make(struct arena *a, struct composition *c, const struct compile_request *rq,
		   struct source_fragment **out, struct error *e)
{
	*out = fragment_place(a, c);
	(*out)->source = rq->source;
	if (!fragment_get(a, rq, &(*out)->fragment, e))
		return false;
	c->sources.n++;
	return true;
}

static struct fragment_task *fragments_find(struct source_fragments *w, const struct composition *c,
					    const struct source_recipe *source)
{
	list_each(t, &w->tasks) {
		if (t->image == c && t->source == source)
			return t;
	}
	return NULL;
}

/* Several components may take files of one source. */
static void fragments_add(struct source_fragments *w, struct composition *c,
			  const struct source_recipe *source)
{
	if (!fragments_find(w, c, source))
		*list_push(&w->a, &w->tasks) = (struct fragment_task){ .image = c,
								       .source = source };
}

/* The sources of an image, in the order in which they are needed. */
static void fragments_list(struct source_fragments *w, struct composition *c)
{
	const struct recipe *r = c->order->recipe;

	list_each(one, &r->components) {
		const struct provider *p = compose_provider(c->order, one);

		if (p && p->source)
			fragments_add(w, c, p->source);
	}
	list_each(one, &r->programs)
		fragments_add(w, c, one->source);
}

static struct fragment_task *fragments_take_next(struct source_fragments *w)
{
	struct fragment_task *t = NULL;

	pthread_mutex_lock(&w->lock);
	if (w->next < w->tasks.n && !atomic_load(&w->stop))
		t = &w->tasks.v[w->next++];
	pthread_mutex_unlock(&w->lock);
	return t;
}

/* Of failures the first is told; then the others are ended. */
static void fragments_tell(struct source_fragments *w, struct fragment_task *t, bool made,
			   const struct error *e)
{
	pthread_mutex_lock(&w->lock);
	t->made = made;
	if (!made && w->error.kind == ERR_NONE && !atomic_load(&w->stop)) {
		w->error = *e;
		atomic_store(&w->stop, true);
	}
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

static void fragments_run_lane(struct fragment_lane *lane)
{
	struct source_fragments *w = lane->all;
	struct fragment_task *t;

	while ((t = fragments_take_next(w))) {
		AUTO_ARENA a = { 0 };
		AUTO_WORKPLACE left = WORKPLACE_INIT; /* removed while others use the fragment */
		struct compile_request rq = fragment_request(t->image, t->source);
		struct error e = { 0 };
		bool made;

		progress_subject(rq.progress, "%s %s", recipe_title(&a, t->image->order->recipe),
				 compile_platform(rq.lock)->name);
		rq.stop = &w->stop;
		rq.workplace = &left;
		made = fragment_get(&lane->a, &rq, &t->fragment, &e);
		fragments_tell(w, t, made, &e);
	}
	pthread_mutex_lock(&w->lock);
	w->at_work--;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

static void *fragments_thread(void *arg)
{
	struct fragment_lane *lane = arg;

	fragments_run_lane(lane);
	progress_subject(lane->all->tasks.v->image->order->progress, "%s", "");
	return NULL;
}

/* One where only one job may run: as -j says, or make's jobserver, which each process may run one
 * job of without asking. */
static size_t fragments_lanes(const struct source_fragments *w)
{
	AUTO_JOBSERVER shared = JOBSERVER_INIT;
	const struct compile_options *o;
	size_t jobs;

	if (w->tasks.n == 0)
		return 0;
	o = w->tasks.v->image->order->compile;
	jobs = o->jobs ? o->jobs : jobserver_open(&shared, o->makeflags) ? 1 : parallel_cpus();
	return MIN(MIN(w->tasks.n, jobs), FRAGMENT_THREADS);
}

void fragments_begin(struct source_fragments *w, const struct compositions *images)
{
	size_t lanes;

	w->tasks.n = w->next = 0;
	w->error = (struct error){ 0 };
	atomic_store(&w->stop, false);
	list_each(image, images)
		fragments_list(w, *image);
	lanes = fragments_lanes(w);
	w->at_work = (unsigned)lanes;
	for (size_t i = 0; i < lanes; i++) {
		struct fragment_lane *lane = &w->lanes[i];

		lane->all = w;
		lane->runs = PARALLEL_FORKS &&
			     pthread_create(&lane->thread, NULL, fragments_thread, lane) == 0;
		if (!lane->runs)
			fragments_run_lane(lane);
	}
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

/* In the order in which they are asked for, whichever was made first. */
static struct source_fragment *fragment_take(struct source_fragments *w, struct fragment_task *t)
{
	struct source_fragment *f = fragment_place(&w->a, t->image);

	*f = (struct source_fragment){ t->source, t->fragment };
	t->image->sources.n++;
	t->taken = true;
	return f;
}

bool fragments_wait(struct source_fragments *w, const struct composition *c,
		    const struct source_recipe *source, struct source_fragment **out,
		    struct error *e)
{
	struct fragment_task *t = fragments_find(w, c, source);

	*out = fragment_of(c, source);
	if (*out)
		return true;
	pthread_mutex_lock(&w->lock);
	while (!t->made && w->at_work)
		pthread_cond_wait(&w->changed, &w->lock);
	if (t->made && w->error.kind == ERR_NONE)
		*out = fragment_take(w, t);
	else
		*e = w->error;
	pthread_mutex_unlock(&w->lock);
	return *out != NULL;
}

void fragments_stop(struct source_fragments *w)
{
	atomic_store(&w->stop, true);
	for (size_t i = 0; i < FRAGMENT_THREADS; i++) {
		if (w->lanes[i].runs)
			pthread_join(w->lanes[i].thread, NULL);
		w->lanes[i].runs = false;
	}
	list_each(t, &w->tasks) {
		if (t->made && !t->taken)
			fragment_close(&t->fragment);
	}
	w->tasks.n = 0;
}

void fragments_close(struct source_fragments *w)
{
	for (size_t i = 0; i < FRAGMENT_THREADS; i++)
		arena_free(&w->lanes[i].a);
	arena_free(&w->a);
}
