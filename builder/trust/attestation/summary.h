/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_ATTESTATION_SUMMARY_H
#define TRUST_ATTESTATION_SUMMARY_H

/* A verification summary (SLSA, verification_summary/v1): who looked at an image, by which policy,
 * and with what result. */

#include "base/digest.h"

/* The verifiers that imgbuild itself is. */
#define VERIFIER_AUDIT "urn:imgbuild:verifier:audit"
#define VERIFIER_REBUILD "urn:imgbuild:verifier:rebuild"

/* What they verify: none of the levels of SLSA. */
#define LEVEL_AUDIT "IMGBUILD_AUDIT"
#define LEVEL_SAME_BYTES "IMGBUILD_REBUILD_SAME_BYTES"
#define LEVEL_SAME_CONTENT "IMGBUILD_REBUILD_SAME_CONTENT"

struct summary {
	const char *verifier, *version; /* version: of imgbuild; NULL: not said */
	int64_t when;			/* seconds since the epoch */
	const char *resource;		/* what was verified, as a URI */
	const char *policy;		/* as a URI */
	const char *policy_sha256;	/* in hexadecimal; NULL: not said */
	const char *input; /* the SHA-256 of the statement that was verified by, in hexadecimal;
			    * NULL: none */
	bool passed;
	struct strings levels; /* none when it has not passed */
};

/* The predicate. */
struct str summary_text(struct arena *a, const struct summary *s);

/* Reads one, whoever made it. ERR_INPUT naming the member. */
MUST_CHECK bool summary_read(struct arena *a, struct str predicate, struct summary *out,
			     struct error *e);

/* "pkg:oci/hello@sha256%3A...?repository_url=registry.example/team/hello" (package-url: oci);
 * `repository` may be NULL: the image is in none yet. */
const char *summary_resource(struct arena *a, const char *name, const char *digest,
			     const char *repository);

#endif
