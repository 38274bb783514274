/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_SIGNATURE_SIGNATURES_H
#define TRUST_SIGNATURE_SIGNATURES_H

/* The signatures of an image that stand in its repository, in all forms, and whether one was made
 * with a key. An attestation is a signed statement about the image, of any type but that of a
 * signature: it is found and judged in the same way. Whoever may write to the repository may add
 * some: one that is malformed is noted and hides none of the others. */

#include "transfer/registry/session.h"
#include "trust/key/key.h"
#include "trust/signature/dsse.h"
#include "trust/signature/notation.h"

enum signature_form {
	SIGNATURE_SIMPLE,
	SIGNATURE_BUNDLE,   /* also of attestations */
	SIGNATURE_NOTATION, /* with a certificate, as the Notary Project has it */
	SIGNATURE_ENVELOPE, /* of attestations, under the tag of cosign 2 */
	SIGNATURE_FORMS
};

struct image_signature {
	enum signature_form form;
	const char
		*where; /* what holds it: "sha256-HEX.sig" or the digest of a manifest, "sha256:..."
			 */
	const char *fault;	   /* why it cannot be one, whatever the key; NULL: it can */
	struct str payload;	   /* what is signed, of simple signing ... */
	struct str bytes;	   /* ... and its signature */
	struct notation notation;  /* of notation */
	struct dsse_bundle bundle; /* of the other forms */
};

struct signatures {
	struct image_signature *v;
	size_t n, cap;
	struct str tagged; /* the manifest of the tag for simple signing, or for attestations; p
			      NULL: there is none */
};

/* "simple signing", "bundle", "notation", "envelope" */
const char *signature_form_name(enum signature_form form);

/* Reads all signatures of the manifest with this digest ("sha256:...") that the repository of the
 * session holds: those of SIGN_PREDICATE, or the attestations of another predicate type, or (NULL)
 * all attestations. Statements of other types are passed over. ERR_NETWORK. */
MUST_CHECK bool signatures_find(struct arena *a, struct session *s, const char *digest,
				const char *predicate_type, struct signatures *out,
				struct error *e);

/* The same in two parts, each of which fills `out` anew: what stands under a tag, and what refers
 * to the manifest. */
MUST_CHECK bool signatures_find_tagged(struct arena *a, struct session *s, const char *digest,
				       const char *predicate_type, struct signatures *out,
				       struct error *e);
MUST_CHECK bool signatures_find_referring(struct arena *a, struct session *s, const char *digest,
					  const char *predicate_type, struct signatures *out,
					  struct error *e);

/* NULL if it is a signature with this key of the manifest with this digest, of a statement of this
 * predicate type (NULL: of any); else the reason why it is not, in `a`. */
const char *signature_judge(struct arena *a, const struct image_signature *s, const struct key *k,
			    const char *digest, const char *predicate_type);

#endif
