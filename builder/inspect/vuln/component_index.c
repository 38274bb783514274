/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of components by name. */

#include "inspect/vuln/component_index.h"

#include <stdlib.h>

void positions_note(struct arena *a, struct strmap *m, struct str name, size_t position)
{
	struct positions **slot = (struct positions **)strmap_slot(a, m, name);

	if (!*slot)
		*slot = arena_alloc(a, sizeof(**slot));
	*list_push(a, *slot) = position;
}

const struct positions *positions_of(const struct strmap *m, struct str name)
{
	static const struct positions none;
	const struct positions *found = strmap_get(m, name);

	return found ? found : &none;
}

static int compare_positions(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

void positions_sort(struct positions *l)
{
	size_t n = 0;

	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), compare_positions);
	for (size_t i = 0; i < l->n; i++) {
		if (n == 0 || l->v[n - 1] != l->v[i])
			l->v[n++] = l->v[i];
	}
	l->n = n;
}

static struct str purl_key(struct arena *a, const struct purl *p)
{
	return str_of(arena_printf(a, "%s/%s/%s", p->type, p->space, p->name));
}

void component_index_init(struct arena *a, const struct components *l, struct component_index *out)
{
	struct str product;

	*out = (struct component_index){ .cpes = { NULL, 0, 0 } };
	for (size_t i = 0; i < l->n; i++) {
		const struct image_component *c = &l->v[i];

		if (c->source) {
			positions_note(a, &out->sources, str_of(c->source), i);
			positions_note(a, &out->names, str_of(c->name), i);
		}
		if (c->purl.type)
			positions_note(a, &out->purls, purl_key(a, &c->purl), i);
		if (c->cpe && cpe_product(c->cpe, &product)) {
			positions_note(a, &out->products, product, i);
			*list_push(a, &out->cpes) = i;
		}
	}
}

const struct positions *component_index_source(const struct component_index *x, const char *source)
{
	return positions_of(&x->sources, str_of(source));
}

const struct positions *component_index_name(const struct component_index *x, const char *name)
{
	return positions_of(&x->names, str_of(name));
}

const struct positions *component_index_purl(const struct component_index *x, const struct purl *p)
{
	AUTO_ARENA a = { 0 };

	return positions_of(&x->purls, p->type ? purl_key(&a, p) : STR(""));
}

const struct positions *component_index_cpe(const struct component_index *x, const char *cpe)
{
	struct str product = STR("");

	if (cpe_product(cpe, &product) && (product.n == 0 || str_eq(product, STR("*"))))
		return &x->cpes;
	return positions_of(&x->products, product);
}
