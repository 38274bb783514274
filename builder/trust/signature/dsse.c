/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of envelopes and bundles. Nothing here is signed or verified. */

#include "trust/signature/dsse.h"

#include "format/json/jsonw.h"
#include "format/json/jsonx.h"
#include "format/text/base64.h"

#define SIGNATURES_MAX 32

struct str dsse_pae(struct arena *a, const char *type, struct str payload)
{
	struct buf text = { .a = a };

	buf_printf(&text, "DSSEv1 %zu %s %zu ", strlen(type), type, payload.n);
	buf_add(&text, payload);
	return buf_str(&text);
}

/* `keyid` NULL: none. A bundle's envelope has none, and cosign refuses one there; cosign 2 writes
 * an empty one elsewhere. */
static void dsse_write_envelope(struct arena *a, struct jsonw *w, const char *key, const char *type,
				struct str payload, const char *keyid, struct str signature)
{
	jsonw_object(w, key);
	jsonw_cstr(w, "payload", base64_encode(a, payload));
	jsonw_cstr(w, "payloadType", type);
	jsonw_array(w, "signatures");
	jsonw_object(w, NULL);
	if (keyid)
		jsonw_cstr(w, "keyid", keyid);
	jsonw_cstr(w, "sig", base64_encode(a, signature));
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

struct str dsse_envelope_text(struct arena *a, const char *type, struct str payload,
			      struct str signature)
{
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	dsse_write_envelope(a, &w, NULL, type, payload, "", signature);
	jsonw_finish(&w);
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
	dsse_write_envelope(a, &w, "dsseEnvelope", DSSE_STATEMENT_TYPE, payload, NULL, signature);
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

bool dsse_envelope_read(struct arena *a, struct str text, struct dsse_bundle *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root;

	*out = (struct dsse_bundle){ .hint = "" };
	if (!json_parse("envelope", text, &doc, e))
		return false;
	root = json_root(&doc);
	return dsse_read_envelope(a, &root, out, e);
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

struct str dsse_manifest_text(struct arena *a, const struct referrer_subject *subject,
			      const char *predicate_type, struct str bundle, int64_t created)
{
	const struct referrer_layer layers[] = { { BUNDLE_TYPE, NULL, bundle }, { .type = NULL } };

	return referrer_manifest_text(a, subject,
				      &(struct referrer_content){
					      .artifact_type = BUNDLE_TYPE,
					      .config_type = REFERRER_EMPTY_TYPE,
					      .layers = layers,
					      .notes = { { "dev.sigstore.bundle.content",
							   "dsse-envelope" },
							 { BUNDLE_PREDICATE_NOTE,
							   predicate_type } },
					      .created = created });
}
