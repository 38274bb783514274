/* SPDX-License-Identifier: Apache-2.0 */
/* Stage by stage: a base's layers are written before what stands on it touches the tree, so they
 * are the same in every image. */

#include "line/chain.h"

#include "line/base_memo.h"
#include "line/made_from_labels.h"
#include "line/run_memo.h"
#include "line/step_inputs.h"
#include "make/compose/compose.h"

/* Two locks of one image must not speak of two versions of a library. */
static void warn_apart(const struct build_order *o, const struct stage *base, const struct stage *s)
{
	for (size_t i = 0; i < s->lock.packages.n; i++) {
		const struct locked_package *p = &s->lock.packages.v[i];
		const struct locked_package *q = lock_package(&base->lock, p->name);

		if (q && package_has_role(p, "library") && package_has_role(q, "image") &&
		    strcmp(p->version, q->version) != 0)
			progress_warn(
				o->progress,
				"%s has %s %s, its base has %s; make them agree: imgbuild lock %s%s",
				s->recipe->name, p->name, p->version, q->version,
				compile_platform(&s->lock)->option, recipe_asked(s->recipe));
	}
}

const char *stage_image_name(struct arena *a, const struct build_order *o, const struct recipe *r,
			     bool is_top)
{
	if (!is_top || !o->tag)
		return arena_printf(a, "%s:%s", r->name,
				    is_top && r->tags.n ? r->tags.v[0] : "latest");
	return strchr(o->tag, ':') ? o->tag : arena_printf(a, "%s:%s", r->name, o->tag);
}

/* The tags of images.json beyond the first. */
static void add_extra_tags(struct arena *a, const struct recipe *r, struct strings *names)
{
	for (size_t i = 1; i < r->tags.n; i++)
		*list_push(a, names) = arena_printf(a, "%s:%s", r->name, r->tags.v[i]);
}

/* The stage's own layers, on those of its base. */
static bool build_write_layers(struct arena *a, const struct build_order *o, struct chain *c,
			       struct stage *s, const struct image *base, struct error *e)
{
	struct compressor with = *c->compressor;
	struct layers own = { 0 };
	struct made_from from;

	with.format = s->recipe->compression;
	if (!layer_write_all(a, o->store, &c->tree, &s->composition.layers, &with, &own, e) ||
	    !changes_layers(o, c, s, &own, e))
		return false;
	for (size_t i = 0; base && i < base->layers.v.n; i++)
		*list_push(a, &s->image.layers.v) = base->layers.v.v[i];
	for (size_t i = 0; i < own.v.n; i++)
		*list_push(a, &s->image.layers.v) = own.v.v[i];
	s->image.architecture = c->platform->machine->oci;
	s->image.variant = c->platform->machine->variant;
	if (!made_from_now(a, s->recipe, c->platform, c->sums, &from, e))
		return false;
	made_from_labels(a, &from, &s->image.record);
	return image_describe(a, s->recipe, base, &s->image, e);
}

/* One stage: its files in the tree, then its layers in the store. */
static bool make_stage(struct arena *a, const struct build_order *o, struct chain *c,
		       struct stage *s, const struct image *base, struct error *e)
{
	bool done;

	progress_work_begin(o->progress, "compose", s->recipe->name);
	done = changes_packages(o, c, s, e) &&
	       compose_image(a, &s->order, &c->tree, &s->composition, e);
	progress_work_end(o->progress, 0);
	if (!done)
		return false;
	progress_work_begin(o->progress, "layers", s->recipe->name);
	done = build_write_layers(a, o, c, s, base, e);
	progress_work_end(o->progress, 0);
	return done;
}

static void stage_prepare(struct arena *a, const struct build_order *o, struct chain *c,
			  struct stage *s)
{
	struct stage_fetch *fetch = arena_alloc(a, sizeof(*fetch));

	*fetch = (struct stage_fetch){ a, o, c, s };
	s->order = (struct compose_order){ .store = o->store,
					   .recipe = s->recipe,
					   .lock = &s->lock,
					   .base = c->v[0].lock.base,
					   .below = s > c->v ? &(s - 1)->composition : NULL,
					   .compile = &o->compile,
					   .kept = o->memo ? o->memo->kept
							   : (struct kept_facts){ 0 },
					   .progress = o->progress,
					   .decoder = &c->decoder,
					   .sources = &c->sources,
					   .fetch = stage_fetch,
					   .ctx = fetch };
	s->composition.order = &s->order;
	s->image.name = stage_image_name(a, o, s->recipe, s == c->v + c->n - 1);
	if (!o->tag)
		add_extra_tags(a, s->recipe, &s->image.names);
}

bool stages_make(struct arena *a, const struct build_order *o, struct chain *c, struct error *e)
{
	struct base_memo *bases = o->memo && !o->memo->single ? &o->memo->bases : NULL;
	const struct image *base;

	if (!base_memo_take(a, bases, o, c, e) || (c->borrowed == 0 && !chain_begin(a, o, c, e)))
		return false;
	for (struct stage *s = c->v; s < c->v + c->n; s++)
		stage_prepare(a, o, c, s);
	chain_begin_work(a, c, c->borrowed);
	base = c->borrowed ? &c->v[c->borrowed - 1].image : c->base.order ? &c->base.as : NULL;
	for (struct stage *s = c->v + c->borrowed; s < c->v + c->n; base = &s->image, s++) {
		progress_subject(o->progress, "%s %s", recipe_title(a, s->recipe),
				 c->platform->name);
		if (s > c->v)
			warn_apart(o, s - 1, s);
		if (!make_stage(a, o, c, s, base, e))
			return err_wrap(e, "image %s", recipe_title(a, s->recipe));
	}
	return true;
}
