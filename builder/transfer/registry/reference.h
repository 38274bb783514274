/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_REFERENCE_H
#define TRANSFER_REGISTRY_REFERENCE_H

/* "docker://REGISTRY/NAME[:TAG][@sha256:HEX]". The registry is always named: there is no default
 * one. */

#include "base/digest.h"

struct reference {
	const char *text;   /* as given */
	const char *host;   /* "registry.example:5000" */
	const char *name;   /* "team/app" */
	const char *tag;    /* "latest" when nothing is said; NULL with a digest alone */
	const char *digest; /* "sha256:..." or NULL; goes before the tag */
	struct digest sha256;
};

/* Takes it apart. ERR_USAGE saying what is wrong with it. Strings live in `a`. */
MUST_CHECK bool reference_parse(struct arena *a, const char *text, struct reference *out,
				struct error *e);

#endif
