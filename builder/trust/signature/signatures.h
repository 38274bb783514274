/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_SIGNATURE_SIGNATURES_H
#define TRUST_SIGNATURE_SIGNATURES_H

/* The signatures of an image that stand in its repository, in both forms, and whether one was made
 * with a key. Whoever may write to the repository may add some: one that is malformed is noted and
 * hides none of the others. */

#include "transfer/registry/session.h"
#include "trust/key/key.h"
#include "trust/signature/dsse.h"

enum signature_form { SIGNATURE_SIMPLE, SIGNATURE_BUNDLE };

struct image_signature {
	enum signature_form form;
	const char *where;  /* the manifest that holds it: "sha256-HEX.sig" or "sha256:..." */
	const char *fault;  /* why it cannot be one, whatever the key; NULL: it can */
	struct str payload; /* what is signed, of simple signing ... */
	struct str bytes;   /* ... and its signature */
	struct dsse_bundle bundle;
};

struct signatures {
	struct image_signature *v;
	size_t n, cap;
	struct str simple_manifest; /* of the tag for simple signing; p NULL: there is none */
};

/* "simple signing", "bundle" */
const char *signature_form_name(enum signature_form form);

/* Reads all signatures of the manifest with this digest ("sha256:...") that the repository of the
 * session holds. Bundles with statements of another predicate type are passed over. ERR_NETWORK. */
MUST_CHECK bool signatures_find(struct arena *a, struct session *s, const char *digest,
				const char *predicate_type, struct signatures *out,
				struct error *e);

/* NULL if it is a signature with this key of the manifest with this digest; else the reason why it
 * is not, in `a`. */
const char *signature_judge(struct arena *a, const struct image_signature *s, const struct key *k,
			    const char *digest, const char *predicate_type);

#endif
