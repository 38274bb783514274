/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_COMPARE_DIFF_PRODUCTS_H
#define INSPECT_COMPARE_DIFF_PRODUCTS_H

/* Software that is no Debian package: of languages, and of SPDX documents in the image. */

#include "inspect/model/image_component.h"

/* What changed of one: under its package URL without a version, "pkg:npm/semver", "7.6.2 -> 7.6.3
 * (upgrade)". */
struct product_change {
	char sign; /* '+' new, '-' gone, '~' other versions */
	const char *url, *detail;
};

struct product_changes LIST(struct product_change);

/* Compares what has a package URL, sorted by that. */
void diff_products(struct arena *a, const struct components *before, const struct components *after,
		   struct product_changes *out);

#endif
