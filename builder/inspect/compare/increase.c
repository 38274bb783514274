/* SPDX-License-Identifier: Apache-2.0 */
/* Three lists of two images, each joined by name, and what is larger in the second. */

#include "inspect/compare/increase.h"

#include <stdlib.h>

#include "inspect/model/model.h"
#include "inspect/model/packages.h"

#define LAYER_OF_IMGBUILD "imgbuild layer "

static int increase_order(const void *a, const void *b)
{
	const struct increase_row *x = a, *y = b;
	uint64_t more_x = x->after - x->before, more_y = y->after - y->before;

	return more_x != more_y ? (more_x < more_y ? 1 : -1) : strcmp(x->name, y->name);
}

static void increase_sort(struct increase_rows *l)
{
	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), increase_order);
}

static void increase_of_packages(struct arena *a, struct increase *x)
{
	const struct packages *before = &x->before->model->packages;
	const struct packages *after = &x->after->model->packages;

	list_each(p, after) {
		const struct package *old = packages_find(before, p->name);
		struct increase_row row = { .name = p->name,
					    .detail = p->version,
					    .is_new = !old,
					    .before = old ? old->bytes : 0,
					    .after = p->bytes };

		if (old && p->bytes <= old->bytes)
			continue;
		if (old)
			row.detail = strcmp(old->version, p->version) == 0
					     ? ""
					     : arena_printf(a, "%s -> %s", old->version,
							    p->version);
		*list_push(a, &x->parts[INCREASE_PACKAGES]) = row;
	}
}

/* Both lists are in the order of paths. */
static void increase_of_files(struct arena *a, struct increase *x)
{
	const struct items *before = &x->before->model->items;
	const struct items *after = &x->after->model->items;

	for (size_t i = 0, k = 0; k < after->n; k++) {
		const struct item *new = after->v[k], *old = NULL;

		while (i < before->n && path_order(before->v[i]->path, new->path) < 0)
			i++;
		if (i < before->n && path_order(before->v[i]->path, new->path) == 0 &&
		    before->v[i]->type == ITEM_FILE)
			old = before->v[i];
		if (new->type != ITEM_FILE || new->shared || new->size <= (old ? old->size : 0))
			continue;
		*list_push(a, &x->parts[INCREASE_FILES]) =
			(struct increase_row){ .name = arena_printf(a, "/%s", new->path),
					       .detail = "",
					       .is_new = !old,
					       .before = old ? old->size : 0,
					       .after = new->size };
	}
}

/* What the history calls a layer; NULL: nothing that could be found again. */
static const char *increase_layer_name(const struct image_layer *l)
{
	size_t n = strlen(LAYER_OF_IMGBUILD);

	return l->created_by && strncmp(l->created_by, LAYER_OF_IMGBUILD, n) == 0
		       ? l->created_by + n
		       : NULL;
}

/* The layer of the same content or name; or NULL. *same: it is the same content. */
static const struct image_layer *increase_layer_match(const struct image_facts *f,
						      const struct image_layer *l, bool *same)
{
	const struct image_layer *found = NULL;
	const char *name = increase_layer_name(l);

	*same = false;
	for (size_t i = 0; i < f->layers.n; i++) {
		const char *other = increase_layer_name(&f->layers.v[i]);

		*same = content_digest_eq(&f->layers.v[i].diff_id, &l->diff_id);
		if (*same)
			return &f->layers.v[i];
		if (name && other && strcmp(name, other) == 0)
			found = &f->layers.v[i];
	}
	return found;
}

static void increase_of_layers(struct arena *a, struct increase *x)
{
	const struct image_facts *after = x->after->model->image;

	for (size_t i = 0; i < after->layers.n; i++) {
		const struct image_layer *l = &after->layers.v[i], *old;
		const char *name = increase_layer_name(l);
		bool same;

		old = increase_layer_match(x->before->model->image, l, &same);
		if (same || (old && l->size <= old->size))
			continue;
		*list_push(a, &x->parts[INCREASE_LAYERS]) = (struct increase_row){
			.name = arena_printf(a, "layer %zu%s%s", i + 1, name ? ", " : "",
					     name ? name : ""),
			.detail = "",
			.is_new = !old,
			.before = old ? old->size : 0,
			.after = l->size
		};
	}
}

void increase_find(struct arena *a, const struct audit_result *before,
		   const struct audit_result *after, struct increase *out)
{
	*out = (struct increase){ .before = before, .after = after };
	increase_of_packages(a, out);
	increase_of_files(a, out);
	increase_of_layers(a, out);
	for (int part = 0; part < INCREASE_PARTS; part++)
		increase_sort(&out->parts[part]);
}

uint64_t increase_pulled(const struct audit_result *r)
{
	const struct image_facts *f = r->model->image;
	uint64_t bytes = 0;

	for (size_t i = 0; i < f->layers.n; i++)
		bytes += f->layers.v[i].size;
	return bytes;
}
