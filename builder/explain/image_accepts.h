/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_IMAGE_ACCEPTS_H
#define EXPLAIN_IMAGE_ACCEPTS_H

/* Whose policy and exceptions an audit applies. An image chooses none for itself: its labels name a
 * recipe, but that counts only if recipe and locks are here and are those that it was made from. */

#include "inspect/audit/audit.h"

/* Fills policy, recipe and exceptions of the request, whose image is set: from the recipe file,
 * from no recipe for "none", or - NULL - from what the image records, as long as nothing of that
 * has changed; req->no_accepts says why not. Then the image is open in `opened` for the audit,
 * which may be so before, to be closed by the caller in any case. ERR_INPUT for a recipe that
 * cannot be read, and as audit_image(). */
MUST_CHECK bool image_accepts(struct arena *a, const char *recipe, struct bundle *opened,
			      struct audit_request *req, struct error *e);

#endif
