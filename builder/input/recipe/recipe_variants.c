/* SPDX-License-Identifier: Apache-2.0 */
/* Variants: recipes that are the recipe itself with a patch. What decides which packages there are
 * to choose from - name, base, archive - is the same for all of them, for they have one lock. */

#include <stdlib.h>

#include "input/recipe/expanded.h"
#include "input/recipe/recipe.h"
#include "input/recipe/key_homes.h"
#include "input/recipe/recipe_merge.h"

static const char *const variants_key[] = { "variants", NULL };

static bool variant_check_name(const struct json_node *n, struct error *e)
{
	const char *p = n->key;

	if (strcmp(p, VARIANT_PLAIN) == 0)
		return json_fail_key(n->up, n->key, e,
				     "\"" VARIANT_PLAIN "\" is the recipe itself; give the variant "
				     "another name");
	while ((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') ||
	       (p > n->key && (*p == '-' || *p == '.')))
		p++;
	return (!*p && p > n->key && p - n->key <= 64) ||
	       json_fail_key(
		       n->up, n->key, e,
		       "a variant's name is 1 to 64 small letters, digits, \"-\" and \".\", the "
		       "last two not first");
}

/* A key of recipes that a variant cannot have. */
static bool variant_check_common(const struct json_node *n, struct error *e)
{
	static const char *const common[] = { "name",  "base",	  "archive",  "target",
					      "epoch", "extends", "variants", "$schema" };
	struct json_node one;

	for (size_t i = 0; i < ARRAY_SIZE(common); i++) {
		if (json_get(n, common[i], &one))
			return json_fail_key(n, common[i], e,
					     "a variant cannot change it: all variants of a recipe "
					     "have it in common");
	}
	return true;
}

static bool variant_check(struct reader *rd, const struct json_node *n, struct error *e)
{
	static const char *const keys[] = { "description", "remove",  "components", "programs",
					    "files",	   "dirs",    "links",	    "users",
					    "groups",	   "effects", "libraries",  "config",
					    "layers",	   "audit",   "tests",	    "budget",
					    NULL };
	struct json_node remove;

	if (!variant_check_name(n, e) || !json_want_object(n, e) || !variant_check_common(n, e) ||
	    !json_no_homeless_keys(n, keys, key_homes, e))
		return false;
	return !json_get(n, "remove", &remove) || merge_check_remove(rd, &remove, e);
}

/* A variant's own text and files, as if there were no other. */
static bool variant_read(struct reader *rd, const struct json_node *root,
			 const struct json_node *patch, const struct recipe *plain,
			 struct recipe *out, struct error *e)
{
	struct json_node merged, own;
	size_t before = rd->inputs.n;

	*out = (struct recipe){ .variant = arena_strdup(rd->a, patch->key),
				.plain = plain,
				.name = plain->name,
				.file = plain->file,
				.repository = plain->repository,
				.base = plain->base,
				.base_image = plain->base_image,
				.archive = plain->archive,
				.target = plain->target,
				.epoch = plain->epoch,
				.own_files = plain->own_files };
	if (!variant_check(rd, patch, e) || !merge_recipes(rd, root, patch, &merged, e))
		return false;
	own = merge_without(rd, &merged, variants_key);
	if (!recipe_read_parts(rd, &own, out, e))
		return false;
	out->text = expanded_text_of(rd, &own, plain->file);
	out->data = rd->data;
	list_append(rd->a, &out->inputs, &out->own_files);
	for (size_t i = 0; out->base && i < out->base->inputs.n; i++)
		*list_push(rd->a, &out->inputs) = out->base->inputs.v[i];
	for (size_t i = before; i < rd->inputs.n; i++)
		*list_push(rd->a, &out->inputs) = rd->inputs.v[i];
	strings_unique(&out->inputs);
	rd->inputs.n = before;
	return !rd->expanded || rd->depth > 0 || !rd->variant ||
	       strcmp(rd->variant, out->variant) != 0 ||
	       expanded_write(rd, &own, plain->file, rd->expanded, e);
}

static int compare_variants(const void *a, const void *b)
{
	const struct recipe *const *x = a, *const *y = b;

	return strcmp((*x)->variant, (*y)->variant);
}

bool variants_read(struct reader *rd, const struct json_node *root, struct recipe *r,
		   struct error *e)
{
	struct json_node all, patch, own;

	if (!json_get(root, "variants", &all))
		return true;
	if (!json_want_object(&all, e))
		return false;
	own = merge_without(rd, root, variants_key);
	r->text = expanded_text_of(rd, &own, r->file);
	for (size_t i = 0; json_member(&all, i, &patch); i++) {
		struct recipe *one = arena_alloc(rd->a, sizeof(*one));

		*list_push(rd->a, &r->variants) = one;
		if (!variant_read(rd, root, &patch, r, one, e))
			return false;
	}
	if (r->variants.n > 1)
		qsort(r->variants.v, r->variants.n, sizeof(*r->variants.v), compare_variants);
	return true;
}

const struct recipe *variant_find(const struct recipe *r, const char *name)
{
	if (!name || strcmp(name, VARIANT_PLAIN) == 0)
		return r;
	for (size_t i = 0; i < r->variants.n; i++) {
		if (strcmp(r->variants.v[i]->variant, name) == 0)
			return r->variants.v[i];
	}
	return NULL;
}

const char *variants_hint(struct arena *a, const struct recipe *r, const char *name)
{
	struct strings names = { 0 };
	const char *near;

	*list_push(a, &names) = VARIANT_PLAIN;
	for (size_t i = 0; i < r->variants.n; i++)
		*list_push(a, &names) = r->variants.v[i]->variant;
	near = str_nearest(str_of(name), names.v, names.n);
	if (r->variants.n == 0)
		return arena_printf(a, "%s has no variants", recipe_shown(a, r));
	return arena_printf(a, "%s has %s%s%s%s", recipe_shown(a, r), strings_join(a, &names, ", "),
			    near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

const struct recipe *recipe_plain(const struct recipe *r)
{
	return r->plain ? r->plain : r;
}

const char *recipe_title(struct arena *a, const struct recipe *r)
{
	return r->variant ? arena_printf(a, "%s:%s", r->name, r->variant) : r->name;
}
