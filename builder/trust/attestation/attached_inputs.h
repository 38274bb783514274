/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_ATTESTATION_ATTACHED_INPUTS_H
#define TRUST_ATTESTATION_ATTACHED_INPUTS_H

/* The files that a build read (trust/attestation/kept_inputs.h) beside their image in its registry:
 * an artifact that refers to the image, with the list and the archive as its layers. It is not
 * signed: provenance, which is, names the list. */

#include "trust/attestation/kept_inputs.h"
#include "trust/signature/image_signer.h"

#define ATTACHED_INPUTS_TYPE "application/vnd.imgbuild.inputs.v1"

struct kept_texts {
	struct str list, archive;
};

/* Attaches them to these manifests ("sha256:...") of the repository of the order's image. The same
 * files make the same artifact: attaching them again adds nothing. ERR_FINDINGS for a manifest that
 * is not there; else as artifact_push(). */
MUST_CHECK bool attached_inputs_put(struct arena *a, const struct signing_order *o,
				    const struct strings *digests, const struct kept_texts *files,
				    struct error *e);

/* Fetches those of the manifest `digest` whose list has this digest. 1, 0 there are none, -1:
 * ERR_NETWORK, ERR_VERIFY, ERR_INPUT. */
MUST_CHECK int attached_inputs_get(struct arena *a, const struct signing_order *o,
				   const char *digest, const struct digest *list,
				   struct kept_texts *out, struct error *e);

#endif
