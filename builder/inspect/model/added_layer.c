/* SPDX-License-Identifier: Apache-2.0 */
/* Each path of the layer is compared with what is there; whatever is not clearly an addition is
 * none. */

#include "inspect/model/added_layer.h"

#include "inspect/layers/kept_paths.h"

#define RECORDS "var/lib/dpkg"

/* Texts of languages and certificates, which say nothing about packages and what loads. */
static bool added_text_is_free(const char *path)
{
	return kept_language(path) != KEPT_NONE || str_ends(str_of(path), STR(".crt")) ||
	       str_ends(str_of(path), STR(".pem"));
}

bool added_layer_is_plain(struct model *own)
{
	if (own->removals || own->ambiguous || own->remarks.n)
		return false;
	for (size_t n = 0; n < own->items.n; n++) {
		struct item *i = own->items.v[n];

		if (i->type == ITEM_HARD || path_below(i->path, RECORDS) ||
		    (kept_always(i->path) && !added_text_is_free(i->path)))
			return false;
		i->kept_at = 0; /* it is in the layer's own file, which nobody has any more */
	}
	return true;
}

/* Folders whose files are read because they stand there (packages.c), wherever links lead. */
struct record_folders {
	const struct item *v[2];
};

static void added_find_records(const struct model *m, struct record_folders *out)
{
	static const char *const dirs[] = { RECORDS "/status.d", RECORDS "/info" };

	for (size_t d = 0; d < ARRAY_SIZE(out->v); d++)
		out->v[d] = model_resolve(m, "", dirs[d], NULL);
}

static bool added_below_records(const struct record_folders *l, const char *path)
{
	for (size_t d = 0; d < ARRAY_SIZE(l->v); d++) {
		if (l->v[d] && path_below(path, l->v[d]->path))
			return true;
	}
	return false;
}

/* A folder may be there already, with the same attributes. */
static bool added_to_folder(const struct item *i, const struct item *there)
{
	if (i->type != ITEM_DIR || there->type != ITEM_DIR)
		return false;
	return i->implied || (!there->implied && i->mode == there->mode && i->uid == there->uid &&
			      i->gid == there->gid && i->capabilities == there->capabilities);
}

static bool added_item_fits(const struct layer_ground *g, const struct record_folders *records,
			    const struct item *i, const struct item *there)
{
	if (there)
		return added_to_folder(i, there);
	return !strmap_get(&g->misses->v, str_of(i->path)) &&
	       !added_below_records(records, i->path);
}

bool added_layer_join(struct arena *a, const struct layer_ground *ground, const struct model *own,
		      const struct image_facts *image, struct inspection *out)
{
	const struct items *low = &ground->in->model.items, *up = &own->items;
	struct items all = { arena_array(a, low->n + up->n, sizeof(*all.v)), 0, low->n + up->n };
	struct record_folders records;
	size_t k = 0;

	added_find_records(&ground->in->model, &records);
	for (size_t i = 0; i < up->n; i++) {
		struct item *x = up->v[i], *there;
		size_t at = items_lower(low, x->path);

		there = at < low->n && strcmp(low->v[at]->path, x->path) == 0 ? low->v[at] : NULL;
		if (!added_item_fits(ground, &records, x, there))
			return false;
		for (; k < at; k++)
			all.v[all.n++] = low->v[k];
		all.v[all.n++] = there && x->implied ? there : x;
		k += there != NULL;
	}
	for (; k < low->n; k++)
		all.v[all.n++] = low->v[k];
	*out = (struct inspection){ .bundle = BUNDLE_INIT,
				    .facts = *image,
				    .model = ground->in->model,
				    .records = ground->in->records };
	out->model.image = &out->facts;
	out->model.items = all;
	return true;
}
