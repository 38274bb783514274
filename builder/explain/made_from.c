/* SPDX-License-Identifier: Apache-2.0 */
/* Labels that others may have written, and the way up to a repository. */

#include "explain/made_from.h"

#include <sys/stat.h>

#include "base/path.h"

const struct platform *made_from_platform(struct arena *a, const struct image_facts *image)
{
	const char *name = arena_printf(a, "%s/%s", image->os, image->architecture);
	const struct platform *p = platform_find(str_of(name));

	return p ? p : platform_of_compilers();
}

static const char *label_value(const struct image_facts *image, const char *name)
{
	for (size_t i = 0; i < image->labels.n; i++)
		if (strcmp(image->labels.v[i].name, name) == 0)
			return image->labels.v[i].value;
	return NULL;
}

static bool label_read_digest(const char *name, const char *text, struct digest *out,
			      struct error *e)
{
	if (text && str_starts(str_of(text), STR("sha256:")) &&
	    digest_parse(str_from(str_of(text), strlen("sha256:")), out))
		return true;
	return err_set(e, ERR_INPUT, "label %s: %s%s%s, not \"sha256:\" and 64 hexadecimal digits",
		       name, text ? "\"" : "", text ? text : "missing", text ? "\"" : "");
}

int made_from_image(struct arena *a, const struct image_facts *image, struct made_from *out,
		    struct error *e)
{
	const char *recipe = label_value(image, LABEL_RECIPE);

	if (!recipe)
		return 0;
	if (recipe[0] == '/' || !path_normalise(a, str_of(recipe), &out->recipe, e) ||
	    !*out->recipe) {
		if (e->kind == ERR_NONE)
			err_set(e, ERR_INPUT, "\"%s\" is not a path below a repository", recipe);
		err_wrap(e, "label %s", LABEL_RECIPE);
		return -1;
	}
	out->variant = label_value(image, LABEL_VARIANT);
	return label_read_digest(LABEL_RECIPES, label_value(image, LABEL_RECIPES), &out->recipes,
				 e) &&
			       label_read_digest(LABEL_LOCKS, label_value(image, LABEL_LOCKS),
						 &out->locks, e)
		       ? 1
		       : -1;
}

bool made_from_find(struct arena *a, const struct made_from *m, const char **path, struct error *e)
{
	const char *up = "";
	struct stat st;

	for (int i = 0; i < 32; i++) {
		if (stat(arena_printf(a, "%s%s", up, RECIPE_CATALOGUE), &st) == 0) {
			*path = arena_printf(a, "%s%s", up, m->recipe);
			if (stat(*path, &st) == 0)
				return true;
			return err_set(
				e, ERR_INPUT,
				"the image was made from %s, which is not in this "
				"repository; run this in the one it comes from, or name the recipe "
				"with --recipe FILE",
				m->recipe);
		}
		up = arena_printf(a, "%s../", up);
	}
	/* as for a recipe that no repository holds */
	*path = m->recipe;
	return stat(*path, &st) == 0 ||
	       err_set(e, ERR_INPUT,
		       "the image was made from %s, which is not here, and no folder from here upward "
		       "holds an %s; run this where it was built, or name the recipe with --recipe FILE",
		       m->recipe, RECIPE_CATALOGUE);
}

static const char *describe_both_digests(struct arena *a, const struct digest *was,
					 const struct digest *is)
{
	return arena_printf(a, "the image records sha256:%.12s, here it is sha256:%.12s",
			    digest_hex_dup(a, was), digest_hex_dup(a, is));
}

bool made_from_changed(struct arena *a, const struct made_from *m, const struct recipe *r,
		       const struct platform *p, const char **changed, struct error *e)
{
	struct made_from now;

	*changed = NULL;
	if (!made_from_now(a, r, p, NULL, &now, e))
		return false;
	if (!digest_eq(&m->locks, &now.locks))
		*changed = arena_printf(a,
					"the lock of %s%s has changed since the image was made: %s",
					r->file, r->base ? " or of its base" : "",
					describe_both_digests(a, &m->locks, &now.locks));
	if (!digest_eq(&m->recipes, &now.recipes))
		*changed = arena_printf(
			a, "%s, or a recipe it names, has changed since the image was made: %s",
			r->file, describe_both_digests(a, &m->recipes, &now.recipes));
	if (strcmp(m->recipe, now.recipe) != 0)
		*changed = arena_printf(a, "the image was made from %s, not from %s", m->recipe,
					now.recipe);
	return true;
}
