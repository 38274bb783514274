/* SPDX-License-Identifier: Apache-2.0 */
/* Names of images to paths of recipes. */

#include "cli/catalogue_operand.h"

#include <sys/stat.h>

#include "base/path.h"
#include "input/recipe/recipe.h"

bool operand_is_file(const char *word)
{
	return str_ends(str_of(word), STR(".json")) || strchr(word, '/');
}

static const char *image_recipe(const struct recipe_images *images, const char *name)
{
	for (size_t i = 0; i < images->n; i++) {
		if (strcmp(images->v[i].name, name) == 0)
			return images->v[i].recipe;
	}
	return NULL;
}

static void image_names(struct arena *a, const struct recipe_images *images, struct strings *out)
{
	for (size_t i = 0; i < images->n; i++)
		*list_push(a, out) = images->v[i].name;
}

/* Those of images.json of this folder, or of one above; none where it cannot be read. */
static struct recipe_images images_here(struct arena *a)
{
	const char *repository = recipe_repository(a, NULL);
	struct recipe_images images = { 0 };
	struct error ignored = { 0 };

	if (!repository || !recipe_images(a, repository, &images, &ignored))
		return (struct recipe_images){ 0 };
	return images;
}

bool catalogue_has_image(struct arena *a, const char *name)
{
	const struct recipe_images images = images_here(a);

	return image_recipe(&images, name) != NULL;
}

void catalogue_names(struct arena *a, struct strings *out)
{
	const struct recipe_images images = images_here(a);

	image_names(a, &images, out);
}

static bool is_regular_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool image_unknown(struct arena *a, const char *name, const struct recipe_images *images,
			  struct error *e)
{
	struct strings names = { 0 };
	const char *near;

	image_names(a, images, &names);
	near = str_nearest(str_of(name), names.v, names.n);
	return err_set(e, ERR_INPUT,
		       "\"%s\" is neither a recipe nor an image of " RECIPE_CATALOGUE "%s%s%s",
		       name, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static bool name_push(struct arena *a, const char *name, struct strings *out, struct error *e)
{
	const char *repository = recipe_repository(a, NULL), *recipe;
	struct recipe_images images = { 0 };

	if (repository && !recipe_images(a, repository, &images, e))
		return false;
	recipe = image_recipe(&images, name);
	if (!recipe && is_regular_file(name))
		recipe = name;
	if (!recipe)
		return image_unknown(a, name, &images, e);
	*list_push(a, out) = recipe;
	return true;
}

/* All images of a catalogue; those of one recipe once. */
static bool catalogue_push(struct arena *a, const char *path, struct strings *out, struct error *e)
{
	const char *folder = path_dir(a, path);
	struct recipe_images images = { 0 };

	if (!recipe_images(a,
			   path[0] == '/' && !*folder ? "/"
			   : *folder		      ? folder
						      : ".",
			   &images, e))
		return false;
	for (size_t i = 0; i < images.n; i++) {
		if (!strings_has(out, images.v[i].recipe))
			*list_push(a, out) = images.v[i].recipe;
	}
	return images.n || err_set(e, ERR_INPUT, "%s names no image that has a recipe", path);
}

bool catalogue_recipes(struct arena *a, const struct strings *words, struct strings *out,
		       struct error *e)
{
	for (size_t i = 0; i < words->n; i++) {
		const char *word = words->v[i];

		if (strcmp(path_base(word), RECIPE_CATALOGUE) == 0) {
			if (!catalogue_push(a, word, out, e))
				return false;
		} else if (operand_is_file(word)) {
			*list_push(a, out) = word;
		} else if (!name_push(a, word, out, e)) {
			return false;
		}
	}
	return true;
}
