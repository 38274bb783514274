/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_FRAGMENT_H
#define MAKE_COMPILE_FRAGMENT_H

/* Compiled results in the store: one blob with all contents, and an action that lists the files. */

#include "transfer/store/store.h"
#include "input/recipe/recipe.h"
#include "make/compile/fragment_index.h"

/* Collects what stands below `dirfd` and matches the source's keep and drop patterns, and puts it
 * into the store under `key`. Links are not followed; a file that is not a regular file, folder or
 * link, or that is setuid or setgid, or a keep pattern without wildcards that nothing matches, is
 * ERR_INPUT. */
MUST_CHECK bool fragment_collect(const struct store *s, int dirfd,
				 const struct source_recipe *source, const struct digest *key,
				 struct error *e);

/* 1 and the fragment, 0 if the store has none (or it was damaged), -1 on error. */
MUST_CHECK int fragment_open(struct arena *a, const struct store *s, const struct digest *key,
			     struct fragment *out, struct error *e);
void fragment_close(struct fragment *f);

#endif
