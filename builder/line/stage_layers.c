/* SPDX-License-Identifier: Apache-2.0 */
/* A thread that compresses, for as long as the files of the stage above are looked for. */

#include "line/stage_layers.h"

#include "base/parallel.h"
#include "line/base_ahead.h"
#include "line/made_from_labels.h"
#include "line/step_inputs.h"

static void stage_layers_write(struct stage_layers *l)
{
	const struct build_order *o = l->order;
	const struct stage *s = l->stage;

	base_ahead_wait(l->chain->ahead);
	progress_work_begin(o->progress, "layers", s->recipe->name);
	l->done = layer_write_all(&l->a, o->store, &l->tree, &s->composition.layers, &l->with,
				  &l->own, &l->error);
	progress_work_end(o->progress, 0);
}

static void *stage_layers_thread(void *arg)
{
	struct stage_layers *l = arg;
	AUTO_ARENA a = { 0 };

	progress_subject(l->order->progress, "%s %s", recipe_title(&a, l->stage->recipe),
			 l->chain->platform->name);
	stage_layers_write(l);
	progress_subject(l->order->progress, "%s", "");
	return NULL;
}

void stage_layers_begin(struct stage_layers *l, const struct build_order *o, const struct chain *c,
			struct stage *s, bool aside)
{
	*l = (struct stage_layers){
		.order = o, .chain = c, .stage = s, .with = *c->compressor, .begun = true
	};
	l->with.format = s->recipe->compression;
	tree_init(&l->tree, &l->a);
	tree_copy(&c->tree, &l->tree);
	l->runs = aside && PARALLEL_FORKS &&
		  pthread_create(&l->thread, NULL, stage_layers_thread, l) == 0;
	if (!l->runs)
		stage_layers_write(l);
}

static void stage_layers_wait(struct stage_layers *l)
{
	if (l->runs)
		pthread_join(l->thread, NULL);
	l->begun = l->runs = false;
}

/* The stage's own layers, on those of its base. */
static bool stage_describe(struct arena *a, const struct stage_layers *l, const struct image *base,
			   struct error *e)
{
	struct stage *s = l->stage;
	struct made_from from;

	for (size_t i = 0; base && i < base->layers.v.n; i++)
		*list_push(a, &s->image.layers.v) = base->layers.v.v[i];
	list_append(a, &s->image.layers.v, &l->own.v);
	s->image.architecture = l->chain->platform->machine->oci;
	s->image.variant = l->chain->platform->machine->variant;
	if (!made_from_now(a, s->recipe, l->chain->platform, l->chain->sums, &from, e))
		return false;
	made_from_labels(a, &from, &s->image.record);
	return image_describe(a, s->recipe, base, &s->image, e);
}

bool stage_layers_end(struct arena *a, struct stage_layers *l, const struct image *base,
		      struct error *e)
{
	bool ok;

	if (!l->begun)
		return true;
	stage_layers_wait(l);
	arena_join(a, &l->a);
	if (!l->done)
		*e = l->error;
	ok = l->done && changes_layers(l->order, l->chain, l->stage, &l->tree, &l->own, e) &&
	     stage_describe(a, l, base, e);
	return ok || err_wrap(e, "image %s", recipe_title(a, l->stage->recipe));
}

void stage_layers_drop(struct stage_layers *l)
{
	stage_layers_wait(l);
	arena_free(&l->a);
}
