/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_PICKS_H
#define INPUT_RESOLVE_PICKS_H

/* Packages that were chosen, and what each was chosen for: the result of resolve.h. */

#include "input/resolve/package_index.h"

struct pick {
	const struct index_package *package;
	const char *why; /* of the first request, or "needed by bash" */
};

/* Sorted by name. */
struct picks LIST(struct pick);

/* The pick of this name, or NULL. */
const struct pick *picks_find(const struct picks *p, struct str name);

#endif
