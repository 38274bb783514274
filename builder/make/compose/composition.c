/* SPDX-License-Identifier: Apache-2.0 */
/* What a composition is called by. */

#include "make/compose/composition.h"

const char *compose_layer(struct arena *a, const struct composition *c, const char *part)
{
	return arena_printf(a, "%s/%s", c->order->recipe->name, part);
}
