/* SPDX-License-Identifier: Apache-2.0 */
/* Goes through an image and its parts. */

#include "make/image/image_blobs.h"

static struct image_blob *blobs_add_named(struct arena *a, struct image_blobs *out,
					  const struct digest *d, uint64_t size, const char *what)
{
	struct content_digest digest = content_digest_sha256(*d);

	return image_blobs_add(a, out, &digest, size, what);
}

static void blobs_add_image(struct arena *a, const struct image *img, struct image_blobs *out)
{
	blobs_add_named(a, out, &img->manifest_digest, img->manifest.n, "manifest")->text =
		img->manifest;
	for (size_t i = 0; i < img->parts.n; i++)
		blobs_add_image(a, img->parts.v[i], out);
	if (img->parts.n)
		return;
	blobs_add_named(a, out, &img->config_digest, img->config.n, "config")->text = img->config;
	list_each(l, &img->layers.v)
		blobs_add_named(a, out, &l->digest, l->size, arena_printf(a, "layer %s", l->name));
}

void image_blobs_list(struct arena *a, const struct image *img, struct image_blobs *out)
{
	blobs_add_image(a, img, out);
	image_blobs_sort(out);
}
