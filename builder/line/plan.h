/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_PLAN_H
#define LINE_PLAN_H

/* What several machines build, and which of them builds what. Recipes are taken in the order of
 * their paths, so that a part does not change when a list of them is written in another order. */

#include "format/machine/platform.h"
#include "base/error.h"

/* Waves: first the images that compile a source which no other of the first wave compiles, then the
 * others, which find it in the cache that the machines share. */
enum plan_wave { PLAN_ALL, PLAN_COMPILES, PLAN_IMAGES };

struct planned {
	const char *name, *recipe;
	struct platforms platforms;
	struct strings compiles; /* "squid 6.13-2 linux/amd64", by the locks; sorted */
	enum plan_wave wave;
	unsigned shard;		   /* of its wave, from 1 */
	const struct error *fault; /* of its recipe or a lock; NULL: they could be read */
};

/* Sorted by recipe. */
struct fleet_plan {
	struct planned *v;
	size_t n, cap;
	unsigned shards;
};

/* Plans the recipes at these paths for so many machines. A recipe without a lock counts as one that
 * compiles nothing, and so does one with a fault. Everything lives in `a`. */
void plan_make(struct arena *a, const struct strings *recipes, unsigned shards,
	       struct fleet_plan *out);

/* Fails with ERR_INPUT when two recipes make an image of one name for one platform: the one that is
 * made later would take the place of the other. */
MUST_CHECK bool plan_check_names(struct arena *a, const struct fleet_plan *p, struct error *e);

/* The recipes of one part, from 1 to p->shards: of a wave, or of all images, which are then dealt
 * out without regard to what they compile. */
void plan_part(struct arena *a, const struct fleet_plan *p, unsigned shard, enum plan_wave wave,
	       struct strings *recipes);

#endif
