/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_COMPARE_COMPARE_H
#define INSPECT_COMPARE_COMPARE_H

/* Are two images the same, and if not, where do they part? */

#include "inspect/model/inspect.h"

struct parting {
	const char *layer; /* "layer 5 (imgbuild layer cephalo/squid)", "config"; never NULL */
	const char *path;  /* "/usr/sbin/squid", a setting, or NULL */
	bool has_offset;
	uint64_t offset;  /* in the file, from 0 */
	const char *what; /* "mode 0755, in the rebuild 0775" */
};

enum sameness {
	SAME_BYTES,   /* one manifest */
	SAME_CONTENT, /* equal layers uncompressed and equal settings; blobs or texts differ */
	DIFFERENT,    /* *first says where */
};

/* Compares an image with `other`, called `name` in the texts ("the rebuild"). ERR_INPUT,
 * ERR_SYSTEM. */
MUST_CHECK bool compare_images(struct arena *a, const struct inspection *image,
			       const struct inspection *other, const char *name,
			       enum sameness *same, struct parting *first, struct error *e);

#endif
