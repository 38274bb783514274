/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_IMAGE_FILES_H
#define TRANSFER_REGISTRY_IMAGE_FILES_H

/* An image as files, wherever it came from: what make/image/layout.h writes. */

#include "transfer/registry/blob_list.h"

/* What an archive can be: an image layout (index.json), what docker save writes (manifest.json), or
 * both in one. podman prefers the layout, and drops what the OCI's configuration does not have: the
 * health check. */
enum archive_form {
	ARCHIVE_AUTO, /* docker for one platform with a health check, else hybrid */
	ARCHIVE_OCI,
	ARCHIVE_DOCKER,
	ARCHIVE_HYBRID
};

/* Everything that a layout or an archive is made of. */
struct image_files {
	struct image_blobs blobs;
	struct str index;	/* index.json */
	struct str save;	/* manifest.json, for archives alone */
	enum archive_form form; /* of the archive; ARCHIVE_AUTO is the hybrid one */
};

/* manifest.json as "docker save" writes it. */
struct str image_save_text(struct arena *a, const struct strings *tags,
			   const struct content_digest *config, const struct content_digest *layers,
			   size_t n);

#endif
