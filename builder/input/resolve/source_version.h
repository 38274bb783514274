/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_SOURCE_VERSION_H
#define INPUT_RESOLVE_SOURCE_VERSION_H

/* Source packages: the newest version that fits and of which every file can be had. */

#include "input/resolve/archive_state.h"

/* Locks the files of a source recipe. The component says which version and suite; NULL: any,
 * that is: of the suites with the highest priority.
 * Debian sources are downloaded into the store to see that they can be had; when the newest
 * fitting version cannot, the next one is taken and out->warning says so. 1 locked; 0 no version
 * fits or can be had, *reason says why; -1 error. */
MUST_CHECK int source_lock(struct arena *a, const struct archive_state *s,
			   const struct source_recipe *r, const struct component *c,
			   struct locked_source *out, const char **reason, struct error *e);

#endif
