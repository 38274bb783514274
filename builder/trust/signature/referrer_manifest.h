/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_SIGNATURE_REFERRER_MANIFEST_H
#define TRUST_SIGNATURE_REFERRER_MANIFEST_H

/* Manifests of what is about an image (image-spec v1.1.1): one layer, an empty config, a subject.
 */

#include "base/str.h"

/* The manifest that it is about. */
struct referrer_subject {
	const char *media_type, *digest;
	uint64_t size;
};

#define REFERRER_NOTES_MAX 4

struct referrer_content {
	const char *artifact_type; /* NULL: what config_type says */
	const char *config_type;   /* of the config, which is REFERRER_CONFIG */
	const char *layer_type;
	struct str layer;
	const char *notes[REFERRER_NOTES_MAX][2]; /* annotations; ends with NULL */
	int64_t created;			  /* seconds since the epoch */
};

#define REFERRER_CONFIG STR("{}")

struct str referrer_manifest_text(struct arena *a, const struct referrer_subject *subject,
				  const struct referrer_content *c);

#endif
