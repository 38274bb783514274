/* SPDX-License-Identifier: Apache-2.0 */
/* Looks for a pick by its name. */

#include "input/resolve/picks.h"

const struct pick *picks_find(const struct picks *p, struct str name)
{
	size_t from = 0, to = p->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = str_cmp(name, p->v[middle].package->name);

		if (order == 0)
			return &p->v[middle];
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}
