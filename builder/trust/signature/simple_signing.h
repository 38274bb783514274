/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_SIGNATURE_SIMPLE_SIGNING_H
#define TRUST_SIGNATURE_SIMPLE_SIGNING_H

/* Simple signing as cosign and podman have it (cosign: specs/SIGNATURE_SPEC.md): a payload that
 * names a manifest's digest, and signatures of the payload's bytes in a manifest under the tag
 * "sha256-HEX.sig". cosign 2 keeps attestations in a manifest of the same form under
 * "sha256-HEX.att" (specs/ATTESTATION_SPEC.md): there a payload is a DSSE envelope. */

#include "base/str.h"

#define SIMPLE_PAYLOAD_TYPE "application/vnd.dev.cosign.simplesigning.v1+json"
#define SIMPLE_SIGNATURE_NOTE "dev.cosignproject.cosign/signature"
#define SIMPLE_PREDICATE_NOTE "predicateType"
#define SIMPLE_SIGNATURES ".sig"
#define SIMPLE_ATTESTATIONS ".att"

/* One layer of the manifest. */
struct simple_layer {
	const char *payload; /* "sha256:..." */
	uint64_t size;
	const char *signature;	    /* base64; of an attestation "": it is in the envelope */
	const char *predicate_type; /* of an attestation, or NULL when it tells none; else NULL */
};

struct simple_payload {
	const char *reference; /* "registry.example/team/app" */
	const char *digest;    /* "sha256:..." of the manifest that is signed */
	const char *type;
};

/* "sha256:HEX" -> "sha256-HEX.sig" */
const char *simple_tag(struct arena *a, const char *digest, const char *suffix);

struct str simple_payload_text(struct arena *a, const char *reference, const char *digest);

/* ERR_INPUT naming the member. */
MUST_CHECK bool simple_payload_read(struct arena *a, struct str text, struct simple_payload *out,
				    struct error *e);

/* The signatures in a manifest, or - with the media type of envelopes - the attestations; layers of
 * other kinds are passed over. ERR_INPUT. */
struct simple_layers LIST(struct simple_layer);
MUST_CHECK bool simple_layers_read(struct arena *a, struct str manifest, const char *media_type,
				   struct simple_layers *out, struct error *e);

/* A manifest with the layers of the manifest `old` (p NULL: none) as they are and `more` behind
 * them, all of `media_type`; and the config that belongs to it. ERR_INPUT for an old one that is
 * malformed. */
MUST_CHECK bool simple_manifest_text(struct arena *a, struct str old, const char *media_type,
				     const struct simple_layers *more, struct str *config,
				     struct str *manifest, struct error *e);

#endif
