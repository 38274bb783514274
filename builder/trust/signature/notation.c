/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of JSON web signatures (RFC 7515, flattened). */

#include "trust/signature/notation.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>

#include "base/rfc3339.h"
#include "base/version.h"
#include "format/json/jsonw.h"
#include "format/json/jsonx.h"
#include "format/text/base64.h"

#define PAYLOAD_TYPE "application/vnd.cncf.notary.payload.v1+json"
#define ENVELOPE_TYPE "application/jose+json"
#define SCHEME "io.cncf.notary.signingScheme"
#define SIGNING_TIME "io.cncf.notary.signingTime"
#define EXPIRY "io.cncf.notary.expiry"
#define SCALAR 32 /* bytes of each half of an ES256 signature (RFC 7518, 3.4) */

/* Base64 as URLs have it, without padding (RFC 7515, 2). */
static const char *notation_encode(struct arena *a, struct str bytes)
{
	char *text = arena_strdup(a, base64_encode(a, bytes));

	for (char *p = text; *p; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
	text[strcspn(text, "=")] = '\0';
	return text;
}

static bool notation_decode(struct arena *a, const char *text, struct str *out)
{
	char *copy = arena_strdup(a, text);

	if (strpbrk(copy, "+/="))
		return false;
	for (char *p = copy; *p; p++)
		*p = *p == '-' ? '+' : *p == '_' ? '/' : *p;
	return base64_decode(a, str_of(copy), out);
}

/* DER -> both numbers, 32 bytes each. */
static bool notation_to_raw(struct str der, unsigned char raw[static 2 * SCALAR])
{
	const unsigned char *p = (const unsigned char *)der.p;
	ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &p, (long)der.n);
	bool ok = s && BN_bn2binpad(ECDSA_SIG_get0_r(s), raw, SCALAR) == SCALAR &&
		  BN_bn2binpad(ECDSA_SIG_get0_s(s), raw + SCALAR, SCALAR) == SCALAR;

	ECDSA_SIG_free(s);
	return ok;
}

static bool notation_to_der(struct arena *a, struct str raw, struct str *out)
{
	const unsigned char *p = (const unsigned char *)raw.p;
	ECDSA_SIG *s = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(p, SCALAR, NULL), *t = BN_bin2bn(p + SCALAR, SCALAR, NULL);
	unsigned char *der = NULL;
	int n = 0;

	if (s && r && t && ECDSA_SIG_set0(s, r, t) == 1) {
		r = t = NULL;
		n = i2d_ECDSA_SIG(s, &der);
	}
	if (n > 0)
		*out = str_copy(a, (struct str){ (const char *)der, (size_t)n });
	OPENSSL_free(der);
	BN_free(r);
	BN_free(t);
	ECDSA_SIG_free(s);
	return n > 0;
}

static struct str notation_payload(struct arena *a, const struct referrer_subject *subject)
{
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_object(&w, "targetArtifact");
	jsonw_cstr(&w, "mediaType", subject->media_type);
	jsonw_cstr(&w, "digest", subject->digest);
	jsonw_u64(&w, "size", subject->size);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}

static struct str notation_protected(struct arena *a, int64_t when)
{
	char text_when[RFC3339_SIZE];
	struct buf text = { .a = a };
	struct jsonw w;

	rfc3339_format(when, text_when);
	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "alg", "ES256");
	jsonw_cstr(&w, "cty", PAYLOAD_TYPE);
	jsonw_array(&w, "crit");
	jsonw_cstr(&w, NULL, SCHEME);
	jsonw_array_end(&w);
	jsonw_cstr(&w, SCHEME, "notary.x509");
	jsonw_cstr(&w, SIGNING_TIME, text_when);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}

bool notation_sign(struct arena *a, const struct key *k, const struct certificates *chain,
		   const struct referrer_subject *subject, int64_t when, struct str *out,
		   struct error *e)
{
	const char *payload = notation_encode(a, notation_payload(a, subject));
	const char *protected = notation_encode(a, notation_protected(a, when));
	unsigned char raw[2 * SCALAR];
	struct buf text = { .a = a };
	struct str der;
	struct jsonw w;

	if (k->ed25519)
		return err_set(e, ERR_INPUT,
			       "%s: notation has no signatures with Ed25519; take a key on P-256",
			       k->file);
	if (!key_sign(a, k, str_of(arena_printf(a, "%s.%s", protected, payload)), &der, e))
		return false;
	if (!notation_to_raw(der, raw))
		return err_set(e, ERR_SYSTEM, "%s: libcrypto gave no signature", k->file);
	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "payload", payload);
	jsonw_cstr(&w, "protected", protected);
	jsonw_object(&w, "header");
	jsonw_array(&w, "x5c");
	for (size_t i = 0; i < chain->v.n; i++)
		jsonw_cstr(&w, NULL, base64_encode(a, chain->v.v[i].der));
	jsonw_array_end(&w);
	jsonw_cstr(&w, "io.cncf.notary.signingAgent", "imgbuild/" IMGBUILD_VERSION);
	jsonw_object_end(&w);
	jsonw_cstr(&w, "signature", notation_encode(a, (struct str){ (char *)raw, sizeof(raw) }));
	jsonw_object_end(&w);
	jsonw_finish(&w);
	*out = buf_str(&text);
	return true;
}

struct str notation_manifest_text(struct arena *a, const struct referrer_subject *subject,
				  const struct certificates *chain, struct str envelope,
				  int64_t when)
{
	const struct referrer_layer layers[] = { { ENVELOPE_TYPE, NULL, envelope },
						 { .type = NULL } };
	struct buf prints = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &prints, false);
	jsonw_array(&w, NULL);
	for (size_t i = 0; i < chain->v.n; i++)
		jsonw_cstr(&w, NULL, digest_hex_dup(a, &chain->v.v[i].sha256));
	jsonw_array_end(&w);
	jsonw_finish(&w);
	return referrer_manifest_text(a, subject,
				      &(struct referrer_content){
					      .config_type = NOTATION_TYPE,
					      .layers = layers,
					      .notes = { { "io.cncf.notary.x509chain.thumbprint#"
							   "S256",
							   buf_cstr(&prints) } },
					      .created = when });
}

/* What must be understood, and is not, makes it no signature. */
static bool notation_read_critical(struct arena *a, const struct json_node *root, struct error *e)
{
	static const char *const known[] = { SCHEME, EXPIRY };
	struct json_node list, item;
	const char *name;

	if (!json_need(root, "crit", &list, e) || !json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		if (!json_as_string(a, &item, &name, e))
			return false;
		if (!name_among(name, known, ARRAY_SIZE(known)))
			return json_fail(&item, e, "demands \"%.80s\", which is not supported",
					 name);
	}
	return true;
}

static bool notation_want(struct arena *a, const struct json_node *root, const char *key,
			  const char *value, struct error *e)
{
	struct json_node n;
	const char *text;

	return json_need(root, key, &n, e) && json_as_string(a, &n, &text, e) &&
	       (strcmp(text, value) == 0 ||
		json_fail(&n, e, "must be \"%s\", not \"%.80s\"", value, text));
}

static bool notation_read_protected(struct arena *a, struct str text, struct notation *out,
				    struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root;
	const char *expiry;

	if (!json_parse("protected header", text, &doc, e))
		return false;
	root = json_root(&doc);
	expiry = jsonx_text(a, &root, EXPIRY);
	if (expiry && !rfc3339_parse(expiry, &out->expiry))
		return err_set(e, ERR_INPUT, "protected header: " EXPIRY " is no time");
	return notation_want(a, &root, "alg", "ES256", e) &&
	       notation_want(a, &root, "cty", PAYLOAD_TYPE, e) &&
	       notation_read_critical(a, &root, e) &&
	       notation_want(a, &root, SCHEME, "notary.x509", e);
}

static bool notation_read_payload(struct arena *a, struct str text, struct notation *out,
				  struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, target, n;

	if (!json_parse("payload", text, &doc, e))
		return false;
	root = json_root(&doc);
	return json_need(&root, "targetArtifact", &target, e) &&
	       json_need(&target, "digest", &n, e) && json_as_string(a, &n, &out->target, e);
}

/* A member in base64; `text` as it stands there. */
static bool notation_need(struct arena *a, const struct json_node *root, const char *key,
			  const char **text, struct str *bytes, struct error *e)
{
	struct json_node n;

	if (!json_need(root, key, &n, e) || !json_as_string(a, &n, text, e))
		return false;
	return notation_decode(a, *text, bytes) ||
	       json_fail(&n, e, "is not base64 as URLs have it");
}

bool notation_read(struct arena *a, struct str text, struct notation *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	const char *payload, *protected, *signature;
	struct str payload_bytes, protected_bytes, raw;
	struct json_node root;

	*out = (struct notation){ .target = NULL };
	if (!json_parse("signature", text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!notation_need(a, &root, "payload", &payload, &payload_bytes, e) ||
	    !notation_need(a, &root, "protected", &protected, &protected_bytes, e) ||
	    !notation_need(a, &root, "signature", &signature, &raw, e) ||
	    !notation_read_protected(a, protected_bytes, out, e) ||
	    !notation_read_payload(a, payload_bytes, out, e))
		return false;
	out->bytes = str_of(arena_printf(a, "%s.%s", protected, payload));
	return (raw.n == 2 * SCALAR && notation_to_der(a, raw, &out->signature)) ||
	       err_set(e, ERR_INPUT, "signature: it is not of %d bytes, as ES256 has it",
		       2 * SCALAR);
}
