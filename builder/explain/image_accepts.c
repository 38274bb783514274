/* SPDX-License-Identifier: Apache-2.0 */
/* From labels to exceptions. */

#include "explain/image_accepts.h"

#include "explain/made_from.h"
#include "line/build.h"

#define NAME_ONE "; --recipe FILE names one"

static bool read_facts(struct arena *a, const struct audit_request *req, struct image_facts *out, struct error *e)
{
	AUTO_BUNDLE b = BUNDLE_INIT;

	return (bundle_open(a, req->image, &b, e) && manifest_read(a, &b, req->platform, out, e)) ||
	       err_wrap(e, "image %s", req->image);
}

/* The recipe in the repository around the working folder, if it is the one; else why not. */
static bool find_recipe(struct arena *a, const struct image_facts *image, struct recipe *out, const char **why,
			struct error *e)
{
	const char *path;
	struct made_from m;

	return made_from_image(a, image, &m, e) >= 0 && made_from_find(a, &m, &path, e) &&
	       recipe_load(a, path, out, e) && made_from_changed(a, &m, out, made_from_platform(a, image), why, e);
}

static bool fill_from_image(struct arena *a, struct audit_request *req, struct error *e)
{
	struct recipe *r = arena_alloc(a, sizeof(*r));
	struct image_facts image = { 0 };
	struct error ignored = { 0 };
	const char *why = NULL;
	struct made_from m;

	if (!read_facts(a, req, &image, e))
		return false;
	if (made_from_image(a, &image, &m, &ignored) == 0)
		req->no_accepts = "none: the image records no recipe" NAME_ONE;
	else if (ignored.kind != ERR_NONE || !find_recipe(a, &image, r, &why, &ignored))
		req->no_accepts = arena_printf(a, "none: %s%s", ignored.cause, strstr(ignored.cause, "--recipe") ? "" : NAME_ONE);
	else if (why)
		req->no_accepts = arena_printf(a, "none: %s" NAME_ONE, why);
	else
		build_fill_audit(a, r, req);
	return true;
}

bool image_accepts(struct arena *a, const char *recipe, struct audit_request *req, struct error *e)
{
	struct recipe *r = arena_alloc(a, sizeof(*r));

	if (!recipe)
		return fill_from_image(a, req, e);
	if (strcmp(recipe, "none") == 0) {
		req->no_accepts = "none: --recipe none";
		return true;
	}
	if (!recipe_load(a, recipe, r, e))
		return false;
	build_fill_audit(a, r, req);
	return true;
}
