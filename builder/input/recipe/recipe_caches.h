/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_RECIPE_CACHES_H
#define INPUT_RECIPE_RECIPE_CACHES_H

#include "base/error.h"
#include "input/recipe/file_place.h"

/* "cache" of images.json: what stands for --cache-from, --cache-to and --cache-key. */
struct recipe_cache {
	const char *text; /* of keys: a path, as it can be opened from here */
	struct place at;
};

struct recipe_cache_list LIST(struct recipe_cache);

struct recipe_caches {
	const char *repository; /* the folder of images.json; NULL: there is none */
	struct recipe_cache_list from, to, keys;
};

/* What the images.json of a recipe's repository says; nothing if there is none. ERR_INPUT. */
MUST_CHECK bool recipe_caches(struct arena *a, const char *recipe, struct recipe_caches *out,
			      struct error *e);

#endif
