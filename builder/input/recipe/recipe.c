/* SPDX-License-Identifier: Apache-2.0 */
/* A recipe as a whole: its file, its base, and that its parts fit together. */

#include "input/recipe/recipe.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/near_file.h"
#include "base/rfc3339.h"
#include "input/recipe/expanded.h"
#include "input/recipe/extends.h"

#define BASES_MAX 8

static bool recipe_load_file(struct reader *rd, const char *path, struct recipe *r,
			     struct error *e);

/* Its lock is in the repository of what stands on it. */
static void own_builtin_base(struct reader *rd, struct recipe *base, const char *name)
{
	base->asked = rd->asked;
	base->locked_as = reader_join(rd->a, rd->repository, arena_printf(rd->a, "locks/%s", name));
	for (size_t i = 0; i < base->variants.n; i++) {
		base->variants.v[i]->asked = base->asked;
		base->variants.v[i]->locked_as = base->locked_as;
	}
}

static bool load_base(struct reader *rd, const struct json_node *n, const struct base_entry *entry,
		      struct recipe *r, struct error *e)
{
	struct recipe *base = arena_alloc(rd->a, sizeof(*base));

	if (rd->depth >= BASES_MAX)
		return json_fail(n, e, "stands on more than %d bases, or on itself", BASES_MAX);
	rd->depth++;
	if (!recipe_load_file(rd, entry->recipe, base, e))
		return err_wrap(e, "base of %s", recipe_shown(rd->a, r));
	rd->depth--;
	if (recipe_is_builtin(base))
		own_builtin_base(rd, base, entry->name);
	r->base = variant_find(base, entry->variant);
	return r->base ||
	       json_fail(n, e, "there is no variant \"%s\" of base %s: %s", entry->variant,
			 entry->name, variants_hint(rd->a, base, entry->variant));
}

static bool read_base(struct reader *rd, const struct json_node *root, struct recipe *r,
		      struct error *e)
{
	struct base_entry entry = { 0 };
	struct json_node n;
	const char *text;

	if (!json_get(root, "base", &n))
		return true;
	if (!json_as_string(rd->a, &n, &text, e))
		return false;
	if (base_is_image(text))
		return base_take_image(rd, &n, text, &r->base_image, e);
	if (!catalogue_base(rd, &n, &entry, e))
		return false;
	r->base_image = entry.image;
	if (!entry.recipe)
		return !entry.variant ||
		       json_fail(&n, e, "base %s is an image of a registry and has no variants",
				 entry.name);
	return load_base(rd, &n, &entry, r, e);
}

static bool recipe_read_archive(struct reader *rd, const struct json_node *root, struct recipe *r,
				struct error *e)
{
	struct json_node n;

	if (json_get(root, "archive", &n))
		return catalogue_archive(rd, &n, &r->archive, e);
	if (r->base) {
		r->archive = r->base->archive;
		r->target = r->base->target;
		return true;
	}
	return json_fail(
		root, e,
		"the key \"archive\" is missing: there is no base with a recipe that gives "
		"one; write \"archive\": \"debian13\"");
}

bool read_known_suite(struct reader *rd, const struct json_node *object, const char *key,
		      const struct archive *archive, const char **out, struct error *e)
{
	struct json_node n;

	if (!json_get(object, key, &n))
		return true;
	return read_name(rd, &n, out, e) &&
	       (archive_has_suite(archive, *out) ||
		json_fail(&n, e, "%s", archive_suites_hint(rd->a, archive, *out)));
}

bool recipe_read_parts(struct reader *rd, const struct json_node *root, struct recipe *r,
		       struct error *e)
{
	return components_read(rd, root, r, e) && parts_read(rd, root, r, e) &&
	       config_read(rd, root, r, e);
}

static bool recipe_read_epoch(const struct json_node *root, struct recipe *r, struct error *e)
{
	struct json_node n;

	if (!json_get(root, "epoch", &n))
		return true;
	return json_as_u64(&n, &r->epoch, e) &&
	       (r->epoch <= RFC3339_MAX ||
		json_fail(&n, e, "lies beyond the year 9999: it counts seconds since 1970"));
}

/* The keys have been checked in the files that say them. */
static bool recipe_read_all(struct reader *rd, const struct json_node *root, struct recipe *r,
			    struct error *e)
{
	return read_heading(rd, root, NULL, &r->name, e) && recipe_read_epoch(root, r, e) &&
	       read_base(rd, root, r, e) && recipe_read_archive(rd, root, r, e) &&
	       read_known_suite(rd, root, "target", r->archive, &r->target, e) &&
	       recipe_read_parts(rd, root, r, e);
}

/* What was read since, and what the base was read from. */
static void recipe_take_inputs(struct reader *rd, struct recipe *r, size_t before)
{
	for (size_t i = 0; r->base && i < r->base->inputs.n; i++)
		*list_push(rd->a, &r->inputs) = r->base->inputs.v[i];
	for (size_t i = before; i < rd->inputs.n; i++)
		*list_push(rd->a, &r->inputs) = rd->inputs.v[i];
	strings_unique(&r->inputs);
	rd->inputs.n = before;
}

static bool recipe_load_file(struct reader *rd, const char *path, struct recipe *r, struct error *e)
{
	struct builtin_files *outer = rd->builtin;
	AUTO_LINEAGE lineage = { .n = 0 };
	size_t before = rd->inputs.n;
	struct json_node root;

	*r = (struct recipe){ .file = path,
			      .data = rd->data,
			      .memo = rd->memo,
			      .repository = builtin_below(rd->data, path) ? rd->data
									  : rd->repository };
	rd->builtin = &r->builtin;
	if (!extends_read(rd, path, &lineage, &root, e) || !recipe_read_all(rd, &root, r, e))
		return false;
	r->data = rd->data;
	recipe_take_inputs(rd, r, before);
	for (size_t i = 0; i < lineage.n; i++)
		*list_push(rd->a, &r->own_files) = lineage.paths[i];
	if (!variants_read(rd, &root, r, e))
		return false;
	rd->builtin = outer;
	builtin_sort(&r->builtin);
	return !rd->expanded || rd->depth > 0 || rd->variant ||
	       expanded_write(rd, &root, path, rd->expanded, e);
}

static bool name_may_be_recipe(const char *name)
{
	return str_ends(str_of(name), STR(".json")) && !str_ends(str_of(name), STR(".lock.json"));
}

static bool recipe_check_there(struct arena *a, const char *path, struct error *e)
{
	if (access(path, F_OK) == 0 || errno != ENOENT)
		return true;
	return err_set(e, ERR_INPUT, "there is no recipe %s%s", path,
		       near_question(a, near_file(a, path, name_may_be_recipe)));
}

static bool open_recipe(struct arena *a, const struct recipe_opening *o, struct buf *expanded,
			struct recipe *r, struct error *e)
{
	AUTO_HASH hash = { 0 };
	struct reader rd = {
		.hash = &hash, .expanded = expanded, .variant = o->variant, .memo = o->memo
	};
	const char *copy = arena_strdup(a, o->path);

	digest_begin(&hash);
	while (strncmp(copy, "./", 2) == 0)
		copy += 2;
	if (!recipe_check_there(a, copy, e))
		return false;
	reader_open(a, &copy, &rd);
	if (o->data) {
		rd.searched = rd.complete = true;
		rd.data = o->data[0] ? o->data : NULL;
	}
	rd.asked = copy;
	if (!recipe_load_file(&rd, copy, r, e))
		return false;
	r->digest = digest_end(&hash);
	for (size_t i = 0; i < r->variants.n; i++)
		r->variants.v[i]->digest = r->digest;
	return variant_find(r, o->variant) ||
	       err_set(e, ERR_INPUT, "there is no variant \"%s\": %s", o->variant,
		       variants_hint(a, r, o->variant));
}

bool recipe_load(struct arena *a, const char *path, struct recipe *r, struct error *e)
{
	return open_recipe(a, &(struct recipe_opening){ .path = path }, NULL, r, e);
}

bool recipe_load_with(struct arena *a, const struct recipe_opening *o, struct recipe *r,
		      struct error *e)
{
	struct recipe *plain = arena_alloc(a, sizeof(*plain));

	if (!open_recipe(a, o, NULL, plain, e))
		return false;
	*r = *variant_find(plain, o->variant);
	return true;
}

bool recipe_load_variant(struct arena *a, const char *path, const char *variant, struct recipe *r,
			 struct error *e)
{
	return recipe_load_with(a, &(struct recipe_opening){ path, variant, NULL, NULL }, r, e);
}

bool recipe_expanded(struct arena *a, const char *path, const char *variant, struct buf *out,
		     struct error *e)
{
	struct recipe r;

	if (variant && strcmp(variant, VARIANT_PLAIN) == 0)
		variant = NULL;
	return open_recipe(a, &(struct recipe_opening){ path, variant, NULL, NULL }, out, &r, e);
}

bool recipe_is_builtin(const struct recipe *r)
{
	return builtin_below(r->data, r->file) != NULL;
}

const char *recipe_shown(struct arena *a, const struct recipe *r)
{
	return builtin_shown(a, r->data, r->file);
}

const char *recipe_asked(const struct recipe *r)
{
	return r->asked ? r->asked : r->file;
}

const char *recipe_shown_path(struct arena *a, const struct recipe *r, const char *path)
{
	size_t n = r->repository ? strlen(r->repository) : 0;

	if (builtin_below(r->data, path))
		return builtin_shown(a, r->data, path);
	return n && strncmp(path, r->repository, n) == 0 && path[n] == '/' ? path + n + 1 : path;
}

static const char *lock_path_of(struct arena *a, struct str stem, const struct platform *p)
{
	if (str_ends(stem, STR(".json")))
		stem.n -= 5;
	if (p == platform_of_compilers())
		return arena_printf(a, STR_FMT ".lock.json", STR_ARG(stem));
	return arena_printf(a, STR_FMT ".%s.lock.json", STR_ARG(stem), p->machine->debian);
}

const char *recipe_lock_path(struct arena *a, const struct recipe *r, const struct platform *p)
{
	return lock_path_of(a, str_of(r->locked_as ? r->locked_as : r->file), p);
}

const char *recipe_start_path(struct arena *a, const struct recipe *r, const struct platform *p)
{
	return recipe_is_builtin(r) ? lock_path_of(a, str_of(r->file), p) : NULL;
}
