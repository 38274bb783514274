/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_ATTESTATION_ATTACHED_ARTIFACT_H
#define TRUST_ATTESTATION_ATTACHED_ARTIFACT_H

/* Files beside an image in its registry: an artifact that refers to it. It is not signed: a
 * statement, which is, names the files by their digests. */

#include "transfer/registry/session.h"
#include "trust/signature/referrer_manifest.h"

/* Attaches one to the manifest `digest` ("sha256:..."). The same content makes the same artifact,
 * if no time is told in it: attaching it again adds nothing. ERR_FINDINGS for a manifest that is
 * not there; else as artifact_push(). */
MUST_CHECK bool attached_artifact_put(struct arena *a, struct session *s,
				      const struct session_options *options, const char *digest,
				      const struct referrer_content *content, struct error *e);

#endif
