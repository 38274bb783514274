/* SPDX-License-Identifier: Apache-2.0 */
/* Deals images out to machines. */

#include "line/plan.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "input/lock/lock_wants.h"
#include "input/recipe/recipe.h"
#include "line/chain.h"

/* Sources of the repository itself: no lock names them. What an image has of itself is no other's.
 */
static void plan_add_folders(struct arena *a, const struct recipe *r, const struct lock *lock,
			     const struct platform *p, struct planned *out)
{
	struct source_list sources = { 0 };

	recipe_sources(a, r, &sources);
	for (size_t i = 0; i < sources.n; i++) {
		const struct source_recipe *s = sources.v[i];

		if (!s->of_image && !lock_source(lock, s->name) && lock_compiles(lock, s))
			*list_push(a, &out->compiles) =
				arena_printf(a, "%s %s %s", s->name,
					     s->version ? s->version : "folder", p->name);
	}
}

/* What the recipe and its bases compile for a platform, as far as there are locks. */
static bool plan_add_compiles(struct arena *a, const struct recipe *r, const struct platform *p,
			      struct planned *out, struct error *e)
{
	for (; r; r = r->base) {
		const char *path = recipe_lock_path(a, r, p);
		struct lock lock;

		if (access(path, F_OK) < 0)
			continue;
		if (!lock_load(a, path, &lock, e))
			return false;
		list_each(s, &lock.sources) {
			if (!locked_source_is_download(s))
				*list_push(a, &out->compiles) = arena_printf(a, "%s %s %s", s->name,
									     s->version, p->name);
		}
		plan_add_folders(a, r, &lock, p, out);
	}
	return true;
}

static bool plan_look(struct arena *a, const char *path, struct planned *out, struct error *e)
{
	struct recipe *r = arena_alloc(a, sizeof(*r));

	*out = (struct planned){ .name = path_base(path), .recipe = path };
	if (!recipe_load(a, path, r, e) || !recipe_platforms(a, r, &out->platforms, e))
		return false;
	out->name = r->name;
	if (!out->platforms.n)
		*list_push(a, &out->platforms) = platform_of_compilers();
	for (size_t i = 0; i < out->platforms.n; i++) {
		if (!plan_add_compiles(a, r, out->platforms.v[i], out, e))
			return false;
	}
	strings_sort(&out->compiles);
	strings_unique(&out->compiles);
	return true;
}

/* A recipe that cannot be read is a part of the plan all the same: whoever builds it will fail, and
 * nobody else. */
static void plan_add(struct arena *a, const char *path, struct planned *out)
{
	struct error *fault = arena_alloc(a, sizeof(*fault));

	if (plan_look(a, path, out, fault))
		return;
	out->fault = fault;
	out->compiles.n = 0;
}

static bool plan_covers(const struct strings *covered, const struct planned *x)
{
	for (size_t i = 0; i < x->compiles.n; i++) {
		if (!strings_has(covered, x->compiles.v[i]))
			return false;
	}
	return true;
}

static int compare_compiles(const void *a, const void *b)
{
	const struct planned *x = *(struct planned *const *)a, *y = *(struct planned *const *)b;

	if (x->compiles.n != y->compiles.n)
		return x->compiles.n > y->compiles.n ? -1 : 1;
	return strcmp(x->recipe, y->recipe);
}

/* Who compiles the most comes first: then the fewest are in the first wave. */
static void plan_choose_waves(struct arena *a, struct fleet_plan *p)
{
	struct planned **order = arena_array(a, p->n + 1, sizeof(struct planned *));
	struct strings covered = { 0 };

	for (size_t i = 0; i < p->n; i++)
		order[i] = &p->v[i];
	qsort(order, p->n, sizeof(struct planned *), compare_compiles);
	for (size_t i = 0; i < p->n; i++) {
		bool covers = plan_covers(&covered, order[i]);

		order[i]->wave = covers ? PLAN_IMAGES : PLAN_COMPILES;
		for (size_t k = 0; !covers && k < order[i]->compiles.n; k++)
			*list_push(a, &covered) = order[i]->compiles.v[k];
	}
}

/* The number of the first image of the first wave that compiles one of the same sources, or its
 * own: what shares a source stays on one machine. */
static const struct planned *plan_leader(const struct fleet_plan *p, const struct planned *x)
{
	for (const struct planned *y = p->v; y < x; y++) {
		for (size_t i = 0; y->wave == PLAN_COMPILES && i < x->compiles.n; i++) {
			if (strings_has(&y->compiles, x->compiles.v[i]))
				return y;
		}
	}
	return x;
}

static void plan_deal(struct fleet_plan *p)
{
	size_t dealt[PLAN_IMAGES + 1] = { 0 };

	list_each(x, p) {
		const struct planned *leader = x->wave == PLAN_COMPILES ? plan_leader(p, x) : x;

		x->shard = leader != x ? leader->shard
				       : (unsigned)(dealt[x->wave]++ % p->shards) + 1;
	}
}

void plan_make(struct arena *a, const struct strings *recipes, unsigned shards,
	       struct fleet_plan *out)
{
	struct strings sorted = { 0 };

	list_append(a, &sorted, recipes);
	strings_sort(&sorted);
	strings_unique(&sorted);
	*out = (struct fleet_plan){ .shards = shards };
	for (size_t i = 0; i < sorted.n; i++)
		plan_add(a, sorted.v[i], list_push(a, out));
	plan_choose_waves(a, out);
	plan_deal(out);
}

static int compare_planned_names(const void *a, const void *b)
{
	const struct planned *x = *(struct planned *const *)a, *y = *(struct planned *const *)b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->recipe, y->recipe);
}

static bool planned_share_platform(const struct planned *x, const struct planned *y)
{
	for (size_t i = 0; i < x->platforms.n; i++) {
		for (size_t k = 0; k < y->platforms.n; k++) {
			if (x->platforms.v[i] == y->platforms.v[k])
				return true;
		}
	}
	return false;
}

bool plan_check_names(struct arena *a, const struct fleet_plan *p, struct error *e)
{
	const struct planned **order = arena_array(a, p->n + 1, sizeof(struct planned *));
	size_t n = 0;

	list_each(x, p) {
		if (!x->fault)
			order[n++] = x;
	}
	qsort(order, n, sizeof(struct planned *), compare_planned_names);
	for (size_t i = 1; i < n; i++) {
		const struct planned *x = order[i - 1], *y = order[i];

		if (strcmp(x->name, y->name) == 0 && planned_share_platform(x, y))
			return err_set(e, ERR_INPUT,
				       "%s and %s both make the image %s, and one would take the "
				       "place of the other; give one of them another name",
				       x->recipe, y->recipe, x->name);
	}
	return true;
}

void plan_part(struct arena *a, const struct fleet_plan *p, unsigned shard, enum plan_wave wave,
	       struct strings *recipes)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct planned *x = &p->v[i];
		bool mine = wave == PLAN_ALL ? i % p->shards + 1 == shard
					     : x->wave == wave && x->shard == shard;

		if (mine)
			*list_push(a, recipes) = x->recipe;
	}
}
