/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ATTEST_INPUTS_H
#define CLI_ATTEST_INPUTS_H

/* The files that a build kept beside its provenance, to be attached with it. */

#include "cli/attest_statements.h"
#include "trust/attestation/attached_inputs.h"

struct attest_inputs {
	bool there;
	const char *folder;	/* that they are in */
	struct strings digests; /* of the manifests that the provenance is about */
	struct kept_texts files;
};

/* Reads those of the provenance among the statements, which was read from `provenance`. There are
 * none when it names none; when it does, and they are not there any more, a warning says so.
 * ERR_VERIFY for others than it names. */
MUST_CHECK bool attest_inputs_load(struct cli *c, const char *provenance,
				   const struct attest_statements *made, struct attest_inputs *out,
				   struct error *e);

/* The files in a folder that have this list, and that their provenance (for messages) names.
 * ERR_FINDINGS when they are not there; ERR_VERIFY for others. */
MUST_CHECK bool attest_inputs_read(struct arena *a, const char *folder, const char *provenance,
				   const struct digest *list, struct kept_texts *out,
				   struct error *e);

#endif
