/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_IMAGE_IMAGE_BLOBS_H
#define MAKE_IMAGE_IMAGE_BLOBS_H

/* The blobs of an image that was described. */

#include "make/image/image.h"
#include "transfer/registry/blob_list.h"

/* All of them, those of its parts too, each once. */
void image_blobs_list(struct arena *a, const struct image *img, struct image_blobs *out);

#endif
