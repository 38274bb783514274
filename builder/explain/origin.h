/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_ORIGIN_H
#define EXPLAIN_ORIGIN_H

/* Which line of a recipe brought a file into an image. Nothing is built for the answer: the history
 * of an image names the recipe and the part of it that each layer is, and a part knows its line. */

#include "inspect/model/model.h"
#include "input/lock/lock.h"
#include "input/recipe/recipe.h"

/* A recipe and those it stands on, nearest first, with their locks. */
struct making {
	const struct recipe *recipe;
	struct lock lock;
};

struct makings LIST(struct making);

/* Loads the locks for a platform. Fails as lock_load() does. */
MUST_CHECK bool makings_load(struct arena *a, const struct recipe *r, const struct platform *p,
			     struct makings *out, struct error *e);

/* One step of an explanation: "component squid keeps it", "recipes/cephalo.json:8:5". */
struct reason {
	const char *text, *place; /* place: NULL when there is none */
	const char *first;	  /* where the entry began whose place this one took, or NULL */
};

struct reasons LIST(struct reason);

/* Appends why the item is there. Nothing when the history does not say whose layer it is. */
void origin_of(struct arena *a, const struct makings *makings, const struct model *m,
	       const struct item *i, struct reasons *out);

/* Is the item there because a file needs it, not because a recipe asks for it? */
bool origin_is_needed(const struct makings *makings, const struct model *m, const struct item *i);

/* "cephalo/squid" of the layer the item is in, or NULL: not a layer made here. */
const char *origin_layer(const struct model *m, const struct item *i);

#endif
