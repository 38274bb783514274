/* SPDX-License-Identifier: Apache-2.0 */
/* Names that people give to what is locked. */

#include "input/lock/lock_names.h"

bool lock_names_any(const struct lock *lock, const struct strings *names)
{
	for (size_t i = 0; i < lock->packages.n; i++) {
		if (strings_has(names, lock->packages.v[i].name))
			return true;
	}
	for (size_t i = 0; i < lock->sources.n; i++) {
		if (strings_has(names, lock->sources.v[i].name) ||
		    strings_has(names, lock->sources.v[i].package))
			return true;
	}
	return false;
}

void lock_siblings(struct arena *a, const struct locks *l, struct strings *names)
{
	struct strings sources = { 0 };

	for (size_t i = 0; i < l->n; i++) {
		for (size_t k = 0; k < l->v[i]->packages.n; k++) {
			if (strings_has(names, l->v[i]->packages.v[k].name))
				*list_push(a, &sources) = l->v[i]->packages.v[k].source;
		}
	}
	for (size_t i = 0; i < l->n; i++) {
		for (size_t k = 0; k < l->v[i]->packages.n; k++) {
			const struct locked_package *p = &l->v[i]->packages.v[k];

			if (strings_has(&sources, p->source) && !strings_has(names, p->name))
				*list_push(a, names) = p->name;
		}
	}
}
