/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_SIGNATURE_SIMPLE_UPDATE_H
#define TRUST_SIGNATURE_SIMPLE_UPDATE_H

/* What comes to the signatures or attestations under one tag, where others add theirs at the same
 * time. */

#include "transfer/registry/artifact_push.h"
#include "trust/signature/simple_signing.h"

struct simple_update {
	const char *tag;
	struct str tagged;	/* the manifest that stands there, as it was read; p NULL: none */
	const char *media_type; /* of the layers */
	const struct simple_layers *more;
	struct artifact_texts texts; /* their blobs */
};

/* Adds the layers and pushes the manifest under the tag, if that still stands for what was read;
 * else reads it again. ERR_NETWORK when others change it all the time; else as
 * simple_manifest_text() and artifact_push(). */
MUST_CHECK bool simple_update_push(struct arena *a, struct session *s,
				   const struct session_options *o, const struct simple_update *u,
				   struct error *e);

#endif
