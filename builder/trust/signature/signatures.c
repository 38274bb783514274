/* SPDX-License-Identifier: Apache-2.0 */
/* From the registry to signatures. Judges nothing. */

#include "trust/signature/signatures.h"

#include "format/json/jsonx.h"
#include "format/text/base64.h"
#include "transfer/registry/artifact.h"
#include "transfer/registry/referrers.h"
#include "trust/signature/simple_signing.h"
#include "trust/signature/statement.h"

#define PAYLOAD_MAX (1u << 20)
#define SIGNATURE_LAYERS_MAX 1000

struct signature_search {
	struct arena *a;
	struct session *session;
	const char *digest, *predicate_type;
	struct signatures *out;
};

const char *signature_form_name(enum signature_form form)
{
	static const char *const names[] = { [SIGNATURE_SIMPLE] = "simple signing",
					     [SIGNATURE_BUNDLE] = "bundle",
					     [SIGNATURE_NOTATION] = "notation",
					     [SIGNATURE_ENVELOPE] = "envelope" };

	return names[form];
}

/* What is malformed is noted with the signature; what the network does is not its fault. */
static bool finding_note_fault(struct signature_search *f, struct image_signature *s,
			       struct error *e)
{
	char text[1600];

	if (e->kind != ERR_INPUT && e->kind != ERR_VERIFY)
		return false;
	err_format(e, text, sizeof(text));
	s->fault = arena_strdup(f->a, text);
	err_clear(e);
	return true;
}

static bool finding_read_layer(struct signature_search *f, const struct simple_layer *l,
			       struct image_signature *s, struct error *e)
{
	struct document_part part = { .size = l->size };
	struct str text;

	if (!content_digest_parse(str_of(l->payload), &part.digest))
		return err_set(e, ERR_INPUT, "its payload has no sha256 or sha512 digest");
	if (s->form == SIGNATURE_SIMPLE && l->size > PAYLOAD_MAX)
		return err_set(e, ERR_INPUT, "its payload has more than %u bytes", PAYLOAD_MAX);
	document_part_name(&part, "payload");
	if (s->form == SIGNATURE_ENVELOPE)
		return artifact_blob(f->a, f->session, &part, &text, e) &&
		       dsse_envelope_read(f->a, text, &s->bundle, e);
	if (!base64_decode(f->a, str_of(l->signature), &s->bytes))
		return err_set(e, ERR_INPUT, "its signature is not base64");
	return artifact_blob(f->a, f->session, &part, &s->payload, e);
}

/* Is it of a type that is looked for, as far as it is known? What tells no predicate type in its
 * annotations (`said`) tells it in its statement. */
static bool finding_is_wanted(struct signature_search *f, const char *said,
			      const struct image_signature *s)
{
	struct error ignored = { 0 };
	struct statement statement;

	if (!said && (s->fault || !statement_read(f->a, s->bundle.payload, &statement, &ignored)))
		return true;
	if (!said)
		said = statement.predicate_type;
	return f->predicate_type ? strcmp(said, f->predicate_type) == 0
				 : strcmp(said, SIGN_PREDICATE) != 0;
}

static bool tagged_read_layers(struct signature_search *f, const struct document *d,
			       const char *media_type, struct simple_layers *out, struct error *e)
{
	f->out->tagged = d->text;
	if (d->index)
		return err_set(e, ERR_INPUT, "an index stands where signatures should");
	return simple_layers_read(f->a, d->text, media_type, out, e);
}

/* What stands under a tag: all signatures of simple signing, or attestations. */
static bool finding_read_tag(struct signature_search *f, enum signature_form form, struct error *e)
{
	bool simple = form == SIGNATURE_SIMPLE;
	const char *tag = simple_tag(f->a, f->digest,
				     simple ? SIMPLE_SIGNATURES : SIMPLE_ATTESTATIONS);
	struct image_signature s = { .form = form, .where = tag };
	struct artifact m = { .etag = NULL };
	struct simple_layers layers;
	int got = artifact_get(f->a, f->session, tag, &m, e);

	if (got == 0)
		return true;
	if (got < 0 ||
	    !tagged_read_layers(f, &m.document, simple ? SIMPLE_PAYLOAD_TYPE : DSSE_ENVELOPE_TYPE,
				&layers, e)) {
		if (!finding_note_fault(f, &s, e))
			return false;
		*list_push(f->a, f->out) = s;
		return true;
	}
	for (size_t i = 0; i < layers.n && i < SIGNATURE_LAYERS_MAX; i++) {
		struct image_signature one = s;
		const char *said = layers.v[i].predicate_type;

		if (!simple && said && !finding_is_wanted(f, said, &one))
			continue;
		if (!finding_read_layer(f, &layers.v[i], &one, e) &&
		    !finding_note_fault(f, &one, e))
			return false;
		if (simple || finding_is_wanted(f, said, &one))
			*list_push(f->a, f->out) = one;
	}
	return true;
}

/* What the manifest of a referrer says of itself. */
struct referrer {
	bool bundle, notation;
	const char *subject, *predicate_type;
};

static bool referrer_read(struct arena *a, const struct document *d, struct referrer *out,
			  struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, n;
	const char *type;

	*out = (struct referrer){ .bundle = false };
	if (!json_parse("referrer", d->text, &doc, e))
		return false;
	root = json_root(&doc);
	type = jsonx_text(a, &root, "artifactType");
	out->bundle = !d->index && d->parts.n == 2 &&
		      ((type && strcmp(type, BUNDLE_TYPE) == 0) ||
		       strcmp(d->parts.v[1].media_type, BUNDLE_TYPE) == 0);
	out->notation = !d->index && d->parts.n == 2 &&
			((type && strcmp(type, NOTATION_TYPE) == 0) ||
			 strcmp(d->parts.v[0].media_type, NOTATION_TYPE) == 0);
	if (jsonx_get(&root, "subject", &n))
		out->subject = jsonx_text(a, &n, "digest");
	if (jsonx_get(&root, "annotations", &n))
		out->predicate_type = jsonx_text(a, &n, BUNDLE_PREDICATE_NOTE);
	return true;
}

static bool finding_read_bundle(struct signature_search *f, const struct document_part *layer,
				struct image_signature *s, struct error *e)
{
	struct str text;

	if (!artifact_blob(f->a, f->session, layer, &text, e))
		return false;
	return s->form == SIGNATURE_NOTATION ? notation_read(f->a, text, &s->notation, e)
					     : dsse_bundle_read(f->a, text, &s->bundle, e);
}

static bool finding_read_referrer(struct signature_search *f, const char *name, struct error *e)
{
	struct image_signature s = { .form = SIGNATURE_BUNDLE, .where = name };
	struct artifact m = { .etag = NULL };
	struct referrer r;
	int got = artifact_get(f->a, f->session, name, &m, e);

	if (got == 0)
		return true; /* the list is older than what it lists */
	if (got < 0) {
		if (!finding_note_fault(f, &s, e))
			return false;
		*list_push(f->a, f->out) = s;
		return true;
	}
	if (!referrer_read(f->a, &m.document, &r, e))
		return finding_note_fault(f, &s, e);
	if (r.notation) {
		s.form = SIGNATURE_NOTATION;
		r.predicate_type = SIGN_PREDICATE;
	}
	if ((!r.bundle && !r.notation) ||
	    (r.predicate_type && !finding_is_wanted(f, r.predicate_type, &s)))
		return true;
	if (!r.subject || strcmp(r.subject, f->digest) != 0)
		s.fault = arena_printf(f->a, "its manifest is about %.80s",
				       r.subject ? r.subject : "no image");
	else if (!finding_read_bundle(f, &m.document.parts.v[1], &s, e) &&
		 !finding_note_fault(f, &s, e))
		return false;
	if (finding_is_wanted(f, r.predicate_type, &s))
		*list_push(f->a, f->out) = s;
	return true;
}

static bool finding_read_referrers(struct signature_search *f, struct error *e)
{
	struct strings referrers;

	if (!referrers_list(f->a, f->session, f->digest, &referrers, e))
		return false;
	for (size_t i = 0; i < referrers.n; i++) {
		if (!finding_read_referrer(f, referrers.v[i], e))
			return false;
	}
	return true;
}

static enum signature_form finding_tagged_form(const char *predicate_type)
{
	return predicate_type && strcmp(predicate_type, SIGN_PREDICATE) == 0 ? SIGNATURE_SIMPLE
									     : SIGNATURE_ENVELOPE;
}

bool signatures_find_tagged(struct arena *a, struct session *s, const char *digest,
			    const char *predicate_type, struct signatures *out, struct error *e)
{
	struct signature_search f = { a, s, digest, predicate_type, out };

	*out = (struct signatures){ .n = 0 };
	return finding_read_tag(&f, finding_tagged_form(predicate_type), e);
}

bool signatures_find_referring(struct arena *a, struct session *s, const char *digest,
			       const char *predicate_type, struct signatures *out, struct error *e)
{
	struct signature_search f = { a, s, digest, predicate_type, out };

	*out = (struct signatures){ .n = 0 };
	return finding_read_referrers(&f, e);
}

bool signatures_find(struct arena *a, struct session *s, const char *digest,
		     const char *predicate_type, struct signatures *out, struct error *e)
{
	struct signature_search f = { a, s, digest, predicate_type, out };

	*out = (struct signatures){ .n = 0 };
	return finding_read_tag(&f, finding_tagged_form(predicate_type), e) &&
	       finding_read_referrers(&f, e);
}
