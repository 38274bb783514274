/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_SIGNATURE_DSSE_H
#define TRUST_SIGNATURE_DSSE_H

/* Statements about an image (trust/signature/statement.h), signed: in a DSSE envelope
 * (secure-systems-lab, dsse v1.0.2), which cosign 2 keeps under a tag; and this in a sigstore
 * bundle v0.3, which cosign 3 keeps as a referrer of the image. */

#include "trust/signature/referrer_manifest.h"

#define BUNDLE_TYPE "application/vnd.dev.sigstore.bundle.v0.3+json"
#define BUNDLE_PREDICATE_NOTE "dev.sigstore.bundle.predicateType"
#define DSSE_ENVELOPE_TYPE "application/vnd.dsse.envelope.v1+json"
#define DSSE_STATEMENT_TYPE "application/vnd.in-toto+json"
#define SIGN_PREDICATE "https://sigstore.dev/cosign/sign/v1"

/* What is signed of a payload: the pre-authentication encoding. */
struct str dsse_pae(struct arena *a, const char *type, struct str payload);

struct dsse_bundle {
	const char *hint; /* which key: base64 of the SHA-256 of its SubjectPublicKeyInfo; NULL: a
			   * certificate, which tells it */
	const char *payload_type;
	struct str payload;
	struct LIST(struct str) signatures;
};

/* An envelope alone, of a payload of this type; read, it is a bundle with an empty hint. ERR_INPUT
 * naming the member. */
struct str dsse_envelope_text(struct arena *a, const char *type, struct str payload,
			      struct str signature);
MUST_CHECK bool dsse_envelope_read(struct arena *a, struct str text, struct dsse_bundle *out,
				   struct error *e);

struct str dsse_bundle_text(struct arena *a, const char *hint, struct str payload,
			    struct str signature);

/* ERR_INPUT naming the member. */
MUST_CHECK bool dsse_bundle_read(struct arena *a, struct str text, struct dsse_bundle *out,
				 struct error *e);

/* The manifest of a bundle. `created` (seconds) is when. */
struct str dsse_manifest_text(struct arena *a, const struct referrer_subject *subject,
			      const char *predicate_type, struct str bundle, int64_t created);

#endif
