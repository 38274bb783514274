/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_TREE_PATH_SELECT_H
#define MAKE_TREE_PATH_SELECT_H

/* Which files of a package or build are taken: keep and drop globs over absolute paths.
 *
 * Globs: '*' matches within one component, '**' any number of components (also none: "/usr/x" is
 * matched by "/usr/x/" followed by two stars), '?' one byte, '[a-z]' a set, '[!a-z]' what is not in
 * it; everything else itself. A pattern that ends in '/' means the folder and all below it. No keep
 * pattern means everything; drop wins over keep. */

#include <stdbool.h>

#include "input/recipe/recipe_globs.h"

/* Leading slashes of both do not count. */
bool glob_match(const char *pattern, const char *path);

/* Which patterns have matched something, so that those that match nothing can be reported: one flag
 * for each. Either may be NULL. */
struct select_used {
	bool *keep, *drop;
};

/* `keep` and `drop` may be NULL, like empty. `path` is normalised (no leading slash). Sets the
 * flags in `used` (may be NULL) of the patterns that match it. */
bool select_path(const struct globs *keep, const struct globs *drop, const char *path,
		 const struct select_used *used);

#endif
