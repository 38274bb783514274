/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_FRAGMENT_INDEX_H
#define MAKE_COMPILE_FRAGMENT_INDEX_H

/* The list of a fragment's files as the store keeps it: a line that names the form, then values
 * (base/wire.h), so that names may be of any bytes and files as many as there are. What imgbuild
 * 0.1 wrote is JSON and is read, too. */

#include "make/tree/tree.h"

/* Indices of patterns that matched nothing of what was installed. */
struct fragment_unused LIST(uint64_t);

/* What a source installed: nodes sorted by path, without owner; mtime 0. */
struct fragment {
	struct blob blob; /* all contents, one after the other */
	struct digest blob_digest;
	uint64_t size; /* of the blob */
	struct LIST(struct node) nodes;
	struct fragment_unused unused_keep, unused_drop; /* of the source's patterns */
	bool cached;
};

void fragment_index_put(const struct fragment *f, struct buf *out);

/* Fills all but the blob's descriptor. ERR_INPUT for what is not such a list, or does not fit its
 * blob. */
MUST_CHECK bool fragment_index_get(struct arena *a, struct str text, struct fragment *out,
				   struct error *e);

/* Whether the text gives this fragment when it is read. ERR_INPUT naming the first file that would
 * be lost. */
MUST_CHECK bool fragment_index_check(struct str text, const struct fragment *f, struct error *e);

#endif
