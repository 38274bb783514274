/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_REFERENCE_H
#define TRANSFER_REGISTRY_REFERENCE_H

/* "docker://REGISTRY/NAME[:TAG][@DIGEST]", of SHA-256 or SHA-512. The registry is always named:
 * there is no default one. */

#include "base/content_digest.h"

struct reference {
	const char *text;   /* as given */
	const char *host;   /* "registry.example:5000" */
	const char *name;   /* "team/app" */
	const char *tag;    /* "latest" when nothing is said; NULL with a digest alone */
	const char *digest; /* "sha256:..." or "sha512:..."; NULL: none. Goes before the tag */
	struct content_digest content; /* of `digest` */
};

/* Takes it apart. ERR_USAGE saying what is wrong with it. Strings live in `a`. */
MUST_CHECK bool reference_parse(struct arena *a, const char *text, struct reference *out,
				struct error *e);

#endif
