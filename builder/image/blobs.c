/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs to an image, without repetition: two layers of equal content are one blob. */

#include "image/blobs.h"

#include <stdlib.h>

static struct image_blob *add(struct arena *a, struct image_blobs *l, const struct digest *d,
			      uint64_t size, const char *what)
{
	struct image_blob *b = list_push(a, &l->v);

	*b = (struct image_blob){ .digest = *d, .size = size, .what = what };
	digest_hex(d, b->name);
	return b;
}

static int by_name(const void *a, const void *b)
{
	const struct image_blob *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void add_image(struct arena *a, const struct image *img, struct image_blobs *out)
{
	add(a, out, &img->manifest_digest, img->manifest.n, "manifest")->text = img->manifest;
	for (size_t i = 0; i < img->parts.n; i++)
		add_image(a, img->parts.v[i], out);
	if (img->parts.n)
		return;
	add(a, out, &img->config_digest, img->config.n, "config")->text = img->config;
	for (const struct layer *l = img->layers.v.v; l < img->layers.v.v + img->layers.v.n; l++)
		add(a, out, &l->digest, l->size, arena_printf(a, "layer %s", l->name));
}

void image_blobs_list(struct arena *a, const struct image *img, struct image_blobs *out)
{
	size_t kept = 0;

	add_image(a, img, out);
	qsort(out->v.v, out->v.n, sizeof(*out->v.v), by_name);
	for (size_t i = 0; i < out->v.n; i++) {
		if (kept == 0 || strcmp(out->v.v[kept - 1].name, out->v.v[i].name) != 0)
			out->v.v[kept++] = out->v.v[i];
	}
	out->v.n = kept;
}

bool image_blob_open(const struct store *s, const struct image_blob *b, int *fd, struct error *e)
{
	int found = store_open_blob(s, &b->digest, b->size, fd, e);

	if (found == 0)
		err_set(e, ERR_VERIFY,
			"its blob sha256:%s is missing from the store %s or was damaged; "
			"run the build again, which writes it anew",
			b->name, s->path);
	return found > 0 || err_wrap(e, "%s", b->what);
}
