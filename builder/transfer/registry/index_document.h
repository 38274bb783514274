/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_INDEX_DOCUMENT_H
#define TRANSFER_REGISTRY_INDEX_DOCUMENT_H

/* Writes an index (image-spec v1.1.1, image-index.md). */

#include "transfer/registry/manifest_document.h"

/* The index of `n` parts in their order, as canonical JSON in `a`. A part's media type, name and
 * size are set; its platform is written when it is known. `name`, "registry.example/app:1.0",
 * becomes the annotation of each part; NULL: none. */
struct str index_document_text(struct arena *a, const struct document_part *parts, size_t n,
			       const char *name);

#endif
