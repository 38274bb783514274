/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of texts, and three labels. images.json is left out: it names other images, too. */

#include "explain/made_from.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#include "base/path.h"
#include "input/lock/lock.h"

#define TEXT_MAX (64u << 20)
#define LABEL_RECIPE "vnd.imgbuild.recipe"
#define LABEL_RECIPES "vnd.imgbuild.recipe.digest"
#define LABEL_LOCKS "vnd.imgbuild.lock.digest"
#define CATALOGUE "images.json"

static bool below_repository(struct arena *a, const struct recipe *r, const char **out,
			     struct error *e)
{
	const char *repository, *file;
	size_t n;

	if (!file_real_path(a, r->repository, &repository, e) || !file_real_path(a, r->file, &file, e))
		return false;
	n = strcmp(repository, "/") == 0 ? 0 : strlen(repository);
	if (strncmp(file, repository, n) != 0 || file[n] != '/')
		return err_set(e, ERR_INPUT, "%s is a link to a file outside its repository", r->file);
	*out = file + n + 1;
	return true;
}

static bool add_text(struct arena *a, const char *path, struct strings *sums, struct error *e)
{
	struct str text;
	struct digest d;

	if (!io_read_file(a, AT_FDCWD, path, TEXT_MAX, &text, e))
		return false;
	d = digest_of(text);
	*list_push(a, sums) = digest_hex_dup(a, &d);
	return true;
}

/* What a build has noted in a lock is no part of what it says. Format 1 has no notes, and its images are known by
 * its bytes. */
static bool add_lock(struct arena *a, const char *path, struct strings *sums, struct error *e)
{
	struct buf text = { .a = a };
	struct lock lock;
	struct digest d;

	if (!lock_load(a, path, &lock, e))
		return false;
	if (lock.format == 1)
		return add_text(a, path, sums, e);
	for (size_t i = 0; i < lock.packages.n; i++)
		lock.packages.v[i].knows_libraries = false;
	lock_format(&lock, &text);
	d = digest_of(buf_str(&text));
	*list_push(a, sums) = digest_hex_dup(a, &d);
	return true;
}

/* The digest of a set of texts, in whatever order they were read. */
static struct digest digest_of_set(struct arena *a, struct strings *sums)
{
	struct buf all = { .a = a };

	strings_sort(sums);
	strings_unique(sums);
	for (size_t i = 0; i < sums->n; i++)
		buf_printf(&all, "%s\n", sums->v[i]);
	return digest_of(buf_str(&all));
}

const struct platform *made_from_platform(struct arena *a, const struct image_facts *image)
{
	const char *name = arena_printf(a, "%s/%s", image->os, image->architecture);
	const struct platform *p = platform_find(str_of(name));

	return p ? p : platform_of_compilers();
}

bool made_from_now(struct arena *a, const struct recipe *r, const struct platform *p,
		   struct made_from *out, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct strings recipes = { 0 }, locks = { 0 };

	if (!below_repository(a, r, &out->recipe, e))
		return false;
	for (size_t i = 0; i < r->inputs.n; i++)
		if (strcmp(path_base(r->inputs.v[i]), CATALOGUE) != 0 &&
		    !add_text(&scratch, r->inputs.v[i], &recipes, e))
			return false;
	for (const struct recipe *one = r; one; one = one->base)
		if (!add_lock(&scratch, recipe_lock_path(&scratch, one->file, p), &locks, e))
			return false;
	out->recipes = digest_of_set(&scratch, &recipes);
	out->locks = digest_of_set(&scratch, &locks);
	return true;
}

void made_from_labels(struct arena *a, const struct made_from *m, struct variables *out)
{
	*list_push(a, out) = (struct variable){ LABEL_RECIPE, m->recipe };
	*list_push(a, out) = (struct variable){
		LABEL_RECIPES, arena_printf(a, "sha256:%s", digest_hex_dup(a, &m->recipes)) };
	*list_push(a, out) = (struct variable){
		LABEL_LOCKS, arena_printf(a, "sha256:%s", digest_hex_dup(a, &m->locks)) };
}

static const char *label(const struct image_facts *image, const char *name)
{
	for (size_t i = 0; i < image->labels.n; i++)
		if (strcmp(image->labels.v[i].name, name) == 0)
			return image->labels.v[i].value;
	return NULL;
}

static bool read_digest(const char *name, const char *text, struct digest *out, struct error *e)
{
	if (text && str_starts(str_of(text), STR("sha256:")) &&
	    digest_parse(str_from(str_of(text), strlen("sha256:")), out))
		return true;
	return err_set(e, ERR_INPUT, "label %s: %s%s%s, not \"sha256:\" and 64 hexadecimal digits", name,
		       text ? "\"" : "", text ? text : "missing", text ? "\"" : "");
}

int made_from_image(struct arena *a, const struct image_facts *image, struct made_from *out,
		    struct error *e)
{
	const char *recipe = label(image, LABEL_RECIPE);

	if (!recipe)
		return 0;
	if (recipe[0] == '/' || !path_normalise(a, str_of(recipe), &out->recipe, e) ||
	    !*out->recipe) {
		if (e->kind == ERR_NONE)
			err_set(e, ERR_INPUT, "\"%s\" is no path below a repository", recipe);
		err_wrap(e, "label %s", LABEL_RECIPE);
		return -1;
	}
	return read_digest(LABEL_RECIPES, label(image, LABEL_RECIPES), &out->recipes, e) &&
	       read_digest(LABEL_LOCKS, label(image, LABEL_LOCKS), &out->locks, e) ? 1 : -1;
}

bool made_from_find(struct arena *a, const struct made_from *m, const char **path, struct error *e)
{
	const char *up = "";
	struct stat st;

	for (int i = 0; i < 32; i++) {
		if (stat(arena_printf(a, "%s%s", up, CATALOGUE), &st) == 0) {
			*path = arena_printf(a, "%s%s", up, m->recipe);
			if (stat(*path, &st) == 0)
				return true;
			return err_set(e, ERR_INPUT, "the image was made from %s, which is not in this "
				       "repository; run this in the one it comes from, or name the recipe "
				       "with --recipe FILE", m->recipe);
		}
		up = arena_printf(a, "%s../", up);
	}
	return err_set(e, ERR_INPUT, "the image was made from %s of a repository, and no folder from here "
		       "upward holds an %s; run this in that repository, or name the recipe with --recipe "
		       "FILE", m->recipe, CATALOGUE);
}

static const char *both(struct arena *a, const struct digest *was, const struct digest *is)
{
	return arena_printf(a, "the image records sha256:%.12s, here it is sha256:%.12s",
			    digest_hex_dup(a, was), digest_hex_dup(a, is));
}

bool made_from_changed(struct arena *a, const struct made_from *m, const struct recipe *r,
		       const struct platform *p, const char **changed, struct error *e)
{
	struct made_from now;

	*changed = NULL;
	if (!made_from_now(a, r, p, &now, e))
		return false;
	if (!digest_eq(&m->locks, &now.locks))
		*changed = arena_printf(a, "the lock of %s%s has changed since the image was made: %s", r->file,
					r->base ? " or of its base" : "", both(a, &m->locks, &now.locks));
	if (!digest_eq(&m->recipes, &now.recipes))
		*changed = arena_printf(a, "%s, or a recipe it names, has changed since the image was made: %s",
					r->file, both(a, &m->recipes, &now.recipes));
	if (strcmp(m->recipe, now.recipe) != 0)
		*changed = arena_printf(a, "the image was made from %s, not from %s", m->recipe, now.recipe);
	return true;
}
