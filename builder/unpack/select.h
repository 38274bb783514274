/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNPACK_SELECT_H
#define UNPACK_SELECT_H

/* Which files of a package or build are taken: keep and drop globs over absolute paths.
 *
 * Globs: '*' matches within one component, '**' any number of components (also none: "/usr/x" is
 * matched by "/usr/x/" followed by two stars), '?' one byte, '[a-z]' a set, '[!a-z]' what is not in
 * it; everything else itself. A pattern that ends in '/' means the folder and all below it. No keep
 * pattern means everything; drop wins over keep. */

#include "base/str.h"

/* Leading slashes of both do not count. */
bool glob_match(const char *pattern, const char *path);

/* `keep` and `drop` may be NULL, like empty. `path` is normalised (no leading slash). used[i] (may
 * be NULL) is set for each keep pattern that matched, so that patterns that match nothing can be
 * reported. */
bool select_path(const struct strings *keep, const struct strings *drop, const char *path,
		 bool *used);

#endif
