/* SPDX-License-Identifier: Apache-2.0 */
/* Owners of nodes are copied, not changed: they are also what packages are known by (struct
 * placed), and those still have to tell which component they are of. */

#include "make/compose/source_layers.h"

#include "base/strmap.h"
#include "make/scripts/script_effects.h"

/* An owner, and what nodes of it get in its place. */
struct owner_move {
	const struct owner *from;
	const struct owner *to;
};

struct source_layers {
	struct arena *a;
	const struct composition *c;
	struct strmap shared; /* their layers, by the names of sources */
	const char *packages, *programs, *files;
	struct LIST(struct owner_move) moves;
};

static const char *source_layer_of_package(const struct source_layers *s, const char *package)
{
	const struct locked_package *p = lock_package(s->c->order->lock, package);
	const char *layer = p ? strmap_get(&s->shared, str_of(p->source)) : NULL;

	return layer ? layer : s->packages;
}

/* Of what is made of a package's certificates alone, and so the same in every image. */
static const char *source_layer_of_bundle(const struct source_layers *s, const struct node *n)
{
	const struct ca_bundle *by = &s->c->order->recipe->effects.ca_bundle;

	return by->asked && by->package && !by->files.n && effects_is_of_bundle(n->path)
		       ? source_layer_of_package(s, by->package)
		       : s->files;
}

static const char *source_layer_of_node(const struct source_layers *s, const struct node *n)
{
	switch (n->owner->kind) {
	case OWNER_PACKAGE:
		return source_layer_of_package(s, n->owner->name);
	case OWNER_SOURCE:
		return strcmp(n->owner->layer, s->programs) == 0 ? s->programs : s->packages;
	case OWNER_GENERATED:
		return source_layer_of_bundle(s, n);
	case OWNER_RECIPE:
	case OWNER_IMAGE:
		break;
	}
	return s->files;
}

static const struct owner *source_layer_owner(struct source_layers *s, const struct node *n)
{
	struct owner *to;

	for (size_t i = 0; i < s->moves.n; i++) {
		if (s->moves.v[i].from == n->owner)
			return s->moves.v[i].to;
	}
	to = arena_alloc(s->a, sizeof(*to));
	*to = *n->owner;
	to->layer = source_layer_of_node(s, n);
	*list_push(s->a, &s->moves) = (struct owner_move){ n->owner, to };
	return to;
}

void source_layers_assign(struct arena *a, struct composition *c)
{
	const struct strings *sources = &c->order->recipe->shared_sources;
	struct source_layers s = { .a = a,
				   .c = c,
				   .packages = compose_layer(a, c, LAYER_PACKAGES),
				   .programs = compose_layer(a, c, LAYER_PROGRAMS),
				   .files = compose_layer(a, c, LAYER_FILES) };

	for (size_t i = 0; i < sources->n; i++)
		*strmap_slot(a, &s.shared, str_of(sources->v[i])) =
			arena_strdup(a, compose_layer(a, c, sources->v[i]));
	for (size_t i = 0; i < c->tree->n; i++) {
		struct node *n = c->tree->v[i];

		/* a folder that nobody brought has the owner of what is below it, and no layer */
		if (n->implied || !layer_is_of(n->owner->layer, c->order->recipe->name))
			continue;
		if (n->type == NODE_DIR && n->owner->kind == OWNER_PACKAGE)
			n->mtime = 0;
		n->owner = source_layer_owner(&s, n);
	}
}
