/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ATTEST_STATEMENTS_H
#define CLI_ATTEST_STATEMENTS_H

/* What imgbuild can say of an image, as statements that are to be signed. */

#include "cli/image_operand.h"
#include "inspect/vuln/vuln_input.h"
#include "transfer/registry/push.h"
#include "trust/attestation/attestations.h"
#include "trust/attestation/layer_facts.h"

struct attest_order {
	struct cli *c;
	const char *image;	      /* as named on the command line */
	struct bundle *opened;	      /* it */
	const struct push_plan *plan; /* its manifests */
	const char *repository; /* where it is or will be: "registry.example/team/app"; or NULL */
	const struct strings *types; /* of predicates; none: all that can be made */
	const char *predicate;	     /* a file to be taken instead, with one type; or NULL */
	const char *provenance;	     /* the build's statement; NULL: there is none */
	bool provenance_named;	     /* the user asked for it: it must be there */
	const char *policy, *recipe; /* of the audit, as in `imgbuild audit` */
	struct vuln_inputs cve;	     /* vulnerability data for the audit */
};

/* A statement and what to call it as a file. */
struct attest_statement {
	struct attestation of;
	const char *file;		/* "spdx", "spdx-arm64"; NULL: none */
	struct layer_facts_texts facts; /* what it names, of PREDICATE_FACTS */
};

struct attest_statements LIST(struct attest_statement);

/* Makes them: bills of materials and the audit's summary for each manifest of a multi-platform
 * index, provenance for the index, too. ERR_VERIFY when the provenance is another image's. */
MUST_CHECK bool attest_make(struct arena *a, const struct attest_order *o,
			    struct attest_statements *out, struct error *e);

/* Says of an image's facts that so many layers are not in them; 0: nothing. */
void attest_warn_facts(struct progress *progress, const char *image, size_t missing);

#endif
