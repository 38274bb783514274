/* SPDX-License-Identifier: Apache-2.0 */
/* The archive of docker save before 1.10: "repositories" names the uppermost layer of each tag, and
 * each layer's ID/json the one below it. Nothing in it has a digest, so the digests of the result
 * are those of what was found (Docker Image Specification v1.0). */

#include "inspect/image/manifest.h"
#include "format/json/jsonx.h"

static void list_tag(struct buf *all, const char *name, const char *tag)
{
	buf_printf(all, "%s%s:%s", all->n ? ", " : "", name, tag);
}

/* {"NAME": {"TAG": "ID"}}: the ID of the wanted tag, or of the only image. */
static bool docker_v1_choose(struct arena *a, const struct bundle *b, const struct json_node *root,
			     struct image_facts *out, const char **id, struct error *e)
{
	struct buf all = { .a = a, .max = 4096 };
	struct json_node name, tag;
	const char *one;

	if (!json_want_object(root, e))
		return false;
	for (size_t i = 0; json_member(root, i, &name); i++) {
		if (!json_want_object(&name, e))
			return false;
		for (size_t k = 0; json_member(&name, k, &tag); k++) {
			const char *full = arena_printf(a, "%s:%s", name.key, tag.key);

			if (!json_as_string(a, &tag, &one, e))
				return false;
			list_tag(&all, name.key, tag.key);
			if (b->tag && strcmp(full, b->tag) != 0)
				continue;
			if (*id && strcmp(*id, one) != 0)
				return err_set(e, ERR_USAGE,
					       "several images; name one with docker-archive:"
					       "FILE:NAME:TAG: %s",
					       buf_cstr(&all));
			*id = one;
			*list_push(a, &out->names) = full;
		}
	}
	if (*id)
		return true;
	return b->tag ? err_set(e, ERR_USAGE, "no image has the tag %s; there is: %s", b->tag,
				buf_cstr(&all))
		      : json_fail(root, e, "the archive holds no image");
}

/* A layer's tar has no digest anywhere: it gets its own. */
static bool docker_v1_add_layer(struct arena *a, const struct bundle *b, const char *id,
				struct image_facts *out, struct error *e)
{
	AUTO_PART part = PART_INIT;
	struct image_layer *l = list_push(a, &out->layers);
	struct fd_source src;
	struct hash hash;
	struct str chunk;
	int got;

	l->part = arena_printf(a, "%s/layer.tar", id);
	if (!bundle_part(b, l->part, &part, e))
		return false;
	l->size = part.size;
	fd_source_init(&src, part.fd, part.offset, part.size, l->part);
	digest_begin(&hash);
	while ((got = src.base.next(&src.base, &chunk, e)) == 1)
		digest_add(&hash, chunk);
	l->diff_id = content_digest_sha256(digest_end(&hash));
	return got == 0;
}

/* Reads ID/json; *parent is NULL at the lowest layer. */
static bool docker_v1_read_layer(struct arena *a, const struct bundle *b, const char *id, bool top,
				 struct image_facts *out, const char **parent, struct error *e)
{
	const char *name = arena_printf(a, "%s/json", id);
	AUTO_JSON doc = { 0 };
	struct json_node root;
	struct str text;

	*parent = NULL;
	if (!bundle_text(a, b, name, DOCUMENT_MAX, &text, e) || !json_parse(name, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e) || !jsonx_string(a, &root, "parent", parent, e))
		return false;
	if (!top)
		return true;
	out->os = "linux";
	out->architecture = "amd64";
	out->config_part = name;
	out->config = content_digest_of(text, false);
	out->config_size = text.n;
	out->config_part = name;
	return jsonx_string(a, &root, "os", &out->os, e) &&
	       jsonx_string(a, &root, "architecture", &out->architecture, e) &&
	       jsonx_string(a, &root, "created", &out->created, e) &&
	       image_execution_read(a, &root, out, e);
}

static void docker_v1_reverse_layers(struct image_facts *out)
{
	for (size_t i = 0; i < out->layers.n / 2; i++) {
		struct image_layer *x = &out->layers.v[i],
				   *y = &out->layers.v[out->layers.n - 1 - i];
		struct image_layer swap = *x;

		*x = *y;
		*y = swap;
	}
}

bool docker_v1_read(struct arena *a, const struct bundle *b, struct image_facts *out,
		    struct error *e)
{
	AUTO_JSON doc = { 0 };
	const char *id = NULL;
	struct json_node root;
	struct str text;

	if (!bundle_text(a, b, "repositories", DOCUMENT_MAX, &text, e) ||
	    !json_parse("repositories", text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!docker_v1_choose(a, b, &root, out, &id, e))
		return false;
	while (id) {
		const char *parent;

		if (out->layers.n == LAYERS_MAX)
			return err_set(e, ERR_INPUT, "more than %d layers", LAYERS_MAX);
		if (!docker_v1_read_layer(a, b, id, out->layers.n == 0, out, &parent, e) ||
		    !docker_v1_add_layer(a, b, id, out, e))
			return false;
		id = parent;
	}
	docker_v1_reverse_layers(out);
	return true;
}
