/* SPDX-License-Identifier: Apache-2.0 */
/* Goes through an image and its parts. */

#include "make/image/image_blobs.h"

static void blobs_add_image(struct arena *a, const struct image *img, struct image_blobs *out)
{
	image_blobs_add(a, out, &img->manifest_digest, img->manifest.n, "manifest")->text =
		img->manifest;
	for (size_t i = 0; i < img->parts.n; i++)
		blobs_add_image(a, img->parts.v[i], out);
	if (img->parts.n)
		return;
	image_blobs_add(a, out, &img->config_digest, img->config.n, "config")->text = img->config;
	list_each(l, &img->layers.v)
		image_blobs_add(a, out, &l->digest, l->size, arena_printf(a, "layer %s", l->name));
}

void image_blobs_list(struct arena *a, const struct image *img, struct image_blobs *out)
{
	blobs_add_image(a, img, out);
	image_blobs_sort(out);
}
