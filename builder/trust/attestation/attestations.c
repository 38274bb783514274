/* SPDX-License-Identifier: Apache-2.0 */
/* From the registry to attestations, and which key made them. */

#include "trust/attestation/attestations.h"

#include <stdio.h>

#include "transfer/registry/artifact.h"
#include "trust/signature/statement.h"

static bool found_is_same(const struct found_attestation *f, const struct key *k, const char *why,
			  struct str payload)
{
	return f->key == k && !f->why == !why && str_eq(f->statement, payload);
}

/* Which key of the order signed it: the first, or NULL and why the last did not. */
static const struct key *found_judge(struct arena *a, const struct keys *keys,
				     const struct image_signature *s, const char *digest,
				     const char *type, const char **why)
{
	*why = NULL;
	for (size_t i = 0; i < keys->n; i++) {
		*why = signature_judge(a, s, &keys->v[i], digest, type);
		if (!*why)
			return &keys->v[i];
	}
	return NULL;
}

/* What it says: read when it is known who signed it, or that nobody asked for did. */
static const char *found_read_statement(struct arena *a, const struct image_signature *s,
					struct statement *out)
{
	struct error bad = { 0 };
	char text[1600];

	*out = (struct statement){ .predicate_type = NULL };
	if (s->fault)
		return s->fault;
	if (statement_read(a, s->bundle.payload, out, &bad))
		return NULL;
	err_format(&bad, text, sizeof(text));
	return arena_strdup(a, text);
}

static void found_add(struct arena *a, const struct signing_order *o, const char *type,
		      const struct image_signature *s, struct found_attestations *out)
{
	const char *why, *unreadable;
	const struct key *k = found_judge(a, o->keys, s, out->digest, type, &why);
	struct statement statement;
	struct found_attestation *f;

	unreadable = found_read_statement(a, s, &statement);
	if (unreadable)
		why = unreadable;
	for (size_t i = 0; i < out->v.n; i++) {
		f = &out->v.v[i];
		if (!s->fault && found_is_same(f, k, why, s->bundle.payload)) {
			f->forms[s->form] = true;
			*list_push(a, &f->where) = s->where;
			if (s->form == SIGNATURE_BUNDLE)
				f->why = why; /* it may name the key that it is of */
			return;
		}
	}
	f = list_push(a, &out->v);
	*f = (struct found_attestation){ .type = statement.predicate_type,
					 .key = k,
					 .why = why,
					 .statement = s->bundle.payload,
					 .predicate = statement.predicate };
	f->forms[s->form] = true;
	*list_push(a, &f->where) = s->where;
}

/* An image of an index, by the digest that signatures know it by. */
static bool found_take_part(struct arena *a, struct session *s, const struct document_part *p,
			    struct found_attestations *out, struct error *e)
{
	struct artifact image = { .etag = NULL };
	int got = artifact_get(a, s, p->name, &image, e);

	if (got == 0)
		err_set(e, ERR_NETWORK, "%s/%s has no image %s", s->ref->host, s->ref->name,
			p->name);
	snprintf(out->digest, sizeof(out->digest), "%s", image.name);
	return got > 0;
}

/* The manifest that is meant: what is named, or - of an index - the one for a platform. */
static bool found_resolve(struct arena *a, struct session *s, const struct attestation_query *q,
			  struct found_attestations *out, struct error *e)
{
	const struct reference *r = s->ref;
	const char *wanted = r->digest ? r->digest : r->tag;
	struct artifact image = { .etag = NULL };
	int got = artifact_get(a, s, wanted, &image, e);

	if (got == 0)
		err_set(e, ERR_NETWORK, "%s/%s has no image %s", r->host, r->name, wanted);
	if (got <= 0)
		return false;
	snprintf(out->digest, sizeof(out->digest), "%s", image.name);
	out->index = image.document.index;
	if (!q->platform || !image.document.index)
		return true;
	out->index = false;
	for (size_t i = 0; i < image.document.parts.n; i++) {
		const struct document_part *p = &image.document.parts.v[i];

		if (document_on_platform(p, str_of(q->platform)))
			return found_take_part(a, s, p, out, e);
	}
	return err_set(e, ERR_USAGE, "%s/%s has no image for %s", r->host, r->name, q->platform);
}

static bool found_read_all(struct arena *a, const struct signing_order *o, struct session *s,
			   const struct attestation_query *q, struct found_attestations *out,
			   struct error *e)
{
	struct signatures found;

	if (!found_resolve(a, s, q, out, e) ||
	    !signatures_find(a, s, out->digest, q->type, &found, e))
		return false;
	if (found.n == 0)
		return err_set(e, ERR_FINDINGS, "%s/%s@%s has no attestation%s%s%s", s->ref->host,
			       s->ref->name, out->digest, q->type ? " of the type " : "",
			       q->type ? q->type : "", out->index && q->hint ? q->hint : "");
	for (size_t i = 0; i < found.n; i++)
		found_add(a, o, q->type, &found.v[i], out);
	return true;
}

bool attestations_read(struct arena *a, const struct signing_order *o,
		       const struct attestation_query *q, struct found_attestations *out,
		       struct error *e)
{
	struct strings scopes = { 0 };
	struct session s;
	bool ok;

	*out = (struct found_attestations){ .digest = "" };
	*list_push(a, &scopes) = arena_printf(a, "repository:%s:pull", o->image->name);
	ok = session_open(&s, o->image, o->options, &scopes, e) &&
	     found_read_all(a, o, &s, q, out, e);
	session_close(&s);
	return ok;
}
