/* SPDX-License-Identifier: Apache-2.0 */
/* From an image's name to the signatures beside it. */

#include "trust/signature/image_signer.h"

#include <stdio.h>
#include <time.h>

#include "format/text/base64.h"
#include "transfer/registry/artifact.h"
#include "transfer/registry/artifact_push.h"
#include "trust/signature/simple_update.h"
#include "trust/signature/statement.h"

struct signer {
	struct arena *a;
	const struct signing_order *order;
	struct session session;
	struct documents done; /* what was signed */
	struct signing_result *out;
};

/* The manifest that is meant: of a digest, or what the tag stands for now. */
static bool signer_resolve(struct signer *s, struct artifact *out, struct error *e)
{
	const struct reference *r = s->order->image;
	int got = artifact_get(s->a, &s->session, r->digest ? r->digest : r->tag, out, e);

	if (got == 0)
		err_set(e, ERR_NETWORK, "%s/%s has no image %s", r->host, r->name,
			r->digest ? r->digest : r->tag);
	return got > 0;
}

static bool signer_signed_already(struct signer *s, const struct signatures *there,
				  enum signature_form form, const struct key *k, const char *digest)
{
	for (size_t i = 0; i < there->n; i++) {
		if (there->v[i].form == form &&
		    !signature_judge(s->a, &there->v[i], k, digest, SIGN_PREDICATE))
			return true;
	}
	return false;
}

/* One payload, and a layer for each key that has not signed it: of simple signing. */
static bool signer_sign_simply(struct signer *s, const struct signatures *there, const char *digest,
			       struct error *e)
{
	const struct reference *r = s->order->image;
	struct str payload =
		simple_payload_text(s->a, arena_printf(s->a, "%s/%s", r->host, r->name), digest);
	struct digest d = digest_of(payload);
	const char *name = arena_printf(s->a, "sha256:%s", digest_hex_dup(s->a, &d));
	struct simple_layers more = { NULL, 0, 0 };

	for (size_t i = 0; i < s->order->keys->n; i++) {
		const struct key *k = &s->order->keys->v[i];
		struct str bytes;

		if (signer_signed_already(s, there, SIGNATURE_SIMPLE, k, digest)) {
			s->out->there++;
			continue;
		}
		if (!key_sign(s->a, k, payload, &bytes, e))
			return false;
		*list_push(s->a, &more) = (struct simple_layer){
			.payload = name, .size = payload.n, .signature = base64_encode(s->a, bytes)
		};
	}
	if (more.n == 0)
		return true;
	s->out->made += more.n;
	return simple_update_push(s->a, &s->session, s->order->options,
				  &(struct simple_update){
					  .tag = simple_tag(s->a, digest, SIMPLE_SIGNATURES),
					  .tagged = there->tagged,
					  .media_type = SIMPLE_PAYLOAD_TYPE,
					  .more = &more,
					  .texts = { &payload, 1 } },
				  e);
}

static bool signer_sign_bundle(struct signer *s, const struct key *k, const struct document *d,
			       const char *digest, struct error *e)
{
	const struct referrer_subject subject = { d->media_type, digest, d->text.n };
	const struct strings subjects = { (const char *[]){ digest }, 1, 1 };
	struct str statement = statement_text(s->a, &subjects, SIGN_PREDICATE, STR("{}"));
	struct str bytes, texts[2] = { REFERRER_CONFIG, { NULL, 0 } };

	if (!key_sign(s->a, k, dsse_pae(s->a, DSSE_STATEMENT_TYPE, statement), &bytes, e))
		return false;
	texts[1] = dsse_bundle_text(s->a, k->hint, statement, bytes);
	s->out->made++;
	return artifact_push(&s->session, s->order->options, NULL,
			     dsse_manifest_text(s->a, &subject, SIGN_PREDICATE, texts[1],
						(int64_t)time(NULL)),
			     &(struct artifact_texts){ texts, 2 }, e);
}

/* The certificates of a key, or NULL. */
static const struct certificates *signer_chain(const struct signing_order *o, const struct key *k)
{
	for (size_t i = 0; o->chains && i < o->chains->n; i++) {
		if (strcmp(o->chains->v[i].hint, k->hint) == 0)
			return &o->chains->v[i];
	}
	return NULL;
}

static bool signer_sign_notation(struct signer *s, const struct signatures *there,
				 const struct key *k, const struct artifact *m, struct error *e)
{
	const struct certificates *chain = signer_chain(s->order, k);
	const struct referrer_subject subject = { m->document.media_type, m->name,
						  m->document.text.n };
	int64_t now = (int64_t)time(NULL);
	struct str texts[2] = { REFERRER_CONFIG, { NULL, 0 } };

	if (!chain)
		return true;
	if (signer_signed_already(s, there, SIGNATURE_NOTATION, k, m->name)) {
		s->out->there++;
		return true;
	}
	if (!notation_sign(s->a, k, chain, &subject, now, &texts[1], e))
		return false;
	s->out->made++;
	return artifact_push(&s->session, s->order->options, NULL,
			     notation_manifest_text(s->a, &subject, chain, texts[1], now),
			     &(struct artifact_texts){ texts, 2 }, e);
}

static bool signer_sign_manifest(struct signer *s, const struct artifact *m, struct error *e)
{
	struct signatures there;

	if (!signatures_find(s->a, &s->session, m->name, SIGN_PREDICATE, &there, e) ||
	    !signer_sign_simply(s, &there, m->name, e))
		return err_wrap(e, "sign %s", m->name);
	for (size_t i = 0; i < s->order->keys->n; i++) {
		const struct key *k = &s->order->keys->v[i];

		if (signer_signed_already(s, &there, SIGNATURE_BUNDLE, k, m->name))
			s->out->there++;
		else if (!signer_sign_bundle(s, k, &m->document, m->name, e))
			return err_wrap(e, "sign %s", m->name);
		if (!signer_sign_notation(s, &there, k, m, e))
			return err_wrap(e, "sign %s", m->name);
	}
	s->out->manifests++;
	documents_add(s->a, &s->done, &m->document);
	return true;
}

/* What an index names goes first: when the image has a signature, all of it has. */
static bool signer_sign_below(struct signer *s, const struct artifact *m, unsigned depth,
			      struct error *e)
{
	const struct document *d = &m->document;

	if (depth > DOCUMENT_DEPTH_MAX)
		return err_set(e, ERR_INPUT, "indexes are nested more than %d deep",
			       DOCUMENT_DEPTH_MAX);
	for (size_t i = 0; d->index && i < d->parts.n; i++) {
		struct artifact child = { .etag = NULL };
		int have = documents_have(&s->done, &d->parts.v[i], e), got;

		if (have < 0)
			return false;
		if (have)
			continue;
		got = artifact_get(s->a, &s->session, d->parts.v[i].name, &child, e);
		if (got == 0)
			err_set(e, ERR_NETWORK, "%s, which the index %s names, is not there",
				d->parts.v[i].name, m->name);
		if (got <= 0 || !signer_sign_below(s, &child, depth + 1, e))
			return false;
	}
	return signer_sign_manifest(s, m, e);
}

static bool signer_open(struct signer *s, const char *may, struct error *e)
{
	struct strings scopes = { 0 };

	*list_push(s->a, &scopes) = arena_printf(s->a, "repository:%s:%s", s->order->image->name,
						 may);
	return session_open(&s->session, s->order->image, s->order->options, &scopes, e);
}

bool image_sign(struct arena *a, const struct signing_order *o, struct signing_result *out,
		struct error *e)
{
	struct signer s = { .a = a, .order = o, .out = out };
	struct artifact image = { .etag = NULL };
	bool ok;

	*out = (struct signing_result){ .made = 0 };
	ok = signer_open(&s, "pull,push", e) && signer_resolve(&s, &image, e) &&
	     signer_sign_below(&s, &image, 1, e);
	session_close(&s.session);
	snprintf(out->digest, sizeof(out->digest), "%s", image.name);
	return ok;
}

/* Which of the signatures are this key's; or why none is. */
static bool signer_verify_key(struct signer *s, const struct signatures *found, const struct key *k,
			      const char *digest, struct verified_key *out, struct error *e)
{
	struct buf reasons = { .a = s->a, .max = 600 };

	*out = (struct verified_key){ .key = k };
	for (size_t i = 0; i < found->n; i++) {
		const struct image_signature *sig = &found->v[i];
		const char *why = signature_judge(s->a, sig, k, digest, SIGN_PREDICATE);

		if (why) {
			buf_printf(&reasons, "%s%s %.30s: %s", reasons.n ? "; " : "",
				   signature_form_name(sig->form), sig->where, why);
			continue;
		}
		out->forms[sig->form] = true;
		*list_push(s->a, &out->where) = sig->where;
	}
	return out->where.n ||
	       err_set(e, ERR_VERIFY, "none of the %zu signatures of %s is of the key %s: %s",
		       found->n, digest, k->file, buf_cstr(&reasons));
}

static bool signer_verify_found(struct signer *s, const char *digest, struct verified *out,
				struct error *e)
{
	const struct keys *keys = s->order->keys;
	struct signatures found;

	if (!signatures_find(s->a, &s->session, digest, SIGN_PREDICATE, &found, e))
		return false;
	if (found.n == 0)
		return err_set(e, ERR_FINDINGS, "%s/%s@%s has no signature", s->order->image->host,
			       s->order->image->name, digest);
	for (size_t i = 0; i < keys->n; i++) {
		if (!signer_verify_key(s, &found, &keys->v[i], digest, list_push(s->a, &out->keys),
				       e))
			return false;
	}
	return true;
}

bool image_verify(struct arena *a, const struct signing_order *o, struct verified *out,
		  struct error *e)
{
	struct signer s = { .a = a, .order = o };
	struct artifact image = { .etag = NULL };
	bool ok;

	*out = (struct verified){ .keys = { NULL, 0, 0 } };
	ok = signer_open(&s, "pull", e) && signer_resolve(&s, &image, e) &&
	     signer_verify_found(&s, image.name, out, e);
	session_close(&s.session);
	snprintf(out->digest, sizeof(out->digest), "%s", image.name);
	return ok;
}
