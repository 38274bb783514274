/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_SIGNATURE_DSSE_H
#define TRUST_SIGNATURE_DSSE_H

/* Statements about an image, signed: in-toto Statement v1 in a DSSE envelope (secure-systems-lab,
 * dsse v1.0.2) in a sigstore bundle v0.3, which cosign 3 keeps as a referrer of the image. */

#include "base/str.h"

#define BUNDLE_TYPE "application/vnd.dev.sigstore.bundle.v0.3+json"
#define BUNDLE_PREDICATE_NOTE "dev.sigstore.bundle.predicateType"
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

struct str dsse_bundle_text(struct arena *a, const char *hint, struct str payload,
			    struct str signature);

/* ERR_INPUT naming the member. */
MUST_CHECK bool dsse_bundle_read(struct arena *a, struct str text, struct dsse_bundle *out,
				 struct error *e);

struct statement {
	const char *predicate_type;
	struct strings subjects; /* their SHA-256 in hexadecimal */
};

/* A statement about one digest ("sha256:..."); `predicate` is JSON. */
MUST_CHECK bool statement_text(struct arena *a, const char *digest, const char *predicate_type,
			       struct str predicate, struct str *out, struct error *e);
MUST_CHECK bool statement_read(struct arena *a, struct str text, struct statement *out,
			       struct error *e);

/* The manifest of a bundle that is about `subject` (its media type, digest and size). `created`
 * (seconds) is when. */
struct dsse_subject {
	const char *media_type, *digest;
	uint64_t size;
};
struct str dsse_manifest_text(struct arena *a, const struct dsse_subject *subject,
			      const char *predicate_type, struct str bundle, int64_t created);

#endif
