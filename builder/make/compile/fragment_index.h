/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_FRAGMENT_INDEX_H
#define MAKE_COMPILE_FRAGMENT_INDEX_H

/* The list of a fragment's files as the store keeps it: a line that names the form, then values (base/wire.h), so that
 * names may be of any bytes and files as many as there are. What imgbuild 0.1 wrote is JSON and is read, too. */

#include "make/compile/fragment.h"

void fragment_index_put(const struct fragment *f, struct buf *out);

/* Fills all but the blob's descriptor. ERR_INPUT for what is no such list, or does not fit its blob. */
MUST_CHECK bool fragment_index_get(struct arena *a, struct str text, struct fragment *out, struct error *e);

/* Whether the text gives this fragment when it is read. ERR_INPUT naming the first file that would be lost. */
MUST_CHECK bool fragment_index_check(struct str text, const struct fragment *f, struct error *e);

#endif
