/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors and media types. Knows nothing of what the documents say. */

#include "inspect/image/descriptor.h"

#include "format/json/jsonx.h"

static bool one_of(const char *type, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(type, list[i]) == 0)
			return true;
	return false;
}

#define ONE_OF(type, ...)                                  \
	one_of(type, (const char *const[]){ __VA_ARGS__ }, \
	       sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

bool media_is_index(const char *type)
{
	return ONE_OF(type, MEDIA_INDEX,
		      "application/vnd.docker.distribution.manifest.list.v2+json");
}

bool media_is_manifest(const char *type)
{
	return ONE_OF(type, "application/vnd.oci.image.manifest.v1+json",
		      "application/vnd.docker.distribution.manifest.v2+json");
}

bool media_is_config(const char *type)
{
	return ONE_OF(type, "application/vnd.oci.image.config.v1+json",
		      "application/vnd.docker.container.image.v1+json");
}

bool media_is_layer(const char *type)
{
	return ONE_OF(type, "application/vnd.oci.image.layer.v1.tar",
		      "application/vnd.oci.image.layer.v1.tar+gzip",
		      "application/vnd.oci.image.layer.v1.tar+zstd",
		      "application/vnd.oci.image.layer.nondistributable.v1.tar",
		      "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
		      "application/vnd.docker.image.rootfs.diff.tar",
		      "application/vnd.docker.image.rootfs.diff.tar.gzip",
		      "application/vnd.docker.image.rootfs.diff.tar.zstd",
		      "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");
}

bool json_string_is(const struct json_node *n, const char *want, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *said;

	if (!json_as_string(&a, n, &said, e))
		return false;
	return strcmp(said, want) == 0 || json_fail(n, e, "must be \"%s\" here", want);
}

static bool descriptor_read_digest(struct arena *a, const struct json_node *n,
				   struct descriptor *out, struct error *e)
{
	const char *text;

	if (!json_as_string(a, n, &text, e))
		return false;
	if (!content_digest_parse(str_of(text), &out->digest))
		return json_fail(n, e, "must be " CONTENT_DIGEST_FORMS);
	out->part = arena_printf(a, "blobs/%.6s/%s", text, text + strlen("sha256:"));
	return true;
}

static bool descriptor_read_platform(struct arena *a, const struct json_node *n,
				     struct descriptor *out, struct error *e)
{
	struct json_node p;

	if (!jsonx_get(n, "platform", &p))
		return true;
	if (!json_want_object(&p, e) || !jsonx_string(a, &p, "os", &out->os, e) ||
	    !jsonx_string(a, &p, "architecture", &out->architecture, e) ||
	    !jsonx_string(a, &p, "variant", &out->variant, e))
		return false;
	if (!out->os || !out->architecture)
		return json_fail(&p, e, "a platform has an os and an architecture");
	if (strcmp(out->os, "unknown") == 0)
		out->attestation = true;
	return true;
}

static bool descriptor_read_annotations(struct arena *a, const struct json_node *n,
					struct descriptor *out, struct error *e)
{
	const char *kind = NULL;
	struct json_node notes;

	if (!jsonx_get(n, "annotations", &notes))
		return true;
	if (!json_want_object(&notes, e) ||
	    !jsonx_string(a, &notes, "org.opencontainers.image.ref.name", &out->ref_name, e) ||
	    !jsonx_string(a, &notes, "io.containerd.image.name", &out->full_name, e) ||
	    !jsonx_string(a, &notes, "vnd.docker.reference.type", &kind, e))
		return false;
	if (kind)
		out->attestation = true;
	return true;
}

bool descriptor_read(struct arena *a, const struct json_node *n, struct descriptor *out,
		     struct error *e)
{
	struct json_node type, digest, size, other;

	if (!json_want_object(n, e) || !json_need(n, "mediaType", &type, e) ||
	    !json_as_string(a, &type, &out->media_type, e) || !json_need(n, "digest", &digest, e) ||
	    !descriptor_read_digest(a, &digest, out, e) || !json_need(n, "size", &size, e) ||
	    !json_as_u64(&size, &out->size, e))
		return false;
	out->urls = jsonx_get(n, "urls", &other);
	if (jsonx_get(n, "artifactType", &other))
		out->attestation = true;
	return descriptor_read_platform(a, n, out, e) && descriptor_read_annotations(a, n, out, e);
}

bool descriptor_text(struct arena *a, const struct bundle *b, const struct descriptor *d,
		     struct str *out, struct error *e)
{
	struct content_digest found;

	if (!bundle_text(a, b, d->part, DOCUMENT_MAX, out, e))
		return false;
	if (out->n != d->size)
		return err_set(e, ERR_INPUT, "%s has %zu bytes, its descriptor says %llu", d->part,
			       out->n, (unsigned long long)d->size);
	found = content_digest_of(*out, d->digest.sha512);
	return content_digest_eq(&found, &d->digest) ||
	       err_set(e, ERR_INPUT, "%s does not have the digest of its name: it is %s", d->part,
		       content_digest_text(a, &found));
}

bool descriptor_layout(struct arena *a, const struct bundle *b, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, version;
	struct str text;

	if (!bundle_text(a, b, "oci-layout", 4096, &text, e) ||
	    !json_parse("oci-layout", text, &doc, e))
		return false;
	root = json_root(&doc);
	return json_want_object(&root, e) && json_need(&root, "imageLayoutVersion", &version, e) &&
	       json_string_is(&version, "1.0.0", e);
}
