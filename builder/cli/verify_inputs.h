/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_VERIFY_INPUTS_H
#define CLI_VERIFY_INPUTS_H

/* The files that an image was built from, as its builder attached them (imgbuild attest), for those
 * who have no checkout. */

#include "trust/attestation/attached_inputs.h"

struct verify_inputs_order {
	const struct signing_order *image; /* its digest, and whose provenance counts: the keys;
					      none: anybody's */
	const char *beside; /* the folder where files about an image are that is in no registry;
			       NULL: they are in its registry */
	int dirfd;
	const char *folder; /* the same; the files go below it */
	const char *recipe; /* as the image records it: "recipes/hello.json" */
};

struct verify_inputs {
	const char *recipe;	/* as it can be opened from here */
	const char *data;	/* as struct recipe_opening has it */
	const char *provenance; /* the SHA-256 of the statement, in hexadecimal */
	const struct key *key;	/* that signed it, of the order; NULL: none was asked for */
	size_t files;
};

/* Fetches and writes them. ERR_FINDINGS when nobody attached any; ERR_VERIFY when no key of the
 * order signed their provenance, when there are several and no key says which counts, and for other
 * bytes than are named; ERR_INPUT when the recipe is not among them. Else as attestations_read().
 */
MUST_CHECK bool verify_inputs_restore(struct arena *a, const struct verify_inputs_order *o,
				      struct verify_inputs *out, struct error *e);

#endif
