/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ATTEST_LISTING_H
#define CLI_ATTEST_LISTING_H

/* Attestations that were found, told. */

#include "cli/cli.h"
#include "trust/attestation/attestations.h"

/* Prints which there are and who signed them. ERR_VERIFY when there are keys and none of them
 * signed any. Else as attestations_read(). */
MUST_CHECK bool attest_list(struct cli *c, const struct signing_order *o,
			    const struct attestation_query *q, struct error *e);

/* Writes what one of this type says (or, `whole`, its statement) to the file `output` (NULL, "-":
 * standard output): the last that a key signed. ERR_VERIFY when none did; without keys the last
 * that can be read, with a warning. */
MUST_CHECK bool attest_get(struct cli *c, const struct signing_order *o,
			   const struct attestation_query *q, const char *output, bool whole,
			   struct error *e);

#endif
