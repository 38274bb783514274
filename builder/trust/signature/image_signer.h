/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_SIGNATURE_IMAGE_SIGNER_H
#define TRUST_SIGNATURE_IMAGE_SIGNER_H

/* Signs images in a registry, and checks their signatures. */

#include "transfer/registry/session.h"
#include "trust/signature/signatures.h"

struct signing_order {
	const struct reference *image; /* a tag is resolved once */
	const struct keys *keys;
	const struct session_options *options;
	const struct certificate_chains
		*chains; /* of keys that sign as notation does, too; or NULL */
};

struct signing_result {
	char digest[sizeof("sha256:") + 64]; /* of the image: what was signed */
	size_t manifests;		     /* the image, and of an index all that it names */
	size_t made, there; /* signatures that were made, and that were there already */
};

/* Signs the image with every key, in both forms: simple signing and bundle; and in notation's, for
 * keys that have a certificate. Of an index, every
 * manifest that it names is signed first: podman checks the one that it runs. What the key has
 * signed already is not signed again. ERR_NETWORK, ERR_INPUT, ERR_VERIFY. */
MUST_CHECK bool image_sign(struct arena *a, const struct signing_order *o,
			   struct signing_result *out, struct error *e);

/* What one key signed of an image. */
struct verified_key {
	const struct key *key;
	struct strings where;	     /* the manifests that hold its signatures ... */
	bool forms[SIGNATURE_FORMS]; /* ... and their forms */
};

struct verified {
	char digest[sizeof("sha256:") + 64];
	struct LIST(struct verified_key) keys;
};

/* Checks that every key signed the image. ERR_FINDINGS when there is no signature at all,
 * ERR_VERIFY when there are and none is of a key, naming key, digest and what differs. Else as
 * image_sign. */
MUST_CHECK bool image_verify(struct arena *a, const struct signing_order *o, struct verified *out,
			     struct error *e);

#endif
