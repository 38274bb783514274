/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_SBOM_SBOM_H
#define INSPECT_SBOM_SBOM_H

/* A bill of materials: what an image is made of, told from the image alone (as the audit reads it,
 * never as the writer believes it to be). Two forms of one result. The same image gives the same
 * bytes: names of elements come from digests, the time from the image, and the order is that of
 * names. */

#include "inspect/sbom/sbom_parts.h"

/* `image` was inspected with SHA-1 sums and is still open; `fallback` is the time of an image that
 * tells none (SOURCE_DATE_EPOCH). Everything is in `a`, or borrowed from `image`. ERR_SYSTEM. */
MUST_CHECK bool sbom_make(struct arena *a, const struct inspection *image, int64_t fallback,
			  struct sbom *out, struct error *e);

/* Tells packages and sources which archives they came out of: those of the same name, version and
 * architecture. The list is borrowed. */
void sbom_add_archives(struct sbom *s, const struct sbom_archives *l);

/* SPDX 2.3 and CycloneDX 1.6, as JSON. Fails as the sink does. */
MUST_CHECK bool sbom_spdx(const struct sbom *s, struct sink *to, struct error *e);
MUST_CHECK bool sbom_cyclonedx(const struct sbom *s, struct sink *to, struct error *e);

#endif
