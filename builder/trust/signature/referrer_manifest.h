/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_SIGNATURE_REFERRER_MANIFEST_H
#define TRUST_SIGNATURE_REFERRER_MANIFEST_H

/* Manifests of what is about an image (image-spec v1.1.1): an empty config, a subject, and what is
 * said in layers.
 */

#include "base/str.h"

/* The manifest that it is about. */
struct referrer_subject {
	const char *media_type, *digest;
	uint64_t size;
};

#define REFERRER_NOTES_MAX 4

struct referrer_layer {
	const char *type;  /* NULL: the list ends here */
	const char *title; /* the name of a file for those who fetch it (oras); or NULL */
	struct str text;
};

struct referrer_content {
	const char *artifact_type;		  /* NULL: what config_type says */
	const char *config_type;		  /* of the config, which is REFERRER_CONFIG */
	const struct referrer_layer *layers;	  /* ends with one of no type */
	const char *notes[REFERRER_NOTES_MAX][2]; /* annotations; ends with NULL */
	int64_t created;			  /* seconds since the epoch */
};

#define REFERRER_CONFIG STR("{}")
#define REFERRER_EMPTY_TYPE "application/vnd.oci.empty.v1+json" /* of such a config */

struct str referrer_manifest_text(struct arena *a, const struct referrer_subject *subject,
				  const struct referrer_content *c);

#endif
