/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_ARTIFACT_H
#define TRANSFER_REGISTRY_ARTIFACT_H

/* Single manifests and small blobs, read and written whole: what stands beside an image in its
 * repository (distribution-spec v1.1.1). */

#include "transfer/registry/manifest_document.h"
#include "transfer/registry/session.h"

#define ARTIFACT_BLOB_MAX (64u << 20)

struct artifact {
	struct document document; /* verified if it was asked for by digest */
	/* its SHA-256, however it was asked for: signatures know no other */
	char name[sizeof("sha256:") + DIGEST_HEX];
	const char *etag; /* NULL: the registry told none */
};

/* The manifest or index under a tag or a digest. 1, 0 there is none (404), -1: ERR_NETWORK,
 * ERR_VERIFY for other bytes than the digest names, ERR_INPUT for what is not a manifest.
 * Everything lives in `a`. */
MUST_CHECK int artifact_get(struct arena *a, struct session *s, const char *reference,
			    struct artifact *out, struct error *e);

/* A blob that a manifest names; verified. ERR_INPUT for one of more than ARTIFACT_BLOB_MAX bytes.
 */
MUST_CHECK bool artifact_blob(struct arena *a, struct session *s, const struct document_part *part,
			      struct str *out, struct error *e);

/* Writes a manifest under a tag. `etag` (may be NULL): only if that is what stands there; "": only
 * if nothing does. 1, 0 something else stands there by now (412), -1 ERR_NETWORK. */
MUST_CHECK int artifact_put(struct session *s, const char *tag, const char *media_type,
			    struct str text, const char *etag, struct error *e);

#endif
