/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_IMAGE_LAYER_TAR_HEADER_H
#define INSPECT_IMAGE_LAYER_TAR_HEADER_H

/* One header block of a tar, as Go's archive/tar reads it: podman, umoci, docker, containerd and
 * the scanners all use that reader, so what it takes a block for is what the block means. */

#include "inspect/image/pax.h"

#define TAR_BLOCK 512

/* Reads a block that is not all zero; names are copied into `a`. The type is as written, '\0' too:
 * what that stands for is known when the whole name is. Gives what is wrong with it, or NULL. */
MUST_CHECK const char *tar_header_read(struct arena *a, const char block[static TAR_BLOCK],
				       struct layer_entry *out);

#endif
