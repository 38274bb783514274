/* SPDX-License-Identifier: Apache-2.0 */
/* The model: layers read one by one and merged; lookups. Holds no contents. */

#include "inspect/model/model.h"

#include <assert.h>
#include <stdlib.h>

#include "inspect/layers/layer_merge.h"
#include "inspect/layers/content_sums.h"
#include "base/parallel.h"

#define LINKS_MAX 40   /* as the kernel's MAXSYMLINKS */
#define READERS_MAX 8  /* layers read at once, and at most */
#define READERS_EACH 4 /* for each processor: none is idle while a large layer is merged first */

static void model_note_miss(struct path_misses *l, const char *path)
{
	if (!strmap_get(&l->v, str_of(path)))
		strmap_add(l->a, &l->v, str_of(arena_strdup(l->a, path)));
}

struct item *model_at(const struct model *m, const char *path)
{
	size_t i = items_lower(&m->items, path);

	if (i < m->items.n && strcmp(m->items.v[i]->path, path) == 0)
		return m->items.v[i];
	if (m->misses)
		model_note_miss(m->misses, path);
	return NULL;
}

/* A path being walked: where it has come to, in a buffer of the scratch arena. */
struct path_walk {
	struct arena *a;
	const char *here; /* normalised; "": the root */
	unsigned links;
};

/* Puts a link's target before what is left of the path. */
static bool walk_follow_link(struct path_walk *w, const char *target, struct str *rest)
{
	if (++w->links > LINKS_MAX)
		return false;
	*rest = str_of(rest->n ? arena_printf(w->a, "%s/" STR_FMT, target, STR_ARG(*rest))
			       : arena_strdup(w->a, target));
	if (target[0] == '/')
		w->here = "";
	return true;
}

static const char *parent_path(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? arena_strndup(a, path, (size_t)(slash - path)) : "";
}

static bool walk_step(const struct model *m, struct path_walk *w, struct str component, bool last,
		      struct str *rest)
{
	const char *next;
	const struct item *i;

	if (component.n == 0 || str_eq(component, STR(".")))
		return true;
	if (str_eq(component, STR(".."))) {
		w->here = parent_path(w->a, w->here);
		return true;
	}
	next = *w->here ? arena_printf(w->a, "%s/" STR_FMT, w->here, STR_ARG(component))
			: str_dup(w->a, component);
	i = model_at(m, next);
	if (!i)
		return false;
	if (i->type == ITEM_LINK)
		return walk_follow_link(w, i->target, rest);
	w->here = next;
	return last || i->type == ITEM_DIR;
}

struct item *model_resolve(const struct model *m, const char *dir, const char *path, bool *root)
{
	AUTO_ARENA scratch = { 0 };
	struct path_walk w = { &scratch, path[0] == '/' ? "" : dir, 0 };
	struct str rest = str_of(path), one;

	if (root)
		*root = false;
	while (str_next(&rest, '/', &one))
		if (!walk_step(m, &w, one, rest.n == 0, &rest))
			return NULL;
	if (!*w.here && root)
		*root = true;
	return *w.here ? model_at(m, w.here) : NULL;
}

bool model_text(struct arena *a, const struct model *m, const struct item *i, struct str *out,
		struct error *e)
{
	char *p;

	*out = (struct str){ NULL, 0 };
	if (!i || !i->kept_at)
		return true;
	p = arena_text(a, (size_t)i->size);
	if (!fd_pread(m->kept, p, (size_t)i->size, i->kept_at - 1, "a temporary file", e))
		return false;
	*out = (struct str){ p, (size_t)i->size };
	return true;
}

void model_close(struct model *m)
{
	fd_closep(&m->kept);
}

static void count_bytes(struct model *m)
{
	for (size_t i = 0; i < m->items.n; i++)
		if (m->items.v[i]->type == ITEM_FILE && !m->items.v[i]->shared)
			m->bytes += m->items.v[i]->size;
}

/* The layers of an image, read by children some of which are ahead of the one that is merged. */
struct layers_reading {
	const struct bundle *bundle;
	const struct keep_rule *keep;
	struct layer_reader *readers;
	size_t n;	/* of readers */
	size_t first;	/* layer that is read */
	size_t started; /* layers */
};

/* A layer that cannot be started ahead is tried again when it is its turn: what is wrong with those
 * before it comes first, and the machine may have room for one child where it has none for more. */
static bool start_some(struct layers_reading *r, const struct image_facts *image, size_t done,
		       struct error *e)
{
	for (; r->started < image->layers.n && r->started < done + r->n; r->started++) {
		struct layer_reader *reader = &r->readers[r->started % r->n];
		struct error failed = { 0 };

		if (layer_start(reader, r->bundle, image, r->started, r->keep, &failed))
			continue;
		layer_drop(reader);
		if (r->started > done)
			break;
		*e = failed;
		return err_wrap(e, "layer %zu (%s)", done + 1, image->layers.v[done].part);
	}
	return true;
}

/* Each layer on top of those before. */
static bool model_stack_layers(struct arena *a, struct layers_reading *r, struct model *m,
			       struct items *out, struct error *e)
{
	AUTO_ARENA even = { 0 }; /* the list of one step is made from that of the step */
	AUTO_ARENA odd = { 0 };	 /* before: two arenas in turn */
	struct layer_budget budget = { .keep = r->keep };
	struct items items = { NULL, 0, 0 };

	for (size_t i = r->first; i < m->image->layers.n; i++) {
		struct change change = { { NULL, 0, 0 }, { NULL, 0, 0 } };
		struct arena *turn = i % 2 ? &odd : &even;

		arena_free(turn);
		assert(r->n); /* there is a layer, so there is a reader */
		if (!start_some(r, m->image, i, e))
			return false;
		if (!layer_finish(&r->readers[i % r->n], a, turn, m, &budget, &change, e))
			return err_wrap(e, "layer %zu (%s)", i + 1, m->image->layers.v[i].part);
		m->removals += change.removes.n;
		merge_change(a, turn, m, &change, i, &items);
	}
	*out = (struct items){ arena_array(a, items.n, sizeof(*items.v)), items.n, items.n };
	if (items.n)
		memcpy(out->v, items.v, items.n * sizeof(*items.v));
	return true;
}

bool model_read_upper(struct arena *a, const struct bundle *b, const struct image_facts *image,
		      size_t first, const struct keep_rule *keep, struct model *out,
		      struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct layers_reading r = { .bundle = b,
				    .keep = keep,
				    .n = READERS_EACH * parallel_cpus(),
				    .first = first,
				    .started = first };
	bool ok;

	*out = (struct model){ .image = image,
			       .kept = -1,
			       .smaller = keep && keep->smaller,
			       .misses = keep ? keep->misses : NULL };
	for (size_t i = 0; i < image->layers.n; i++)
		list_push(a, &out->layers);
	if (r.n > READERS_MAX)
		r.n = READERS_MAX;
	r.readers = arena_array(&scratch, r.n, sizeof(*r.readers));
	for (size_t i = 0; i < r.n; i++)
		r.readers[i] = (struct layer_reader)LAYER_READER_INIT;
	sums_prepare();
	ok = model_stack_layers(a, &r, out, &out->items, e);
	for (size_t i = 0; i < r.n; i++)
		layer_drop(&r.readers[i]);
	if (ok)
		count_bytes(out);
	return ok;
}

bool model_read_keeping(struct arena *a, const struct bundle *b, const struct image_facts *image,
			const struct keep_rule *keep, struct model *out, struct error *e)
{
	return model_read_upper(a, b, image, 0, keep, out, e);
}
