/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of simple signing. Nothing here is signed or verified. */

#include "trust/signature/simple_signing.h"

#include "base/digest.h"
#include "format/json/json_copy.h"
#include "format/json/jsonx.h"

#define OCI_MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define OCI_CONFIG_TYPE "application/vnd.oci.image.config.v1+json"
#define SIMPLE_TYPE "cosign container image signature"
#define NO_TIME "0001-01-01T00:00:00Z"

const char *simple_tag(struct arena *a, const char *digest, const char *suffix)
{
	return arena_printf(a, "sha256-%s%s", digest + strlen("sha256:"), suffix);
}

struct str simple_payload_text(struct arena *a, const char *reference, const char *digest)
{
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_object(&w, "critical");
	jsonw_object(&w, "identity");
	jsonw_cstr(&w, "docker-reference", reference);
	jsonw_object_end(&w);
	jsonw_object(&w, "image");
	jsonw_cstr(&w, "docker-manifest-digest", digest);
	jsonw_object_end(&w);
	jsonw_cstr(&w, "type", SIMPLE_TYPE);
	jsonw_object_end(&w);
	jsonw_null(&w, "optional");
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}

bool simple_payload_read(struct arena *a, struct str text, struct simple_payload *out,
			 struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, critical, identity, image, n;

	*out = (struct simple_payload){ NULL, NULL, NULL };
	if (!json_parse("payload", text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_need(&root, "critical", &critical, e) ||
	    !json_need(&critical, "identity", &identity, e) ||
	    !json_need(&identity, "docker-reference", &n, e) ||
	    !json_as_string(a, &n, &out->reference, e) ||
	    !json_need(&critical, "image", &image, e) ||
	    !json_need(&image, "docker-manifest-digest", &n, e) ||
	    !json_as_string(a, &n, &out->digest, e) || !json_need(&critical, "type", &n, e) ||
	    !json_as_string(a, &n, &out->type, e))
		return false;
	return strcmp(out->type, SIMPLE_TYPE) == 0 ||
	       json_fail(&n, e, "must be \"" SIMPLE_TYPE "\"");
}

bool simple_layers_read(struct arena *a, struct str manifest, const char *media_type,
			struct simple_layers *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, layers, item, notes, size;

	*out = (struct simple_layers){ NULL, 0, 0 };
	if (!json_parse("manifest of signatures", manifest, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_need(&root, "layers", &layers, e) || !json_want_array(&layers, e))
		return false;
	for (size_t i = 0; json_item(&layers, i, &item); i++) {
		const char *type = jsonx_text(a, &item, "mediaType");
		struct simple_layer l = { .payload = jsonx_text(a, &item, "digest") };

		if (!json_want_object(&item, e))
			return false;
		if (!type || strcmp(type, media_type) != 0)
			continue;
		if (jsonx_get(&item, "annotations", &notes)) {
			l.signature = jsonx_text(a, &notes, SIMPLE_SIGNATURE_NOTE);
			l.predicate_type = jsonx_text(a, &notes, SIMPLE_PREDICATE_NOTE);
		}
		if (!json_need(&item, "size", &size, e) || !json_as_u64(&size, &l.size, e))
			return false;
		if (!l.payload)
			return json_fail(&item, e, "has no digest");
		if (!l.signature && strcmp(media_type, SIMPLE_PAYLOAD_TYPE) == 0)
			return json_fail(&item, e,
					 "has no annotation \"" SIMPLE_SIGNATURE_NOTE "\"");
		*list_push(a, out) = l;
	}
	return true;
}

/* Cosign's payloads are not compressed: the digest of a layer is its diff_id, too. */
static bool simple_write_diff_ids(struct arena *a, struct jsonw *w, const struct json_node *old,
				  const struct simple_layers *more, struct error *e)
{
	struct json_node item;

	jsonw_array(w, "diff_ids");
	for (size_t i = 0; old && json_item(old, i, &item); i++) {
		const char *digest = jsonx_text(a, &item, "digest");

		if (!digest)
			return json_fail(&item, e, "has no digest");
		jsonw_cstr(w, NULL, digest);
	}
	for (size_t i = 0; i < more->n; i++)
		jsonw_cstr(w, NULL, more->v[i].payload);
	jsonw_array_end(w);
	return true;
}

static bool simple_config_text(struct arena *a, const struct json_node *old,
			       const struct simple_layers *more, struct str *out, struct error *e)
{
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "architecture", "");
	jsonw_cstr(&w, "created", NO_TIME);
	jsonw_array(&w, "history");
	for (size_t i = 0; i < more->n + (old ? json_count(old) : 0); i++) {
		jsonw_object(&w, NULL);
		jsonw_cstr(&w, "created", NO_TIME);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_cstr(&w, "os", "");
	jsonw_object(&w, "rootfs");
	jsonw_cstr(&w, "type", "layers");
	if (!simple_write_diff_ids(a, &w, old, more, e))
		return false;
	jsonw_object_end(&w);
	jsonw_object(&w, "config");
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	*out = buf_str(&text);
	return true;
}

static void simple_write_layer(struct jsonw *w, const char *media_type,
			       const struct simple_layer *l)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "mediaType", media_type);
	jsonw_u64(w, "size", l->size);
	jsonw_cstr(w, "digest", l->payload);
	jsonw_object(w, "annotations");
	jsonw_cstr(w, SIMPLE_SIGNATURE_NOTE, l->signature);
	if (l->predicate_type)
		jsonw_cstr(w, SIMPLE_PREDICATE_NOTE, l->predicate_type);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

static void simple_write_config(struct arena *a, struct jsonw *w, struct str config)
{
	struct digest d = digest_of(config);

	jsonw_object(w, "config");
	jsonw_cstr(w, "mediaType", OCI_CONFIG_TYPE);
	jsonw_u64(w, "size", config.n);
	jsonw_printf(w, "digest", "sha256:%s", digest_hex_dup(a, &d));
	jsonw_object_end(w);
}

bool simple_manifest_text(struct arena *a, struct str old, const char *media_type,
			  const struct simple_layers *more, struct str *config,
			  struct str *manifest, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, layers, item, *before = NULL;
	struct buf text = { .a = a };
	struct jsonw w;

	if (old.p) {
		if (!json_parse("manifest of signatures", old, &doc, e))
			return false;
		root = json_root(&doc);
		if (!json_need(&root, "layers", &layers, e) || !json_want_array(&layers, e))
			return false;
		before = &layers;
	}
	if (!simple_config_text(a, before, more, config, e))
		return false;
	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_u64(&w, "schemaVersion", 2);
	jsonw_cstr(&w, "mediaType", OCI_MANIFEST_TYPE);
	simple_write_config(a, &w, *config);
	jsonw_array(&w, "layers");
	for (size_t i = 0; before && json_item(before, i, &item); i++) {
		if (!json_copy(&w, NULL, &item, e))
			return false;
	}
	for (size_t i = 0; i < more->n; i++)
		simple_write_layer(&w, media_type, &more->v[i]);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	*manifest = buf_str(&text);
	return true;
}
