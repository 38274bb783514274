/* SPDX-License-Identifier: Apache-2.0 */
/* From labels to exceptions. */

#include "explain/image_accepts.h"

#include "explain/made_from.h"
#include "line/build.h"

#define NAME_ONE "; --recipe FILE names one"

static bool accepts_read_facts(struct arena *a, struct bundle *opened, struct audit_request *req,
			       struct image_facts *out, struct error *e)
{
	req->opened = opened;
	return ((bundle_is_open(opened) || bundle_open(a, req->image, opened, e)) &&
		manifest_read(a, opened, req->platform, out, e)) ||
	       err_wrap(e, "image %s", req->image);
}

/* The recipe in the repository around the working folder, if it is the one; else *why not. */
static bool accepts_find_recipe(struct arena *a, const struct image_facts *image,
				const struct made_from *m, struct recipe *out, const char **why,
				struct error *e)
{
	const char *path;

	return made_from_find(a, m, &path, e) && recipe_load_variant(a, path, m->variant, out, e) &&
	       made_from_changed(a, m, out, made_from_platform(a, image), why, e);
}

/* NULL, or why the recipe that the image names does not count. */
static const char *load_recorded(struct arena *a, const struct image_facts *image,
				 struct recipe *out)
{
	struct error e = { 0 };
	struct made_from m;
	const char *why = NULL;
	int recorded = made_from_image(a, image, &m, &e);

	if (recorded == 0)
		return image->rootfs ? "a root file system records no recipe"
				     : "the image records no recipe";
	if (recorded < 0 || !accepts_find_recipe(a, image, &m, out, &why, &e))
		return arena_strdup(a, e.cause);
	return why;
}

static bool fill_from_image(struct arena *a, struct bundle *opened, struct audit_request *req,
			    struct error *e)
{
	struct recipe *r = arena_alloc(a, sizeof(*r));
	struct image_facts image = { 0 };
	const char *why;

	if (!accepts_read_facts(a, opened, req, &image, e))
		return false;
	why = load_recorded(a, &image, r);
	if (!why)
		build_fill_audit(a, r, req);
	else
		req->no_accepts = arena_printf(a, "none: %s%s", why,
					       strstr(why, "--recipe") ? "" : NAME_ONE);
	return true;
}

/* The variant of a recipe that the image says it is: only if it was made from the recipe as it is
 * here, for the label alone chooses no exceptions. */
static bool accepts_take_variant(struct arena *a, struct bundle *opened, struct audit_request *req,
				 struct recipe **r, struct error *e)
{
	struct image_facts image = { 0 };
	const struct recipe *plain = *r;
	struct error ignored = { 0 };
	const char *changed;
	struct made_from m;

	if (plain->variants.n == 0)
		return true;
	if (!accepts_read_facts(a, opened, req, &image, e))
		return false;
	if (made_from_image(a, &image, &m, &ignored) <= 0 || !m.variant)
		return true;
	for (size_t i = 0; i < plain->variants.n; i++) {
		struct recipe *one = plain->variants.v[i];

		if (strcmp(one->variant, m.variant) == 0 &&
		    made_from_changed(a, &m, one, made_from_platform(a, &image), &changed,
				      &ignored) &&
		    !changed)
			*r = one;
	}
	return true;
}

bool image_accepts(struct arena *a, const char *recipe, struct bundle *opened,
		   struct audit_request *req, struct error *e)
{
	struct recipe *r = arena_alloc(a, sizeof(*r));

	if (!recipe)
		return fill_from_image(a, opened, req, e);
	if (strcmp(recipe, "none") == 0) {
		req->no_accepts = "none: --recipe none";
		return true;
	}
	if (!recipe_load(a, recipe, r, e) || !accepts_take_variant(a, opened, req, &r, e))
		return false;
	build_fill_audit(a, r, req);
	return true;
}
