/* SPDX-License-Identifier: Apache-2.0 */
/* Records as JSON, in envelopes. Believes nothing that it reads. */

#include "trust/cache/cache_record.h"

#include <time.h>

#include "format/json/jsonw.h"
#include "format/json/jsonx.h"
#include "trust/signature/dsse.h"

static void record_write_blob(struct jsonw *w, const char *member, const struct cache_blob *b)
{
	char hex[DIGEST_TEXT];

	digest_hex(&b->digest, hex);
	jsonw_object(w, member);
	jsonw_cstr(w, "sha256", hex);
	jsonw_u64(w, "size", b->size);
	jsonw_object_end(w);
}

static struct str record_payload(struct arena *a, const struct cache_record *r)
{
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "key", digest_hex_dup(a, &r->key));
	jsonw_cstr(&w, "name", r->name);
	record_write_blob(&w, "result", &r->result);
	jsonw_array(&w, "blobs");
	list_each(b, &r->blobs)
		record_write_blob(&w, NULL, b);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}

bool cache_record_text(struct arena *a, const struct cache_record *r, const struct key *signer,
		       struct str *out, struct error *e)
{
	struct str payload = record_payload(a, r), signature;

	*out = payload;
	if (!signer)
		return true;
	if (!key_sign(a, signer, dsse_pae(a, CACHE_RECORD_TYPE, payload), &signature, e))
		return false;
	*out = dsse_envelope_text(a, CACHE_RECORD_TYPE, payload, signature);
	return true;
}

static bool record_read_blob(struct arena *a, const struct json_node *n, struct cache_blob *out,
			     struct error *e)
{
	struct json_node member;
	const char *hex;

	if (!json_want_object(n, e) || !json_need(n, "sha256", &member, e) ||
	    !json_as_string(a, &member, &hex, e))
		return false;
	if (!digest_parse(str_of(hex), &out->digest))
		return json_fail(&member, e, "must be 64 lower-case hexadecimal digits");
	return json_need(n, "size", &member, e) && json_as_u64(&member, &out->size, e);
}

static bool record_read_payload(struct arena *a, struct str payload, struct cache_record *out,
				struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, n, item;
	const char *hex;

	*out = (struct cache_record){ .name = "" };
	if (!json_parse("record", payload, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e) || !json_need(&root, "key", &n, e) ||
	    !json_as_string(a, &n, &hex, e))
		return false;
	if (!digest_parse(str_of(hex), &out->key))
		return json_fail(&n, e, "must be 64 lower-case hexadecimal digits");
	if (!jsonx_string(a, &root, "name", &out->name, e) || !json_need(&root, "result", &n, e) ||
	    !record_read_blob(a, &n, &out->result, e))
		return false;
	if (out->result.size > CACHE_RESULT_MAX)
		return json_fail(&n, e, "is larger than %u bytes", CACHE_RESULT_MAX);
	if (!json_need(&root, "blobs", &n, e) || !json_want_array(&n, e))
		return false;
	for (size_t i = 0; json_item(&n, i, &item); i++) {
		if (i == CACHE_BLOBS_MAX)
			return json_fail(&item, e, "more than %d blobs", CACHE_BLOBS_MAX);
		if (!record_read_blob(a, &item, list_push(a, &out->blobs), e))
			return false;
	}
	return true;
}

/* A key out of a certificate is good for its time. */
static bool record_key_is_in_time(const struct key *k, int64_t now)
{
	return (!k->from || now >= k->from) && (!k->until || now <= k->until);
}

static bool record_is_signed(struct arena *a, const struct dsse_bundle *envelope,
			     const struct keys *keys)
{
	struct str pae = dsse_pae(a, CACHE_RECORD_TYPE, envelope->payload);
	int64_t now = (int64_t)time(NULL);

	list_each(k, keys) {
		list_each(signature, &envelope->signatures) {
			if (record_key_is_in_time(k, now) && key_verify(k, pae, *signature))
				return true;
		}
	}
	return false;
}

/* The payload of a record as it is kept. */
static bool record_open(struct arena *a, struct str text, const struct keys *keys, struct str *out,
			struct error *e)
{
	struct error none = { 0 };
	struct dsse_bundle envelope;

	if (!dsse_envelope_read(a, text, &envelope, &none)) {
		*out = text;
		return keys->n == 0 || err_set(e, ERR_VERIFY, "its record is not signed");
	}
	*out = envelope.payload;
	if (strcmp(envelope.payload_type, CACHE_RECORD_TYPE) != 0)
		return err_set(e, ERR_VERIFY, "what is signed is not the record of a cache");
	return keys->n == 0 || record_is_signed(a, &envelope, keys) ||
	       err_set(e, ERR_VERIFY, "none of the keys of --cache-key has signed its record");
}

bool cache_record_read(struct arena *a, struct str text, const struct keys *keys,
		       const struct digest *key, struct cache_record *out, struct error *e)
{
	struct str payload;

	if (text.n > CACHE_RECORD_MAX)
		return err_set(e, ERR_INPUT, "its record is larger than %u bytes",
			       CACHE_RECORD_MAX);
	if (!record_open(a, text, keys, &payload, e) || !record_read_payload(a, payload, out, e))
		return false;
	return digest_eq(&out->key, key) ||
	       err_set(e, ERR_VERIFY, "its record is of another key, %s",
		       digest_hex_dup(a, &out->key));
}

static bool record_blob_eq(const struct cache_blob *x, const struct cache_blob *y)
{
	return x->size == y->size && digest_eq(&x->digest, &y->digest);
}

bool cache_record_eq(const struct cache_record *x, const struct cache_record *y)
{
	bool same = digest_eq(&x->key, &y->key) && record_blob_eq(&x->result, &y->result) &&
		    x->blobs.n == y->blobs.n;

	for (size_t i = 0; same && i < x->blobs.n; i++)
		same = record_blob_eq(&x->blobs.v[i], &y->blobs.v[i]);
	return same;
}
