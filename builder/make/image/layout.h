/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_IMAGE_LAYOUT_H
#define MAKE_IMAGE_LAYOUT_H

/* Files of an image, written: as a layout folder, or as an archive. */

#include "transfer/registry/image_files.h"

/* The whole content of "oci-layout": the version is still 1.0.0 in image-spec v1.1.1. */
#define OCI_LAYOUT_TEXT "{\"imageLayoutVersion\":\"1.0.0\"}"

/* As image_write_layout(), image_write_archive() and image_stream_archive() of image.h. */
MUST_CHECK bool image_files_layout(const struct store *s, const struct image_files *f,
				   const char *path, struct error *e);
MUST_CHECK bool image_files_archive(const struct store *s, const struct image_files *f,
				    const char *path, struct error *e);
MUST_CHECK bool image_files_stream(const struct store *s, const struct image_files *f, int fd,
				   struct error *e);

/* Whether just this layout is there already: the same texts, the same blobs and nothing else. Blobs
 * are compared by their bytes, unless they are the very files that were verified. */
bool layout_stands(const struct store *s, const struct image_files *f, const char *path);

#endif
