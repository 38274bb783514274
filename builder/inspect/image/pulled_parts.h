/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_IMAGE_PULLED_PARTS_H
#define INSPECT_IMAGE_PULLED_PARTS_H

/* Parts of an image that was pulled from a registry, under the names that a layout folder would
 * have them (OCI image-layout): index.json and manifests from memory, blobs from the store. */

#include "transfer/registry/image_files.h"

bool pulled_parts_have(const struct image_files *files, const char *name);

/* Opens a part: *fd, to be closed by the caller, and its bytes. ERR_INPUT when there is none of
 * this name, ERR_VERIFY for a blob that is gone or damaged, ERR_SYSTEM. */
MUST_CHECK bool pulled_parts_open(const struct store *store, const struct image_files *files,
				  const char *name, int *fd, uint64_t *size, struct error *e);

/* Makes the layout folder `dir`, which must not exist, for programs that read folders alone; blobs
 * are symlinks into the store. ERR_SYSTEM. */
MUST_CHECK bool pulled_parts_lay_out(const struct store *store, const struct image_files *files,
				     const char *dir, struct error *e);

#endif
