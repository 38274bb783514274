/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_DEPENDENCY_OFFER_H
#define INPUT_RESOLVE_DEPENDENCY_OFFER_H

/* What the servers of a language have for one dependency. */

#include "input/recipe/source_types.h"

struct dependency_offer {
	struct strings addresses; /* best first */
	const char *path;	  /* of Python: "NAME/VERSION/FILE.whl"; else NULL */
	bool has_sha256;	  /* the server says which bytes it has */
	struct digest sha256;
};

/* Checks the address that the lock file `l` has for a dependency, if any. ERR_INPUT at its line:
 * malformed, or with credentials in it. */
MUST_CHECK bool dependency_check_origin(const struct dependencies *l, const struct dependency *d,
					struct error *e);

#endif
