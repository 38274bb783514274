/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_MODEL_COMPONENTS_H
#define INSPECT_MODEL_COMPONENTS_H

/* What an image holds, under the names that security data use. */

#include "inspect/model/packages.h"
#include "format/debian/purl.h"

/* Software of the image that data may speak of: a package record, or a package of an SPDX document
 * in var/lib/db/sbom that has no such record. */
struct image_component {
	const char *name, *version;	     /* version: or NULL */
	const char *architecture;	     /* or NULL */
	const char *source, *source_version; /* of Debian's; NULL for what is not Debian's */
	struct purl purl;		     /* type NULL: none */
	const char *locator;		     /* the purl as it is written there, or NULL */
	const char *download;		     /* where it was fetched from, or NULL */
	const char *cpe;		     /* "cpe:2.3:...", or NULL */
	const char *record;		     /* the file in the image that tells of it */
};

struct components {
	struct image_component *v;
	size_t n, cap;
};

/* The packages of dpkg's records, then those of the SPDX documents below var/lib/db/sbom that have
 * no record. A document that cannot be read becomes a problem. ERR_SYSTEM. */
MUST_CHECK bool image_components(struct arena *a, const struct model *m, struct components *out,
				 struct remarks *problems, struct error *e);

#endif
