/* SPDX-License-Identifier: Apache-2.0 */
/* The archive of docker save and podman save: manifest.json names a config and tars (Docker
 * Image Specification v1.2, "Combined Image JSON + Filesystem Changeset Format"). It has no
 * digests of its own; the config's diff_ids are checked, and the config's name when it is one. */

#include "inspect/image/manifest.h"
#include "format/json/jsonx.h"

static bool has_tag(const struct strings *tags, const char *tag)
{
	for (size_t i = 0; i < tags->n; i++)
		if (strcmp(tags->v[i], tag) == 0)
			return true;
	return false;
}

/* The entry of the wanted tag, or the only one. */
static bool docker_choose(struct arena *a, const struct bundle *b, const struct json_node *list,
			  struct json_node *out, struct error *e)
{
	struct json_node item;
	struct buf all = { .a = a, .max = 4096 };

	for (size_t i = 0; json_item(list, i, &item); i++) {
		struct strings tags = { NULL, 0, 0 };

		if (!json_want_object(&item, e) || !jsonx_strings(a, &item, "RepoTags", &tags, e))
			return false;
		*out = item;
		if (b->tag && has_tag(&tags, b->tag))
			return true;
		for (size_t t = 0; t < tags.n; t++)
			buf_printf(&all, "%s%s", all.n ? ", " : "", tags.v[t]);
	}
	if (json_count(list) == 0)
		return json_fail(list, e, "the archive holds no image");
	if (b->tag)
		return err_set(e, ERR_USAGE, "no image has the tag %s; there is: %s", b->tag,
			       buf_cstr(&all));
	return json_count(list) == 1 ||
	       err_set(e, ERR_USAGE,
		       "several images; name one with docker-archive:FILE:NAME:TAG: %s",
		       buf_cstr(&all));
}

static bool docker_read_layers(struct arena *a, const struct bundle *b,
			       const struct json_node *entry, struct image_facts *out,
			       struct error *e)
{
	struct strings names = { NULL, 0, 0 };
	struct json_node list;

	if (!json_need(entry, "Layers", &list, e) || !json_as_strings(a, &list, &names, e))
		return false;
	if (names.n > LAYERS_MAX)
		return json_fail(&list, e, "more than %d layers", LAYERS_MAX);
	for (size_t i = 0; i < names.n; i++) {
		AUTO_PART part = PART_INIT;

		if (!bundle_part(b, names.v[i], &part, e))
			return err_wrap(e, "layer %zu", i + 1);
		*list_push(a, &out->layers) = (struct image_layer){ .part = names.v[i],
								    .size = part.size };
	}
	return true;
}

/* "HEX.json" and "blobs/sha256/HEX", or of sha512, are named by their digest. */
static bool check_config_name(struct arena *a, const char *name, const struct image_facts *out,
			      struct error *e)
{
	const char *slash = strrchr(name, '/');
	struct str base = str_of(slash ? slash + 1 : name);
	struct content_digest named;
	const char *full;

	if (str_ends(base, STR(".json")))
		base.n -= strlen(".json");
	full = arena_printf(a, "%s:" STR_FMT, base.n == 128 ? "sha512" : "sha256", STR_ARG(base));
	if (!content_digest_parse(str_of(full), &named) || content_digest_eq(&named, &out->config))
		return true;
	return err_set(e, ERR_INPUT, "%s does not have the digest of its name: it is %s", name,
		       content_digest_text(a, &out->config));
}

bool docker_read(struct arena *a, const struct bundle *b, struct image_facts *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, entry, config;
	struct str text;
	const char *name;

	if (!bundle_has(b, "manifest.json"))
		return docker_v1_read(a, b, out, e);
	if (!bundle_text(a, b, "manifest.json", DOCUMENT_MAX, &text, e) ||
	    !json_parse("manifest.json", text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_array(&root, e) || !docker_choose(a, b, &root, &entry, e) ||
	    !docker_read_layers(a, b, &entry, out, e) || !json_need(&entry, "Config", &config, e) ||
	    !json_as_string(a, &config, &name, e) ||
	    !bundle_text(a, b, name, DOCUMENT_MAX, &text, e))
		return false;
	if (!jsonx_strings(a, &entry, "RepoTags", &out->names, e))
		return false;
	out->config = content_digest_of(text, strstr(name, "blobs/sha512/") != NULL);
	out->config_size = text.n;
	out->config_part = name;
	return check_config_name(a, name, out, e) && image_config_read(a, name, text, out, e);
}
