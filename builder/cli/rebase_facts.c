/* SPDX-License-Identifier: Apache-2.0 */
/* From what is known of the layers to a statement about the result. */

#include "cli/attest_statements.h"
#include "cli/rebasing.h"
#include "inspect/image/manifest.h"
#include "trust/attestation/attached_facts.h"
#include "trust/attestation/attestations.h"
#include "trust/attestation/predicate_types.h"
#include "trust/signature/statement.h"

static bool rebase_make_facts(struct rebasing *r, struct str *predicate,
			      struct layer_facts_texts *texts, struct error *e)
{
	AUTO_BUNDLE result = BUNDLE_INIT;
	struct image_facts facts;
	size_t missing;

	bundle_of_pulled(r->image.document.name, &r->store, &r->files, &result);
	if (!manifest_read(r->c->a, &result, NULL, &facts, e) ||
	    !layer_facts_make(r->c->a, &facts, &r->common->layers, &r->common->book, predicate,
			      texts, &missing, e))
		return false;
	attest_warn_facts(r->c->progress, r->target, missing);
	return true;
}

bool rebase_attach_facts(struct rebasing *r, const struct reference *to, struct error *e)
{
	struct arena *a = r->c->a;
	const char *digest = arena_printf(a, "sha256:%s", digest_hex_dup(a, &r->manifest));
	const struct strings subjects = { &digest, 1, 1 };
	const struct signing_order order = { to, &r->common->keys, &r->settings, NULL };
	struct attestation x = { digest, PREDICATE_FACTS, { NULL, 0 } };
	struct layer_facts_texts texts;
	struct attach_result result;
	struct str predicate;

	if (!r->image.facts || r->common->keys.n == 0)
		return true;
	if (!rebase_make_facts(r, &predicate, &texts, e))
		return false;
	x.statement = statement_text(a, &subjects, PREDICATE_FACTS, predicate);
	return (attached_facts_put(a, &order, digest, &texts, e) &&
		attestations_attach(a, &order, &(struct attestation_list){ &x, 1, 1 }, &result,
				    e)) ||
	       err_wrap(e, "facts about %s", r->target);
}
