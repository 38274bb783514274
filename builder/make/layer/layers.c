/* SPDX-License-Identifier: Apache-2.0 */
/* All layers of an image: planned, taken from the store where they were made before, and written
 * otherwise. It decides what runs in parallel and nothing about bytes.
 *
 * Layers large enough to keep every processor busy with their own members are written one after
 * another; the small ones are written beside them, one thread each. Memory then is a few members
 * for each processor. */

#include "make/layer/layers.h"

#include "base/parallel.h"
#include "make/layer/layer_blob.h"
#include "make/layer/layer_key.h"

/* From here on compressing takes so long that a killed run should leave it to the next one. */
#define LONG_BYTES (16u << 20)

/* One layer on its way. */
struct task {
	const struct store *s;
	const struct layer_plan *plan;
	const struct compressor *compressor;
	const char *compressor_name;
	unsigned jobs;
	struct digest key;
	struct layer *layer;
};

struct tasks {
	struct LIST(struct task) v;
};

/* Takes a layer from the store if it was written before and its blob is still sound. */
static bool look_up(struct task *t, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD fd = -1;
	struct layer known = *t->layer;
	struct str text;
	int found;

	if (!layer_key(t->plan, t->compressor_name, &t->key, e))
		return err_wrap(e, "layer %s", t->plan->name);
	found = store_get_action(&a, t->s, &t->key, &text, e);
	if (found > 0 && layer_record_parse(text, &known))
		found = store_open_blob(t->s, &known.digest, known.size, &fd, e);
	else if (found > 0)
		found = 0;
	if (found < 0)
		return err_wrap(e, "layer %s", t->plan->name);
	if (found > 0) {
		known.reused = true;
		*t->layer = known;
	}
	return true;
}

static bool look_up_one(void *ctx, size_t i, struct error *e)
{
	struct task *t = &((struct tasks *)ctx)->v.v[i];
	bool done;

	progress_work_begin(t->s->progress, "look for layer", t->plan->name);
	done = look_up(t, e);
	progress_work_end(t->s->progress, t->layer->reused ? t->layer->size : 0);
	return done;
}

static bool write_one(const struct task *t, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf record = { .a = &a };
	bool done;

	progress_work_begin(t->s->progress, "write layer", t->plan->name);
	done = layer_blob_write(t->s, t->plan, t->compressor, t->jobs, t->layer, e);
	progress_work_end(t->s->progress, t->plan->bytes);
	if (!done)
		return err_wrap(e, "layer %s", t->plan->name);
	layer_record_format(t->layer, &record);
	return (t->plan->bytes < LONG_BYTES
			? store_note_action
			: store_put_action)(t->s, &t->key, buf_str(&record), e) ||
	       err_wrap(e, "layer %s", t->plan->name);
}

static bool write_large_layers(const struct tasks *tasks, struct error *e)
{
	list_each(t, &tasks->v) {
		if (!t->layer->reused && t->jobs > 1 && !write_one(t, e))
			return false;
	}
	return true;
}

/* The first share is all large ones, one after another; each of the others is a small one. */
static bool write_share(void *ctx, size_t i, struct error *e)
{
	const struct tasks *tasks = ctx;
	const struct task *t = i ? &tasks->v.v[i - 1] : NULL;

	if (!t)
		return write_large_layers(tasks, e);
	return t->layer->reused || t->jobs > 1 || write_one(t, e);
}

/* How many processors it keeps busy by itself; with nothing to be written beside it, also some of
 * them. */
static unsigned task_jobs(const struct task *t, bool alone, unsigned cpus)
{
	uint64_t members = t->plan->bytes / GZIP_MEMBER + alone;

	return members >= cpus ? cpus : alone && members > 1 ? (unsigned)members : 1;
}

static bool write_missing(struct tasks *tasks, unsigned cpus, struct error *e)
{
	size_t missing = 0;

	list_each(t, &tasks->v)
		missing += !t->layer->reused;
	list_each(t, &tasks->v)
		t->jobs = task_jobs(t, missing == 1, cpus);
	return parallel_for(tasks->v.n + 1, cpus, write_share, tasks, e);
}

/* One layer and one task for each plan that has nodes. */
static void layers_prepare(struct arena *a, const struct layer_plans *plans, struct task pattern,
			   struct layers *out, struct tasks *tasks)
{
	list_each(p, &plans->v) {
		if (p->nodes.n == 0)
			continue;
		*list_push(a, &out->v) = (struct layer){
			.name = p->name,
			.nodes = p->nodes.n,
			.media_type = compressor_media_type(pattern.compressor),
		};
		pattern.plan = p;
		*list_push(a, &tasks->v) = pattern;
	}
	/* the list moves while it grows: pointers into it can be taken only now */
	for (size_t i = 0; i < tasks->v.n; i++)
		tasks->v.v[i].layer = &out->v.v[out->v.n - tasks->v.n + i];
}

bool layer_write_all(struct arena *a, const struct store *s, const struct tree *t,
		     const struct layer_order *order, const struct compressor *compressor,
		     struct layers *out, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct layer_plans plans = { 0 };
	struct tasks tasks = { 0 };
	struct task pattern = { .s = s, .compressor = compressor };
	unsigned cpus = parallel_cpus();

	if (!layer_plan_all(&scratch, t, order, &plans, e))
		return false;
	pattern.compressor_name = compressor_name(&scratch, compressor);
	layers_prepare(a, &plans, pattern, out, &tasks);
	return parallel_for(tasks.v.n, cpus, look_up_one, &tasks, e) &&
	       write_missing(&tasks, cpus, e);
}
