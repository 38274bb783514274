/* SPDX-License-Identifier: Apache-2.0 */
/* Asks a registry for labels. What cannot be told is to be built: that costs time, and the store
 * has most of it. */

#include "explain/pushed_images.h"

#include <unistd.h>

#include "base/parallel.h"
#include "explain/made_from.h"
#include "format/json/jsonx.h"
#include "input/lock/lock.h"
#include "transfer/registry/artifact.h"

#define AT_ONCE 8

struct pushed_search {
	const struct pushed_order *order;
	const struct strings *recipes;
	bool *same, *has_files; /* one for each recipe */
};

/* Locks tell of the files that come with imgbuild. */
static bool pushed_is_told(const struct recipe *r, const char *path)
{
	return builtin_below(r->data, path) != NULL;
}

static bool pushed_are_told(const struct recipe *r, const struct strings *paths)
{
	for (size_t i = 0; i < paths->n; i++) {
		if (!pushed_is_told(r, paths->v[i]))
			return false;
	}
	return true;
}

static bool pushed_source_has_files(const struct recipe *r, const struct source_recipe *s)
{
	return !pushed_are_told(r, &s->trees) || s->folder || s->local || s->patches.n;
}

/* Whether the image has bytes that neither recipe nor lock tells of. */
static bool pushed_has_files(struct arena *a, const struct recipe *r)
{
	for (; r; r = r->base) {
		struct source_list sources = { 0 };

		list_each(f, &r->files) {
			if (!pushed_is_told(r, f->from))
				return true;
		}
		if (!pushed_are_told(r, &r->tests) ||
		    !pushed_are_told(r, &r->effects.ca_bundle.files))
			return true;
		recipe_sources(a, r, &sources);
		for (size_t i = 0; i < sources.n; i++) {
			if (pushed_source_has_files(r, sources.v[i]))
				return true;
		}
	}
	return false;
}

/* Whether all locks are there, and of the files that come with this imgbuild. */
static bool pushed_locks_hold(struct arena *a, const struct recipe *r, const struct platform *p)
{
	for (; r; r = r->base) {
		const char *path = recipe_lock_path(a, r, p);
		struct error ignored = { 0 };
		struct lock lock;

		if (access(path, F_OK) < 0 || !lock_load(a, path, &lock, &ignored) ||
		    builtin_difference(&lock.builtin, &r->builtin))
			return false;
	}
	return true;
}

/* The labels of a configuration. */
static bool pushed_read_labels(struct arena *a, const char *name, struct str text,
			       struct image_facts *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, config, labels, one;

	if (!json_parse(name, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e))
		return false;
	out->os = jsonx_text(a, &root, "os");
	out->architecture = jsonx_text(a, &root, "architecture");
	if (!jsonx_get(&root, "config", &config) || !jsonx_get(&config, "Labels", &labels))
		return true;
	for (size_t i = 0; json_member(&labels, i, &one); i++) {
		const char *key = arena_strdup(a, one.key), *value = jsonx_text(a, &labels, key);

		if (value)
			*list_push(a, &out->labels) = (struct env_var){ key, value };
	}
	return true;
}

/* 1 the image of a platform is as it would be now, 0 not, -1. */
static int pushed_manifest_is_same(struct arena *a, struct session *s, const struct document *d,
				   const struct recipe *r, const struct platform *p,
				   struct error *e)
{
	struct image_facts facts = { .os = NULL };
	struct made_from made;
	struct str text;
	const char *changed;

	if (!pushed_locks_hold(a, r, p))
		return 0;
	if (!artifact_blob(a, s, &d->parts.v[0], &text, e) ||
	    !pushed_read_labels(a, d->parts.v[0].label, text, &facts, e))
		return -1;
	if (!facts.os || !facts.architecture || made_from_platform(a, &facts) != p ||
	    made_from_image(a, &facts, &made, &(struct error){ 0 }) <= 0)
		return 0;
	if ((made.variant == NULL) != (r->variant == NULL) ||
	    (made.variant && strcmp(made.variant, r->variant) != 0))
		return 0;
	if (!made_from_changed(a, &made, r, p, &changed, e))
		return -1;
	return changed == NULL;
}

/* Of an index, the manifest of a platform. */
static int pushed_index_is_same(struct arena *a, struct session *s, const struct document *d,
				const struct recipe *r, const struct platform *p, struct error *e)
{
	list_each(part, &d->parts) {
		struct artifact found;
		int got;

		if (!document_on_platform(part, str_of(p->name)))
			continue;
		got = artifact_get(a, s, part->name, &found, e);
		if (got > 0)
			got = !found.document.index &&
			      pushed_manifest_is_same(a, s, &found.document, r, p, e);
		return got;
	}
	return 0;
}

static int pushed_session_is_same(struct arena *a, const struct pushed_order *o, struct session *s,
				  const struct reference *ref, const struct recipe *r,
				  struct error *e)
{
	struct platforms platforms = *o->platforms;
	struct artifact found;
	int got = artifact_get(a, s, ref->tag, &found, e);

	if (got <= 0)
		return got;
	if (!platforms.n && !recipe_platforms(a, r, &platforms, e))
		return -1;
	if (!platforms.n)
		*list_push(a, &platforms) = platform_of_compilers();
	for (size_t i = 0; got > 0 && i < platforms.n; i++) {
		const struct platform *p = platforms.v[i];

		if (found.document.index)
			got = pushed_index_is_same(a, s, &found.document, r, p, e);
		else
			got = pushed_manifest_is_same(a, s, &found.document, r, p, e);
	}
	return got;
}

/* 1 the image of one recipe or variant is there as it would be now, 0 not, -1. */
static int pushed_recipe_is_same(struct arena *a, const struct pushed_order *o, struct recipe *r,
				 struct error *e)
{
	struct strings scopes = { 0 };
	struct reference ref;
	struct session s;
	int got;

	if (!recipe_read_tags(a, r, e) ||
	    !reference_parse(a,
			     arena_printf(a, "%s/%s:%s", o->prefix, r->name,
					  r->tags.n ? r->tags.v[0] : "latest"),
			     &ref, e))
		return -1;
	*list_push(a, &scopes) = arena_printf(a, "repository:%s:pull", ref.name);
	got = session_open(&s, &ref, o->options, &scopes, e)
		      ? pushed_session_is_same(a, o, &s, &ref, r, e)
		      : -1;
	session_close(&s);
	return got;
}

/* The recipe and all its variants. */
static bool pushed_search_one(void *ctx, size_t i, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct pushed_search *x = ctx;
	const char *path = x->recipes->v[i];
	struct recipe r = { 0 }, variant;
	int got;

	if (!recipe_load(&a, path, &r, e))
		return false;
	x->has_files[i] = pushed_has_files(&a, &r);
	got = x->has_files[i] ? 0 : pushed_recipe_is_same(&a, x->order, &r, e);
	for (size_t k = 0; got > 0 && k < r.variants.n; k++) {
		if (!recipe_load_variant(&a, path, r.variants.v[k]->variant, &variant, e))
			return false;
		x->has_files[i] = pushed_has_files(&a, &variant);
		got = x->has_files[i] ? 0 : pushed_recipe_is_same(&a, x->order, &variant, e);
	}
	x->same[i] = got > 0;
	return got >= 0 || err_wrap(e, "image %s", r.name);
}

bool pushed_images_missing(struct arena *a, const struct pushed_order *o,
			   const struct strings *recipes, struct pushed_missing *out,
			   struct error *e)
{
	struct pushed_order order = *o;
	struct pushed_search x = { &order, recipes, arena_array(a, recipes->n + 1, sizeof(bool)),
				   arena_array(a, recipes->n + 1, sizeof(bool)) };
	struct str prefix = str_of(o->prefix);
	struct error why = { 0 };
	struct reference ref;

	while (str_ends(prefix, STR("/")))
		prefix.n--;
	order.prefix = str_dup(a, prefix);
	if (!reference_parse(a, arena_printf(a, "%s/x", order.prefix), &ref, &why))
		return err_set(e, ERR_USAGE,
			       "--against takes docker://REGISTRY or docker://REGISTRY/PATH, in "
			       "lower-case letters and without a tag, not \"%s\"",
			       o->prefix);
	if (!parallel_for(recipes->n, AT_ONCE, pushed_search_one, &x, e))
		return false;
	for (size_t i = 0; i < recipes->n; i++) {
		if (!x.same[i])
			*list_push(a, &out->recipes) = recipes->v[i];
		out->with_files += x.has_files[i];
	}
	return true;
}
