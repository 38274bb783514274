/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_RESOLVE_H
#define INPUT_RESOLVE_RESOLVE_H

/* Which packages are needed: what `apt-get install --no-install-recommends` would choose on a
 * system where nothing is installed. Pre-Depends and Depends; the leftmost alternative that can
 * be had, unless another one is chosen already; a real package before one that provides the name;
 * Conflicts and Breaks. Essential packages are not implied. The result does not depend on the
 * order of anything but the requests and the relations themselves. */

#include "input/resolve/picks.h"

/* Something asked for: a relation as in Build-Depends ("gcc", "libssl-dev (>= 3)", "a | b"). */
struct request {
	const char *text;
	const char *why; /* "asked for by recipes/x.json:12:5" */
};

/* Resolves all requests together. ERR_INPUT explaining what cannot be had and who asks for it. In
 * the index packages may be kept as they are locked (index_add_pin): on failure the names of those
 * kept packages that had to do with it are added to `blamed`: who releases one may succeed. */
MUST_CHECK bool resolve_pinned(struct arena *a, const struct index *x,
			       const struct request *requests, size_t n, struct picks *out,
			       struct strings *blamed, struct error *e);

#endif
