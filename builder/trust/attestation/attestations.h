/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_ATTESTATION_ATTESTATIONS_H
#define TRUST_ATTESTATION_ATTESTATIONS_H

/* Signed statements beside an image in its registry, each in two forms: a sigstore bundle as a
 * referrer (cosign 3), and a DSSE envelope under the tag "sha256-HEX.att" (cosign 2). */

#include "trust/signature/image_signer.h"

/* One to be attached. */
struct attestation {
	const char *digest; /* of the manifest that it is attached to: "sha256:..." */
	const char *type;   /* of its predicate */
	struct str statement;
};

struct attestation_list LIST(struct attestation);

struct attach_result {
	size_t made, there; /* attestations, counted for each key and form */
};

/* Signs them with every key of the order and attaches them in the repository of its image, whose
 * tag and digest do not count. What a key has signed in the same words is not signed again; what
 * others attached stays. ERR_FINDINGS when the repository does not have the manifest; else as
 * image_sign(). */
MUST_CHECK bool attestations_attach(struct arena *a, const struct signing_order *o,
				    const struct attestation_list *l, struct attach_result *out,
				    struct error *e);

/* One that was found. */
struct found_attestation {
	const char *type;      /* of its predicate; NULL: it cannot be read */
	const struct key *key; /* of the order, that signed it; NULL: none did, or there are none */
	const char *why;       /* why no key did; or why it cannot be read; else NULL */
	struct strings where;  /* the manifests that hold it, one a form */
	bool forms[SIGNATURE_FORMS];
	struct str statement, predicate;
};

struct found_attestations {
	char digest[sizeof("sha256:") + 64]; /* of the image */
	bool index;			     /* it is an index, of which no image was asked for */
	struct LIST(struct found_attestation) v;
};

struct attestation_query {
	const char *type;     /* of predicates; NULL: all */
	const char *platform; /* of an index, the image for it ("linux/arm64"); NULL: the index */
	const char *hint;     /* what to do when an index has none, behind a ";"; or NULL */
};

/* Reads the attestations of the order's image and looks which of its keys (there may be none)
 * signed them. One that is there in two forms is one. ERR_FINDINGS when there is none, ERR_USAGE
 * when the index has nothing for the platform; else as image_verify(). */
MUST_CHECK bool attestations_read(struct arena *a, const struct signing_order *o,
				  const struct attestation_query *q, struct found_attestations *out,
				  struct error *e);

/* What is signed and not attached: a bundle as a file. ERR_SYSTEM. */
MUST_CHECK bool attestation_bundle(struct arena *a, const struct key *k, struct str statement,
				   struct str *out, struct error *e);

#endif
