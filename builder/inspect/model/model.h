/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_MODEL_MODEL_H
#define INSPECT_MODEL_MODEL_H

/* The file system that a runtime would see, made of the image's layers: names and facts, no
 * contents. Items are sorted so that a folder comes before all below it and these follow without
 * a gap ('/' orders before every other byte). */

#include "inspect/layers/layer_items.h"

/* Reads the image and builds its model; `keep` (may be NULL): what to keep besides the usual.
 * ERR_INPUT naming layer and offset, ERR_SYSTEM. Release with model_close() (only the descriptor;
 * all else is in `a`). */
MUST_CHECK bool model_read_keeping(struct arena *a, const struct bundle *b,
				   const struct image_facts *image, const struct keep_rule *keep,
				   struct model *out, struct error *e);
void model_close(struct model *m);

/* The same for the layers from the `first`-th on alone, as if there were none below. */
MUST_CHECK bool model_read_upper(struct arena *a, const struct bundle *b,
				 const struct image_facts *image, size_t first,
				 const struct keep_rule *keep, struct model *out, struct error *e);

/* The item at exactly this path, or NULL. */
struct item *model_at(const struct model *m, const char *path);

/* Follows links as a process whose root is the image would (at most 40; ".." at the root stays
 * there): the item that is meant, or NULL. `dir` is where a relative path starts ("": the root).
 * The root itself is not an item: *root (may be NULL) tells when it is meant. */
struct item *model_resolve(const struct model *m, const char *dir, const char *path, bool *root);

/* The text of a file that is kept (model.c says which), or a slice with p == NULL. */
MUST_CHECK bool model_text(struct arena *a, const struct model *m, const struct item *i,
			   struct str *out, struct error *e);

#endif
