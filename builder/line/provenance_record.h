/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_PROVENANCE_RECORD_H
#define LINE_PROVENANCE_RECORD_H

/* What a build tells of itself, beside its image and outside its digest: OUTPUT.attest/ with an
 * in-toto statement, which `imgbuild attest` signs, and the files that were read
 * (trust/attestation/kept_inputs.h). Nobody else can tell it later: labels record
 * recipes and locks, but not the files that a recipe takes in. */

#include "line/chain.h"

struct provenance_of {
	const struct chains *all;
	const struct image *image;
	const struct build_result *result; /* the image stands at its output */
	int64_t started;		   /* when the build began, seconds since the epoch */
};

/* Writes it. ERR_SYSTEM. */
MUST_CHECK bool provenance_write(struct arena *a, const struct build_order *o,
				 const struct provenance_of *of, struct error *e);

#endif
