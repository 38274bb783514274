/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs to an image, without repetition: two layers of equal content are one blob. */

#include "transfer/registry/blob_list.h"

#include <fcntl.h>
#include <stdlib.h>

struct image_blob *image_blobs_add(struct arena *a, struct image_blobs *l,
				   const struct content_digest *d, uint64_t size, const char *what)
{
	struct image_blob *b = list_push(a, &l->v);

	*b = (struct image_blob){ .digest = *d, .size = size, .what = what, .held = -1 };
	content_digest_part(d, b->part);
	return b;
}

const char *image_blob_file(const struct image_blob *b)
{
	return strrchr(b->part, '/') + 1;
}

static int compare_blob_parts(const void *a, const void *b)
{
	const struct image_blob *x = a, *y = b;

	return strcmp(x->part, y->part);
}

void image_blobs_sort(struct image_blobs *l)
{
	size_t kept = 0;

	if (l->v.n)
		qsort(l->v.v, l->v.n, sizeof(*l->v.v), compare_blob_parts);
	for (size_t i = 0; i < l->v.n; i++) {
		if (kept == 0 || strcmp(l->v.v[kept - 1].part, l->v.v[i].part) != 0)
			l->v.v[kept++] = l->v.v[i];
	}
	l->v.n = kept;
}

bool image_blob_open(const struct store *s, const struct image_blob *b, int *fd, struct error *e)
{
	int found;

	if (b->held >= 0) {
		*fd = fcntl(b->held, F_DUPFD_CLOEXEC, 0);
		return *fd >= 0 || err_sys(e, "open %s", b->what);
	}
	found = store_open_content(s, &b->digest, b->size, fd, e);
	if (found == 0 && b->later) {
		if (!b->later->fetch(b->later, b, e))
			return err_wrap(e, "%s", b->what);
		found = store_open_content(s, &b->digest, b->size, fd, e);
	}
	if (found == 0)
		err_set(e, ERR_VERIFY,
			"its blob %.6s:%s is missing from the store %s or was damaged; "
			"run the build again, which writes it anew",
			b->part + strlen("blobs/"), image_blob_file(b), s->path);
	return found > 0 || err_wrap(e, "%s", b->what);
}
