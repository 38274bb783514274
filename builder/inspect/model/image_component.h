/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_MODEL_IMAGE_COMPONENT_H
#define INSPECT_MODEL_IMAGE_COMPONENT_H

/* What an image holds, under the names that security data use. */

#include "format/debian/purl.h"

/* Software of the image that data may speak of: a package record; a package of an SPDX document in
 * var/lib/db/sbom, or of a language (language_packages.h), that has no such record. */
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

struct components LIST(struct image_component);

#endif
