/* SPDX-License-Identifier: Apache-2.0 */
/* Two lists sorted by package URL. An image may hold several versions of one project. */

#include "inspect/compare/diff_products.h"

#include <stdlib.h>

#include "inspect/vuln/version_order.h"

struct diff_product {
	const char *url; /* without a version */
	const char *type, *version;
};

struct product_list LIST(struct diff_product);

static int compare_products(const void *x, const void *y)
{
	const struct diff_product *a = x, *b = y;
	int order = strcmp(a->url, b->url);

	return order ? order : strcmp(a->version, b->version);
}

static void products_list(struct arena *a, const struct components *l, struct product_list *out)
{
	list_each(c, l) {
		struct purl p = c->purl;

		if (!c->locator || !p.type)
			continue; /* a package of Debian */
		p.version = NULL;
		p.qualifiers.n = 0;
		*list_push(a,
			   out) = (struct diff_product){ .url = purl_text(a, &p),
							 .type = p.type,
							 .version = c->version ? c->version : "" };
	}
	if (out->n > 1)
		qsort(out->v, out->n, sizeof(*out->v), compare_products);
}

/* The versions of the product at *i, joined; moves *i behind them. */
static const char *products_next(struct arena *a, const struct product_list *l, size_t *i,
				 size_t *count)
{
	const char *url = l->v[*i].url;
	struct strings versions = { NULL, 0, 0 };

	for (; *i < l->n && strcmp(l->v[*i].url, url) == 0; (*i)++)
		*list_push(a, &versions) = l->v[*i].version;
	strings_unique(&versions);
	*count = versions.n;
	return strings_join(a, &versions, ", ");
}

static const char *products_moved(struct arena *a, const char *type, const char *before,
				  const char *after, bool one)
{
	int order = version_compare(version_order_of(type), str_of(before), str_of(after));

	return arena_printf(a, "%s -> %s%s", before, after,
			    !one	? ""
			    : order < 0 ? " (upgrade)"
			    : order > 0 ? " (downgrade)"
					: "");
}

static void products_compare(struct arena *a, const struct product_list *x,
			     const struct product_list *y, struct product_changes *out)
{
	size_t i = 0, k = 0, n = 0, m = 0;

	while (i < x->n || k < y->n) {
		int order = i == x->n ? 1 : k == y->n ? -1 : strcmp(x->v[i].url, y->v[k].url);
		const struct diff_product *shown = order > 0 ? &y->v[k] : &x->v[i];
		const char *before = order <= 0 ? products_next(a, x, &i, &n) : NULL;
		const char *after = order >= 0 ? products_next(a, y, &k, &m) : NULL;

		if (before && after && strcmp(before, after) == 0)
			continue;
		*list_push(a, out) = (struct product_change){
			.sign = !after	  ? '-'
				: !before ? '+'
					  : '~',
			.url = shown->url,
			.detail = !after    ? before
				  : !before ? after
					    : products_moved(a, shown->type, before, after,
							     n == 1 && m == 1)
		};
	}
}

void diff_products(struct arena *a, const struct components *before, const struct components *after,
		   struct product_changes *out)
{
	struct product_list x = { NULL, 0, 0 }, y = { NULL, 0, 0 };

	products_list(a, before, &x);
	products_list(a, after, &y);
	products_compare(a, &x, &y, out);
}
