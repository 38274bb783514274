/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_ARTIFACT_PUSH_H
#define TRANSFER_REGISTRY_ARTIFACT_PUSH_H

/* Sends a manifest and the texts that it names. */

#include "transfer/registry/push.h"

struct artifact_texts {
	const struct str *v;
	size_t n;
};

struct artifact_tag {
	const char *name;
	const char *expected; /* what it stands for now; NULL: whatever it does */
};

/* Sends what the registry lacks of the blobs that `manifest` (OCI's image manifest) names, from
 * `texts`, and then it: under a tag, or (NULL) under its digest alone. A manifest with a subject is
 * then found by it (transfer/registry/referrers.h). ERR_NETWORK; ERR_INPUT for a blob that is
 * neither there nor given. */
MUST_CHECK bool artifact_push(struct session *s, const struct session_options *o, const char *tag,
			      struct str manifest, const struct artifact_texts *texts,
			      struct error *e);

/* The same under a tag that stands for `expected` ("sha256:...", "" for nothing). *moved: it stands
 * for something else by now, and is left as it is; that is no error. */
MUST_CHECK bool artifact_push_if(struct session *s, const struct session_options *o,
				 const struct artifact_tag *tag, struct str manifest,
				 const struct artifact_texts *texts, bool *moved, struct error *e);

#endif
