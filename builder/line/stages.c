/* SPDX-License-Identifier: Apache-2.0 */
/* Stage by stage: a base has its files before what stands on it touches the tree. */

#include "line/chain.h"

#include "format/text/image_name.h"
#include "line/base_memo.h"
#include "line/run_memo.h"
#include "line/stage_layers.h"
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
	return strpbrk(o->tag, ":/") ? image_name_tagged(a, o->tag)
				     : arena_printf(a, "%s:%s", r->name, o->tag);
}

/* The tags of images.json beyond the first. */
static void add_extra_tags(struct arena *a, const struct recipe *r, struct strings *names)
{
	for (size_t i = 1; i < r->tags.n; i++)
		*list_push(a, names) = arena_printf(a, "%s:%s", r->name, r->tags.v[i]);
}

static bool stage_compose(struct arena *a, const struct build_order *o, struct chain *c,
			  struct stage *s, struct error *e)
{
	bool done;

	progress_work_begin(o->progress, "compose", s->recipe->name);
	done = changes_packages(o, c, s, e) &&
	       compose_image(a, &s->order, &c->tree, &s->composition, e);
	progress_work_end(o->progress, 0);
	return done || err_wrap(e, "image %s", recipe_title(a, s->recipe));
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

/* Each stage's layers are written while the next one is composed. */
static bool stages_make_own(struct arena *a, const struct build_order *o, struct chain *c,
			    const struct image *base, struct stage_layers *l, struct error *e)
{
	for (struct stage *s = c->v + c->borrowed; s < c->v + c->n; s++) {
		struct stage *below = l->begun ? l->stage : NULL;

		progress_subject(o->progress, "%s %s", recipe_title(a, s->recipe),
				 c->platform->name);
		if (s > c->v)
			warn_apart(o, s - 1, s);
		if (!stage_compose(a, o, c, s, e) || !stage_layers_end(a, l, base, e))
			return false;
		base = below ? &below->image : base;
		stage_layers_begin(l, o, c, s, s + 1 < c->v + c->n);
	}
	return stage_layers_end(a, l, base, e);
}

bool stages_make(struct arena *a, const struct build_order *o, struct chain *c, struct error *e)
{
	struct base_memo *bases = o->memo && !o->memo->single ? &o->memo->bases : NULL;
	struct stage_layers l = { .begun = false };
	const struct image *base;
	bool ok;

	if (!base_memo_take(a, bases, o, c, e) || (c->borrowed == 0 && !chain_begin(a, o, c, e)))
		return false;
	for (struct stage *s = c->v; s < c->v + c->n; s++)
		stage_prepare(a, o, c, s);
	chain_begin_work(a, c, c->borrowed);
	base = c->borrowed ? &c->v[c->borrowed - 1].image : c->base.order ? &c->base.as : NULL;
	ok = stages_make_own(a, o, c, base, &l, e);
	stage_layers_drop(&l);
	return ok;
}
