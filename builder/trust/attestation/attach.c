/* SPDX-License-Identifier: Apache-2.0 */
/* Signs statements and puts them beside their image. */

#include "trust/attestation/attestations.h"

#include <time.h>

#include "transfer/registry/artifact.h"
#include "transfer/registry/artifact_push.h"
#include "trust/signature/simple_update.h"

struct attaching {
	struct arena *a;
	const struct signing_order *order;
	struct session session;
	struct attach_result *out;

	/* of one manifest */
	struct artifact subject;
	struct str tagged;	       /* what stands under its tag for attestations */
	struct simple_layers more;     /* what comes to that ... */
	struct LIST(struct str) texts; /* ... and its blobs */
};

static bool attach_sign(struct arena *a, const struct key *k, struct str statement, struct str *out,
			struct error *e)
{
	return key_sign(a, k, dsse_pae(a, DSSE_STATEMENT_TYPE, statement), out, e);
}

bool attestation_bundle(struct arena *a, const struct key *k, struct str statement, struct str *out,
			struct error *e)
{
	struct str bytes;

	if (!attach_sign(a, k, statement, &bytes, e))
		return false;
	*out = dsse_bundle_text(a, k->hint, statement, bytes);
	return true;
}

static bool attach_is_there(struct attaching *t, const struct signatures *there,
			    const struct attestation *x, const struct key *k,
			    enum signature_form form)
{
	for (size_t i = 0; i < there->n; i++) {
		const struct image_signature *s = &there->v[i];

		if (s->form == form && str_eq(s->bundle.payload, x->statement) &&
		    !signature_judge(t->a, s, k, t->subject.name, x->type))
			return true;
	}
	return false;
}

/* The form of cosign 2: collected, for all of one manifest go under one tag. */
static bool attach_add_envelope(struct attaching *t, const struct attestation *x,
				const struct key *k, struct error *e)
{
	struct str bytes, text;
	struct digest d;

	if (!attach_sign(t->a, k, x->statement, &bytes, e))
		return false;
	text = dsse_envelope_text(t->a, DSSE_STATEMENT_TYPE, x->statement, bytes);
	d = digest_of(text);
	*list_push(t->a, &t->texts) = text;
	*list_push(t->a, &t->more) = (struct simple_layer){
		.payload = arena_printf(t->a, "sha256:%s", digest_hex_dup(t->a, &d)),
		.size = text.n,
		.signature = "",
		.predicate_type = x->type
	};
	return true;
}

static bool attach_push_envelopes(struct attaching *t, struct error *e)
{
	const struct simple_update update = { .tag = simple_tag(t->a, t->subject.name,
								SIMPLE_ATTESTATIONS),
					      .tagged = t->tagged,
					      .media_type = DSSE_ENVELOPE_TYPE,
					      .more = &t->more,
					      .texts = { t->texts.v, t->texts.n } };

	return t->more.n == 0 ||
	       simple_update_push(t->a, &t->session, t->order->options, &update, e);
}

/* The form of cosign 3: a manifest of its own. */
static bool attach_push_bundle(struct attaching *t, const struct attestation *x,
			       const struct key *k, struct error *e)
{
	const struct document *d = &t->subject.document;
	const struct referrer_subject subject = { d->media_type, t->subject.name, d->text.n };
	struct str texts[2] = { REFERRER_CONFIG, { NULL, 0 } };

	return attestation_bundle(t->a, k, x->statement, &texts[1], e) &&
	       artifact_push(&t->session, t->order->options, NULL,
			     dsse_manifest_text(t->a, &subject, x->type, texts[1],
						(int64_t)time(NULL)),
			     &(struct artifact_texts){ texts, 2 }, e);
}

static bool attach_one(struct attaching *t, const struct attestation *x, struct error *e)
{
	const struct keys *keys = t->order->keys;
	struct signatures there;

	if (!signatures_find(t->a, &t->session, t->subject.name, x->type, &there, e))
		return false;
	t->tagged = there.tagged;
	for (size_t i = 0; i < keys->n; i++) {
		const struct key *k = &keys->v[i];
		bool envelope = attach_is_there(t, &there, x, k, SIGNATURE_ENVELOPE);
		bool bundle = attach_is_there(t, &there, x, k, SIGNATURE_BUNDLE);

		t->out->there += (size_t)envelope + bundle;
		t->out->made += 2 - ((size_t)envelope + bundle);
		if ((!envelope && !attach_add_envelope(t, x, k, e)) ||
		    (!bundle && !attach_push_bundle(t, x, k, e)))
			return false;
	}
	return true;
}

/* All that belong to the manifest with this digest. */
static bool attach_to(struct attaching *t, const struct attestation_list *l, const char *digest,
		      struct error *e)
{
	const struct reference *r = t->order->image;
	int got = artifact_get(t->a, &t->session, digest, &t->subject, e);

	if (got == 0)
		err_set(e, ERR_FINDINGS, "%s/%s does not have %s; push the image first", r->host,
			r->name, digest);
	if (got <= 0)
		return false;
	t->more = (struct simple_layers){ NULL, 0, 0 };
	t->texts.n = 0;
	for (size_t i = 0; i < l->n; i++) {
		if (strcmp(l->v[i].digest, digest) == 0 && !attach_one(t, &l->v[i], e))
			return err_wrap(e, "%s", l->v[i].type);
	}
	return attach_push_envelopes(t, e);
}

static bool attach_all(struct attaching *t, const struct attestation_list *l, struct error *e)
{
	struct strings done = { 0 };

	for (size_t i = 0; i < l->n; i++) {
		if (strings_has(&done, l->v[i].digest))
			continue;
		*list_push(t->a, &done) = l->v[i].digest;
		if (!attach_to(t, l, l->v[i].digest, e))
			return false;
	}
	return true;
}

bool attestations_attach(struct arena *a, const struct signing_order *o,
			 const struct attestation_list *l, struct attach_result *out,
			 struct error *e)
{
	struct attaching t = { .a = a, .order = o, .out = out };
	struct strings scopes = { 0 };
	bool ok;

	*out = (struct attach_result){ 0, 0 };
	*list_push(a, &scopes) = arena_printf(a, "repository:%s:pull,push", o->image->name);
	ok = session_open(&t.session, o->image, o->options, &scopes, e) && attach_all(&t, l, e);
	session_close(&t.session);
	return ok;
}
