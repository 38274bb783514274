/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of bundles and statements. Nothing here is signed or verified. */

#include "trust/signature/dsse.h"

#include "base/digest.h"
#include "base/rfc3339.h"
#include "format/json/json_copy.h"
#include "format/json/jsonx.h"
#include "format/text/base64.h"

#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define EMPTY_TYPE "application/vnd.oci.empty.v1+json"
#define SIGNATURES_MAX 32
#define SUBJECTS_MAX 1000

struct str dsse_pae(struct arena *a, const char *type, struct str payload)
{
	struct buf text = { .a = a };

	buf_printf(&text, "DSSEv1 %zu %s %zu ", strlen(type), type, payload.n);
	buf_add(&text, payload);
	return buf_str(&text);
}

struct str dsse_bundle_text(struct arena *a, const char *hint, struct str payload,
			    struct str signature)
{
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "mediaType", BUNDLE_TYPE);
	jsonw_object(&w, "verificationMaterial");
	jsonw_object(&w, "publicKey");
	jsonw_cstr(&w, "hint", hint);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	jsonw_object(&w, "dsseEnvelope");
	jsonw_cstr(&w, "payload", base64_encode(a, payload));
	jsonw_cstr(&w, "payloadType", DSSE_STATEMENT_TYPE);
	jsonw_array(&w, "signatures");
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "sig", base64_encode(a, signature));
	jsonw_object_end(&w);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}

/* A member that holds bytes in base64. */
static bool dsse_read_bytes(struct arena *a, const struct json_node *object, const char *key,
			    struct str *out, struct error *e)
{
	struct json_node n;
	const char *text;

	if (!json_need(object, key, &n, e) || !json_as_string(a, &n, &text, e))
		return false;
	return base64_decode(a, str_of(text), out) || json_fail(&n, e, "is not base64");
}

static bool dsse_read_envelope(struct arena *a, const struct json_node *envelope,
			       struct dsse_bundle *out, struct error *e)
{
	struct json_node list, item, type;

	if (!dsse_read_bytes(a, envelope, "payload", &out->payload, e) ||
	    !json_need(envelope, "payloadType", &type, e) ||
	    !json_as_string(a, &type, &out->payload_type, e) ||
	    !json_need(envelope, "signatures", &list, e) || !json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		if (i == SIGNATURES_MAX)
			return json_fail(&item, e, "more than %d signatures", SIGNATURES_MAX);
		if (!dsse_read_bytes(a, &item, "sig", list_push(a, &out->signatures), e))
			return false;
	}
	return out->signatures.n > 0 || json_fail(&list, e, "holds no signature");
}

bool dsse_bundle_read(struct arena *a, struct str text, struct dsse_bundle *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, type, material, key, envelope;
	const char *said;

	*out = (struct dsse_bundle){ NULL, NULL, { NULL, 0 }, { NULL, 0, 0 } };
	if (!json_parse("bundle", text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_need(&root, "mediaType", &type, e) || !json_as_string(a, &type, &said, e))
		return false;
	if (strcmp(said, BUNDLE_TYPE) != 0)
		return json_fail(&type, e, "must be \"" BUNDLE_TYPE "\"");
	if (!json_need(&root, "verificationMaterial", &material, e))
		return false;
	if (jsonx_get(&material, "publicKey", &key)) {
		out->hint = jsonx_text(a, &key, "hint");
		if (!out->hint)
			out->hint = "";
	}
	return json_need(&root, "dsseEnvelope", &envelope, e) &&
	       dsse_read_envelope(a, &envelope, out, e);
}

bool statement_text(struct arena *a, const char *digest, const char *predicate_type,
		    struct str predicate, struct str *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root;
	struct buf text = { .a = a };
	struct jsonw w;

	if (!json_parse("predicate", predicate, &doc, e))
		return false;
	root = json_root(&doc);
	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "_type", STATEMENT_TYPE);
	jsonw_array(&w, "subject");
	jsonw_object(&w, NULL);
	jsonw_object(&w, "digest");
	jsonw_cstr(&w, "sha256", digest + strlen("sha256:"));
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	jsonw_array_end(&w);
	jsonw_cstr(&w, "predicateType", predicate_type);
	if (!json_copy(&w, "predicate", &root, e))
		return false;
	jsonw_object_end(&w);
	jsonw_finish(&w);
	*out = buf_str(&text);
	return true;
}

static bool statement_read_subjects(struct arena *a, const struct json_node *root,
				    struct statement *out, struct error *e)
{
	struct json_node list, item, digest;

	if (!json_need(root, "subject", &list, e) || !json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		const char *hex = NULL;

		if (i == SUBJECTS_MAX)
			return json_fail(&item, e, "more than %d subjects", SUBJECTS_MAX);
		if (jsonx_get(&item, "digest", &digest))
			hex = jsonx_text(a, &digest, "sha256");
		if (!hex)
			return json_fail(&item, e, "has no sha256 digest");
		*list_push(a, &out->subjects) = hex;
	}
	return true;
}

bool statement_read(struct arena *a, struct str text, struct statement *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, n;
	const char *type;

	*out = (struct statement){ NULL, { NULL, 0, 0 } };
	if (!json_parse("statement", text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_need(&root, "_type", &n, e) || !json_as_string(a, &n, &type, e))
		return false;
	if (strcmp(type, STATEMENT_TYPE) != 0 &&
	    strcmp(type, "https://in-toto.io/Statement/v0.1") != 0)
		return json_fail(&n, e, "must be \"" STATEMENT_TYPE "\"");
	return json_need(&root, "predicateType", &n, e) &&
	       json_as_string(a, &n, &out->predicate_type, e) &&
	       statement_read_subjects(a, &root, out, e);
}

static void dsse_write_part(struct jsonw *w, const char *key, const char *type, struct str bytes)
{
	AUTO_ARENA a = { 0 };
	struct digest d = digest_of(bytes);

	jsonw_object(w, key);
	jsonw_cstr(w, "mediaType", type);
	jsonw_printf(w, "digest", "sha256:%s", digest_hex_dup(&a, &d));
	jsonw_u64(w, "size", bytes.n);
	jsonw_object_end(w);
}

struct str dsse_manifest_text(struct arena *a, const struct dsse_subject *subject,
			      const char *predicate_type, struct str bundle, int64_t created)
{
	char when[RFC3339_SIZE];
	struct buf text = { .a = a };
	struct jsonw w;

	rfc3339_format(created, when);
	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_u64(&w, "schemaVersion", 2);
	jsonw_cstr(&w, "mediaType", "application/vnd.oci.image.manifest.v1+json");
	jsonw_cstr(&w, "artifactType", BUNDLE_TYPE);
	dsse_write_part(&w, "config", EMPTY_TYPE, STR("{}"));
	jsonw_array(&w, "layers");
	dsse_write_part(&w, NULL, BUNDLE_TYPE, bundle);
	jsonw_array_end(&w);
	jsonw_object(&w, "subject");
	jsonw_cstr(&w, "mediaType", subject->media_type);
	jsonw_cstr(&w, "digest", subject->digest);
	jsonw_u64(&w, "size", subject->size);
	jsonw_object_end(&w);
	jsonw_object(&w, "annotations");
	jsonw_cstr(&w, "dev.sigstore.bundle.content", "dsse-envelope");
	jsonw_cstr(&w, BUNDLE_PREDICATE_NOTE, predicate_type);
	jsonw_cstr(&w, "org.opencontainers.image.created", when);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}
