/* SPDX-License-Identifier: Apache-2.0 */
/* What a composition is called by, and one that others go on from. */

#include "make/compose/composition.h"

const struct provider *compose_provider(const struct compose_order *o,
					const struct component *component)
{
	const struct locked_component *locked = lock_component(o->lock, component->name);

	return locked && locked->provider < component->providers.n
		       ? &component->providers.v[locked->provider]
		       : NULL;
}

const char *compose_layer(struct arena *a, const struct composition *c, const char *part)
{
	return arena_printf(a, "%s/%s", c->order->recipe->name, part);
}

void composition_lend(struct arena *a, const struct composition *from, struct tree *tree,
		      struct composition *to)
{
	struct placed *packages = arena_array(a, from->packages.n, sizeof(*packages));

	*to = *from;
	to->tree = tree;
	to->lent = true;
	to->overlay = (struct overlay)OVERLAY_INIT;
	for (size_t i = 0; i < from->packages.n; i++) {
		packages[i] = from->packages.v[i];
		packages[i].lent = packages[i].open;
	}
	to->packages.v = packages;
	to->packages.cap = to->packages.n;
	to->debs.cap = to->debs.n; /* what is added goes to a list of its own */
}
