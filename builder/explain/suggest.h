/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_SUGGEST_H
#define EXPLAIN_SUGGEST_H

/* The lines that a recipe lacks to become an image: found by composing it as often as something new
 * comes up, with what was found before as if it stood in the recipe. Nothing is written but the
 * store. */

#include "explain/suggest_hooks.h"
#include "explain/suggestion.h"
#include "line/build_order.h"

/* Of the order count store, recipe, the first platform, mirrors, offline, compile and progress. The
 * lock beside the recipe is what pins are kept from; it stays as it is. */
MUST_CHECK bool build_suggest(struct arena *a, const struct build_order *o, struct suggestions *out,
			      struct error *e);

/* The same with hooks (may be NULL). */
MUST_CHECK bool build_suggest_with(struct arena *a, const struct build_order *o,
				   const struct suggest_hooks *hooks, struct suggestions *out,
				   struct error *e);

#endif
