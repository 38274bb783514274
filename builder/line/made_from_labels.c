/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of texts, and labels. images.json is left out: it names other images, too. */

#include "line/made_from_labels.h"

#include <fcntl.h>

#include "base/path.h"
#include "base/file.h"
#include "input/lock/lock_variants.h"

#define TEXT_MAX (64u << 20)
static bool recipe_path_below(struct arena *a, const struct recipe *r, const char **out,
			      struct error *e)
{
	const char *repository, *file;
	size_t n;

	if (!file_real_path(a, r->repository, &repository, e) ||
	    !file_real_path(a, r->file, &file, e))
		return false;
	n = strcmp(repository, "/") == 0 ? 0 : strlen(repository);
	if (strncmp(file, repository, n) != 0 || file[n] != '/')
		return err_set(e, ERR_INPUT, "%s is a link to a file outside its repository",
			       r->file);
	*out = file + n + 1;
	return true;
}

static bool labels_add_text(struct arena *a, const char *path, struct strings *sums,
			    struct error *e)
{
	struct str text;
	struct digest d;

	if (!io_read_file(a, AT_FDCWD, path, TEXT_MAX, &text, e))
		return false;
	d = digest_of(text);
	*list_push(a, sums) = digest_hex_dup(a, &d);
	return true;
}

/* What a build has noted in a lock is not a part of what it says. Format 1 has no notes, and its
 * images are known by its bytes. */
static bool labels_sum_lock(const struct recipe *r, const char *path, struct digest *out,
			    struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct lock whole, lock;
	struct str bytes;

	if (!lock_load(&a, path, &whole, e))
		return false;
	if (whole.format == 1) {
		if (!io_read_file(&a, AT_FDCWD, path, TEXT_MAX, &bytes, e))
			return false;
		*out = digest_of(bytes);
		return true;
	}
	lock = lock_of_variant(&a, &whole, r);
	for (size_t i = 0; i < lock.packages.n; i++)
		lock.packages.v[i].notes = (struct package_notes){ 0 };
	lock_format(&lock, &text);
	*out = digest_of(buf_str(&text));
	return true;
}

/* The same text says the same: false if it cannot be read, which lock_load() explains. */
static bool labels_lock_text(const struct recipe *r, const char *path, struct digest *out)
{
	AUTO_ARENA a = { 0 };
	struct error ignored = { 0 };
	struct str bytes;
	struct digest d;

	if (!io_read_file(&a, AT_FDCWD, path, TEXT_MAX, &bytes, &ignored))
		return false;
	d = digest_of(bytes);
	*out = digest_of(str_of(arena_printf(&a, "%s %s %s %s", digest_hex_dup(&a, &d), r->file,
					     r->variant ? r->variant : "", path)));
	return true;
}

static bool labels_known_lock(const struct lock_sums *l, const struct digest *text,
			      struct digest *out)
{
	for (size_t i = 0; i < l->v.n; i++) {
		if (digest_eq(&l->v.v[i].text, text)) {
			*out = l->v.v[i].sum;
			return true;
		}
	}
	return false;
}

static bool add_lock(struct arena *a, const struct recipe *r, const char *path,
		     struct lock_sums *known, struct strings *sums, struct error *e)
{
	struct digest text, d;
	bool asks = known && labels_lock_text(r, path, &text);

	if (!asks || !labels_known_lock(known, &text, &d)) {
		if (!labels_sum_lock(r, path, &d, e))
			return false;
		if (asks)
			*list_push(known->a, &known->v) = (struct lock_sum){ text, d };
	}
	*list_push(a, sums) = digest_hex_dup(a, &d);
	return true;
}

/* Whether a file says what other variants are, too: then its part of it stands in recipe.text. */
static bool is_of_variants(const struct recipe *r, const char *path)
{
	for (; r; r = r->base) {
		if (r->text && strings_has(&r->own_files, path))
			return true;
	}
	return false;
}

/* The list of shared sources stands in images.json, which is left out. */
static void labels_add_shared(struct arena *a, const struct recipe *r, struct strings *sums)
{
	struct digest d = digest_of(str_of(strings_join(a, &r->shared_sources, "\n")));

	if (r->by_source)
		*list_push(a, sums) = digest_hex_dup(a, &d);
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

bool made_from_now(struct arena *a, const struct recipe *r, const struct platform *p,
		   struct lock_sums *sums, struct made_from *out, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct strings recipes = { 0 }, locks = { 0 };

	if (!recipe_path_below(a, r, &out->recipe, e))
		return false;
	for (size_t i = 0; i < r->inputs.n; i++)
		if (strcmp(path_base(r->inputs.v[i]), RECIPE_CATALOGUE) != 0 &&
		    !is_of_variants(r, r->inputs.v[i]) &&
		    !labels_add_text(&scratch, r->inputs.v[i], &recipes, e))
			return false;
	for (const struct recipe *one = r; one; one = one->base) {
		struct digest d = digest_of(str_of(one->text ? one->text : ""));

		if (one->text)
			*list_push(&scratch, &recipes) = digest_hex_dup(&scratch, &d);
		labels_add_shared(&scratch, one, &recipes);
		if (!add_lock(&scratch, one, recipe_lock_path(&scratch, one, p), sums, &locks, e))
			return false;
	}
	out->variant = r->variant;
	out->recipes = digest_of_set(&scratch, &recipes);
	out->locks = digest_of_set(&scratch, &locks);
	return true;
}

void made_from_labels(struct arena *a, const struct made_from *m, struct variables *out)
{
	*list_push(a, out) = (struct variable){ LABEL_RECIPE, m->recipe };
	if (m->variant)
		*list_push(a, out) = (struct variable){ LABEL_VARIANT, m->variant };
	*list_push(a, out) = (struct variable){
		LABEL_RECIPES, arena_printf(a, "sha256:%s", digest_hex_dup(a, &m->recipes))
	};
	*list_push(a, out) = (struct variable){
		LABEL_LOCKS, arena_printf(a, "sha256:%s", digest_hex_dup(a, &m->locks))
	};
}
