/* SPDX-License-Identifier: Apache-2.0 */
/* JSON is copied member by member, in the order of the text: what imgbuild writes comes out in its
 * own form. */

#include "trust/rebase/rebase_documents.h"

#include <stdlib.h>

#include "format/json/json_copy.h"
#include "format/json/jsonx.h"

#define ANNOTATION_BASE "org.opencontainers.image.base."
#define OWN_LABELS "vnd.imgbuild."

struct rebase_writing {
	struct arena *a;
	const struct rebase_documents *d;
	struct json_doc configs[3], manifests[3]; /* of the image, the old and the new base */
	size_t kept;				  /* the first layer of the image that stays */
	struct rebase_obstacles *out;
};

enum rebase_part { REBASE_IMAGE, REBASE_OLD, REBASE_NOW };

/* A member as a text, to be compared; "" when it is not there. */
static bool rebase_member_text(struct arena *a, const struct json_node *object, const char *key,
			       const char **out, struct error *e)
{
	struct buf text = { .a = a };
	struct json_node n;
	struct jsonw w;

	*out = "";
	if (!object || !jsonx_get(object, key, &n))
		return true;
	jsonw_init(&w, &text, false);
	if (!json_copy(&w, NULL, &n, e))
		return false;
	*out = buf_cstr(&text);
	return true;
}

/* Appends the elements of an array of a document from the first-th on; `outer` may be NULL. */
static bool rebase_copy_items(struct jsonw *w, const struct json_doc *of, const char *outer,
			      const char *key, size_t first, struct error *e)
{
	struct json_node root = json_root(of), object = root, list, item;

	if ((outer && !jsonx_get(&root, outer, &object)) || !jsonx_get(&object, key, &list))
		return true;
	if (!json_want_array(&list, e))
		return false;
	for (size_t i = first; json_item(&list, i, &item); i++) {
		if (!json_copy(w, NULL, &item, e))
			return false;
	}
	return true;
}

/* An array of a base's elements and those of the image that stay. */
static bool rebase_write_joined(struct jsonw *w, const struct json_doc docs[3], const char *outer,
				const char *key, size_t kept, struct error *e)
{
	jsonw_array(w, key);
	if (!rebase_copy_items(w, &docs[REBASE_NOW], outer, key, 0, e) ||
	    !rebase_copy_items(w, &docs[REBASE_IMAGE], outer, key, kept, e))
		return false;
	jsonw_array_end(w);
	return true;
}

/* ---- names with values: labels, annotations ---- */

struct rebase_pair {
	const char *name, *value;
};

struct rebase_pairs LIST(struct rebase_pair);

static struct rebase_pair *rebase_find_pair(const struct rebase_pairs *l, const char *name)
{
	list_each(p, l) {
		if (strcmp(p->name, name) == 0)
			return p;
	}
	return NULL;
}

static void rebase_set_pair(struct arena *a, struct rebase_pairs *l, const char *name,
			    const char *value)
{
	struct rebase_pair *p = rebase_find_pair(l, name);

	if (!p)
		p = list_push(a, l);
	*p = (struct rebase_pair){ name, value };
}

static bool rebase_read_pairs(struct arena *a, const struct json_node *object, const char *key,
			      struct rebase_pairs *out, struct error *e)
{
	struct json_node n, item;

	if (!object || !jsonx_get(object, key, &n))
		return true;
	if (!json_want_object(&n, e))
		return false;
	for (size_t i = 0; json_member(&n, i, &item); i++) {
		const char *value;

		if (!json_as_string(a, &item, &value, e))
			return false;
		rebase_set_pair(a, out, arena_strdup(a, item.key), value);
	}
	return true;
}

static int rebase_compare_pairs(const void *a, const void *b)
{
	return strcmp(((const struct rebase_pair *)a)->name, ((const struct rebase_pair *)b)->name);
}

static void rebase_write_pairs(struct jsonw *w, const char *key, struct rebase_pairs *l)
{
	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), rebase_compare_pairs);
	jsonw_object(w, key);
	list_each(p, l)
		jsonw_cstr(w, p->name, p->value);
	jsonw_object_end(w);
}

/* ---- the config ---- */

/* The member "config" of each of the three; NULL where there is none. */
struct rebase_settings {
	struct json_node roots[3], nodes[3];
	const struct json_node *v[3];
};

static void rebase_find_settings(struct rebase_writing *r, struct rebase_settings *s)
{
	for (int i = 0; i < 3; i++) {
		s->roots[i] = json_root(&r->configs[i]);
		s->v[i] = jsonx_get(&s->roots[i], "config", &s->nodes[i]) ? &s->nodes[i] : NULL;
	}
}

/* What an image takes over from its base as a whole, or instead of it sets itself. */
static bool rebase_is_whole(const char *key)
{
	static const char *const whole[] = { "Entrypoint", "Cmd",	 "User",
					     "WorkingDir", "StopSignal", "Healthcheck" };

	return name_among(key, whole, ARRAY_SIZE(whole));
}

/* Docker's notes about its own containers. */
static bool rebase_is_ignored(const char *key)
{
	static const char *const ignored[] = { "Labels", "Image", "Hostname", "Domainname" };

	return name_among(key, ignored, ARRAY_SIZE(ignored));
}

static bool rebase_check_setting(struct rebase_writing *r, const struct rebase_settings *s,
				 const char *key, struct error *e)
{
	const char *image, *old, *now;

	if (rebase_is_ignored(key))
		return true;
	if (!rebase_member_text(r->a, s->v[REBASE_IMAGE], key, &image, e) ||
	    !rebase_member_text(r->a, s->v[REBASE_OLD], key, &old, e) ||
	    !rebase_member_text(r->a, s->v[REBASE_NOW], key, &now, e))
		return false;
	if (strcmp(old, now) != 0 && (!rebase_is_whole(key) || strcmp(image, old) == 0))
		rebase_add(r->a, r->out, NULL,
			   "the setting %s of the bases differs: %.200s, and now %.200s", key,
			   *old ? old : "none", *now ? now : "none");
	return true;
}

/* Settings are those of the image; they would be others if a base set them differently. */
static bool rebase_check_settings(struct rebase_writing *r, const struct rebase_settings *s,
				  struct error *e)
{
	struct strings keys = { 0 };
	struct json_node item;

	for (int part = REBASE_OLD; part <= REBASE_NOW; part++) {
		for (size_t i = 0; s->v[part] && json_member(s->v[part], i, &item); i++)
			*list_push(r->a, &keys) = arena_strdup(r->a, item.key);
	}
	strings_unique(&keys);
	for (size_t i = 0; i < keys.n; i++) {
		if (!rebase_check_setting(r, s, keys.v[i], e))
			return false;
	}
	return true;
}

/* A label that the image has from its base becomes the new base's. */
static bool rebase_write_labels(struct rebase_writing *r, struct jsonw *w,
				const struct rebase_settings *s, struct error *e)
{
	struct rebase_pairs l[3] = { 0 };

	for (int i = 0; i < 3; i++) {
		if (!rebase_read_pairs(r->a, s->v[i], "Labels", &l[i], e))
			return false;
	}
	list_each(now, &l[REBASE_NOW]) {
		const struct rebase_pair *image = rebase_find_pair(&l[REBASE_IMAGE], now->name);
		const struct rebase_pair *old = rebase_find_pair(&l[REBASE_OLD], now->name);

		if (!str_starts(str_of(now->name), STR(OWN_LABELS)) &&
		    (!image || (old && strcmp(image->value, old->value) == 0)))
			rebase_set_pair(r->a, &l[REBASE_IMAGE], now->name, now->value);
	}
	rebase_set_pair(r->a, &l[REBASE_IMAGE], LABEL_REBASED,
			content_digest_text(r->a, &r->d->now.facts->manifest));
	rebase_write_pairs(w, "Labels", &l[REBASE_IMAGE]);
	return true;
}

static bool rebase_write_settings(struct rebase_writing *r, struct jsonw *w, struct error *e)
{
	struct rebase_settings s;
	struct json_node item;
	bool labels = false;

	rebase_find_settings(r, &s);
	if (!rebase_check_settings(r, &s, e))
		return false;
	jsonw_object(w, "config");
	for (size_t i = 0; s.v[0] && json_member(s.v[0], i, &item); i++) {
		bool here = strcmp(item.key, "Labels") == 0;

		labels |= here;
		if (!(here ? rebase_write_labels(r, w, &s, e) : json_copy(w, item.key, &item, e)))
			return false;
	}
	if (!labels && !rebase_write_labels(r, w, &s, e))
		return false;
	jsonw_object_end(w);
	return true;
}

static bool rebase_write_rootfs(struct rebase_writing *r, struct jsonw *w,
				const struct json_node *n, struct error *e)
{
	struct json_node item;

	jsonw_object(w, "rootfs");
	for (size_t i = 0; json_member(n, i, &item); i++) {
		if (!(strcmp(item.key, "diff_ids") == 0
			      ? rebase_write_joined(w, r->configs, "rootfs", "diff_ids", r->kept, e)
			      : json_copy(w, item.key, &item, e)))
			return false;
	}
	jsonw_object_end(w);
	return true;
}

static bool rebase_write_config(struct rebase_writing *r, struct str *out, struct error *e)
{
	struct json_node root = json_root(&r->configs[REBASE_IMAGE]), item;
	struct buf text = { .a = r->a };
	bool settings = false, ok = true;
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	for (size_t i = 0; ok && json_member(&root, i, &item); i++) {
		if (strcmp(item.key, "config") == 0)
			ok = settings = rebase_write_settings(r, &w, e);
		else if (strcmp(item.key, "history") == 0)
			ok = rebase_write_joined(&w, r->configs, NULL, "history",
						 r->d->old.facts->history.n, e);
		else if (strcmp(item.key, "rootfs") == 0)
			ok = rebase_write_rootfs(r, &w, &item, e);
		else
			ok = json_copy(&w, item.key, &item, e);
	}
	if (!ok || (!settings && !rebase_write_settings(r, &w, e)))
		return false;
	jsonw_object_end(&w);
	*out = buf_str(&text);
	return true;
}

/* ---- the manifest ---- */

static bool rebase_write_annotations(struct rebase_writing *r, struct jsonw *w,
				     const struct json_node *root, struct error *e)
{
	struct rebase_pairs l = { 0 };

	if (!rebase_read_pairs(r->a, root, "annotations", &l, e))
		return false;
	rebase_set_pair(r->a, &l, ANNOTATION_BASE "digest",
			content_digest_text(r->a, &r->d->now.facts->manifest));
	if (r->d->base_name)
		rebase_set_pair(r->a, &l, ANNOTATION_BASE "name", r->d->base_name);
	rebase_write_pairs(w, "annotations", &l);
	return true;
}

static bool rebase_write_descriptor(struct rebase_writing *r, struct jsonw *w,
				    const struct json_node *n, struct str config, struct error *e)
{
	struct digest digest = digest_of(config);
	struct json_node item;

	jsonw_object(w, "config");
	for (size_t i = 0; json_member(n, i, &item); i++) {
		if (strcmp(item.key, "digest") == 0)
			jsonw_printf(w, "digest", "sha256:%s", digest_hex_dup(r->a, &digest));
		else if (strcmp(item.key, "size") == 0)
			jsonw_u64(w, "size", config.n);
		else if (!json_copy(w, item.key, &item, e))
			return false;
	}
	jsonw_object_end(w);
	return true;
}

static bool rebase_write_manifest(struct rebase_writing *r, struct str config, struct str *out,
				  struct error *e)
{
	struct json_node root = json_root(&r->manifests[REBASE_IMAGE]), item;
	struct buf text = { .a = r->a };
	bool ok;
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	ok = rebase_write_annotations(r, &w, &root, e);
	for (size_t i = 0; ok && json_member(&root, i, &item); i++) {
		if (strcmp(item.key, "config") == 0)
			ok = rebase_write_descriptor(r, &w, &item, config, e);
		else if (strcmp(item.key, "layers") == 0)
			ok = rebase_write_joined(&w, r->manifests, NULL, "layers", r->kept, e);
		else if (strcmp(item.key, "annotations") != 0)
			ok = json_copy(&w, item.key, &item, e);
	}
	jsonw_object_end(&w);
	*out = buf_str(&text);
	return ok;
}

/* ---- the whole ---- */

bool rebase_stands_on(const struct rebase_documents *d, struct error *e)
{
	const struct image_facts *image = d->image.facts, *old = d->old.facts;
	size_t n = 0;

	while (n < old->layers.n && n < image->layers.n &&
	       content_digest_eq(&old->layers.v[n].diff_id, &image->layers.v[n].diff_id))
		n++;
	if (n < old->layers.n)
		return err_set(e, ERR_INPUT,
			       "%s does not stand on %s: its layer %zu is another one; name the "
			       "base that it stands on with --from IMAGE",
			       d->image.name, d->old.name, n + 1);
	return true;
}

static const char *rebase_or_none(const char *text)
{
	return text ? text : "";
}

static bool rebase_check_fit(const struct rebase_documents *d, struct error *e)
{
	const struct image_facts *image = d->image.facts, *now = d->now.facts;

	if (strcmp(rebase_or_none(image->architecture), rebase_or_none(now->architecture)) != 0 ||
	    strcmp(rebase_or_none(image->os), rebase_or_none(now->os)) != 0)
		return err_set(e, ERR_INPUT, "%s is for %s/%s, %s for %s/%s", d->image.name,
			       rebase_or_none(image->os), rebase_or_none(image->architecture),
			       d->now.name, rebase_or_none(now->os),
			       rebase_or_none(now->architecture));
	if (image->history.n < d->old.facts->history.n)
		return err_set(e, ERR_INPUT, "the history of %s is shorter than that of its base",
			       d->image.name);
	for (size_t i = 0; i < now->layers.n && image->layers.n; i++) {
		const char *x = now->layers.v[i].media_type, *y = image->layers.v[0].media_type;

		if (!x || !y ||
		    str_starts(str_of(x), STR("application/vnd.docker.")) !=
			    str_starts(str_of(y), STR("application/vnd.docker.")))
			return err_set(e, ERR_INPUT,
				       "of %s and %s one has the media types of OCI, the other "
				       "those of Docker; skopeo copy --format oci makes one of "
				       "OCI",
				       d->image.name, d->now.name);
	}
	return true;
}

static bool rebase_parse_all(struct rebase_writing *r, struct error *e)
{
	const struct rebase_document *const of[] = { &r->d->image, &r->d->old, &r->d->now };

	for (int i = 0; i < 3; i++) {
		if (!json_parse(arena_printf(r->a, "config of %s", of[i]->name), of[i]->config,
				&r->configs[i], e) ||
		    !json_parse(arena_printf(r->a, "manifest of %s", of[i]->name), of[i]->manifest,
				&r->manifests[i], e))
			return false;
	}
	return true;
}

bool rebase_write(struct arena *a, const struct rebase_documents *d, struct str *config,
		  struct str *manifest, struct rebase_obstacles *out, struct error *e)
{
	struct rebase_writing r = { .a = a, .d = d, .kept = d->old.facts->layers.n, .out = out };
	bool ok = rebase_check_fit(d, e) && rebase_parse_all(&r, e) &&
		  rebase_write_config(&r, config, e) &&
		  rebase_write_manifest(&r, *config, manifest, e);

	for (int i = 0; i < 3; i++) {
		json_drop(&r.configs[i]);
		json_drop(&r.manifests[i]);
	}
	return ok;
}
