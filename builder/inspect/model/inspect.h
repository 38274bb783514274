/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_MODEL_INSPECT_H
#define INSPECT_MODEL_INSPECT_H

/* An image at hand: opened, every byte of it read and checked, its file system, its packages and
 * its distribution known. Nothing is judged yet. */

#include "inspect/model/model.h"
#include "inspect/model/packages.h"

struct inspect_request {
	const char *image, *platform;	 /* as in struct audit_request */
	const struct keep_rule *keep;	 /* what to keep besides the usual, or NULL */
	const struct strings *owned;	 /* as in struct audit_request, or NULL */
	const struct bundle *opened;	 /* the image, if it is open already; else NULL */
	const struct image_facts *facts; /* in the place of what it says of itself; or NULL */
};

struct inspection {
	struct bundle bundle;
	struct image_facts facts;
	struct model model;
	struct records records;
};
#define INSPECTION_INIT { .bundle = BUNDLE_INIT, .model = { .kept = -1 } }

/* Contents live in `a`; `out` starts as INSPECTION_INIT, must not be moved afterwards, and is
 * released with inspect_close() in any case (descriptors only). Fails as audit_image() does,
 * without naming the image. */
MUST_CHECK bool inspect_image(struct arena *a, const struct inspect_request *req,
			      struct inspection *out, struct error *e);
void inspect_close(struct inspection *i);
#define AUTO_INSPECTION __attribute__((cleanup(inspect_close))) struct inspection

#endif
