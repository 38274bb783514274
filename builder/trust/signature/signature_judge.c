/* SPDX-License-Identifier: Apache-2.0 */
/* Is it this key's, of this image? The signature first: what is not signed is not read. */

#include "trust/signature/signatures.h"

#include <time.h>

#include "base/rfc3339.h"
#include "trust/signature/simple_signing.h"
#include "trust/signature/statement.h"

#define NOT_SIGNED "its bytes are not what this key signed"

static const char *judge_fault(struct arena *a, struct error *e)
{
	char text[1600];

	err_format(e, text, sizeof(text));
	return arena_strdup(a, text);
}

static const char *judge_simple(struct arena *a, const struct image_signature *s,
				const struct key *k, const char *digest)
{
	struct error e = { 0 };
	struct simple_payload p;

	if (!key_verify(k, s->payload, s->bytes))
		return NOT_SIGNED;
	if (!simple_payload_read(a, s->payload, &p, &e))
		return judge_fault(a, &e);
	if (strcmp(p.digest, digest) != 0)
		return arena_printf(a, "it signs %.80s", p.digest);
	return NULL;
}

static bool judge_any_signature(struct arena *a, const struct dsse_bundle *b, const struct key *k)
{
	struct str pae = dsse_pae(a, b->payload_type, b->payload);

	for (size_t i = 0; i < b->signatures.n; i++) {
		if (key_verify(k, pae, b->signatures.v[i]))
			return true;
	}
	return false;
}

static const char *judge_bundle(struct arena *a, const struct dsse_bundle *b, const struct key *k,
				const char *digest, const char *predicate_type)
{
	struct error e = { 0 };
	struct statement s;

	if (!b->hint)
		return "it was made with a certificate, not with a key";
	if (!judge_any_signature(a, b, k))
		return b->hint[0] && strcmp(b->hint, k->hint) != 0
			       ? arena_printf(a, "it names another key, with the hint %.80s",
					      b->hint)
			       : NOT_SIGNED;
	if (strcmp(b->payload_type, DSSE_STATEMENT_TYPE) != 0)
		return arena_printf(a, "its payload has the type \"%.80s\"", b->payload_type);
	if (!statement_read(a, b->payload, &s, &e))
		return judge_fault(a, &e);
	if (predicate_type && strcmp(s.predicate_type, predicate_type) != 0)
		return arena_printf(a, "its predicate has the type \"%.120s\"", s.predicate_type);
	if (!strings_has(&s.subjects, digest + strlen("sha256:")))
		return arena_printf(a, "it signs sha256:%.64s",
				    s.subjects.n ? s.subjects.v[0] : "");
	return NULL;
}

static const char *judge_notation(struct arena *a, const struct notation *n, const struct key *k,
				  const char *digest)
{
	char when[RFC3339_SIZE];

	if (!key_verify(k, n->bytes, n->signature))
		return NOT_SIGNED;
	if (strcmp(n->target, digest) != 0)
		return arena_printf(a, "it signs %.80s", n->target);
	if (!n->expiry || (int64_t)time(NULL) < n->expiry)
		return NULL;
	rfc3339_format(n->expiry, when);
	return arena_printf(a, "it has expired on %s", when);
}

const char *signature_judge(struct arena *a, const struct image_signature *s, const struct key *k,
			    const char *digest, const char *predicate_type)
{
	if (s->fault)
		return s->fault;
	if (s->form == SIGNATURE_NOTATION)
		return judge_notation(a, &s->notation, k, digest);
	return s->form == SIGNATURE_SIMPLE ? judge_simple(a, s, k, digest)
					   : judge_bundle(a, &s->bundle, k, digest, predicate_type);
}
