/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_JOINED_INDEX_H
#define TRANSFER_REGISTRY_JOINED_INDEX_H

/* Images of one repository, each for a platform, as one: an index (image-spec v1.1.1,
 * image-index.md). What the machines of a fleet pushed one by one gets the same bytes as what one
 * build for all platforms writes. */

#include "transfer/registry/manifest_document.h"
#include "transfer/registry/session.h"

/* What the index names, in the order in which it was added: media_type, digest, size and platform
 * are set. */
struct joined_index {
	struct LIST(struct document_part) parts;
};

/* Adds an image, or all those that an index names. `reference` is its tag or digest, `shown` its
 * name for messages. Everything lives in `a`. ERR_INPUT for one that does not say its platform, for
 * two of the same platform, and for an index without an image; ERR_NETWORK also when it is not
 * there. */
MUST_CHECK bool joined_index_add(struct arena *a, struct session *s, const char *reference,
				 const char *shown, struct joined_index *out, struct error *e);

/* Its text: canonical JSON. */
struct str joined_index_text(struct arena *a, const struct joined_index *x);

#endif
