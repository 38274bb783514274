/* SPDX-License-Identifier: Apache-2.0 */
/* Finding things in a lock. Reading and writing its text: read.c and write.c. */

#include "lock/lock.h"

#include <stdlib.h>

static int compare_name(const void *key, const void *entry)
{
	return strcmp(key, ((const struct locked_package *)entry)->name);
}

const struct locked_package *lock_package(const struct lock *lock, const char *name)
{
	const struct locked_package *v = lock->packages.v;

	if (lock->packages.n == 0)
		return NULL;
	return bsearch(name, v, lock->packages.n, sizeof(*v), compare_name);
}

const struct locked_source *lock_source(const struct lock *lock, const char *name)
{
	for (size_t i = 0; i < lock->sources.n; i++) {
		if (strcmp(lock->sources.v[i].name, name) == 0)
			return &lock->sources.v[i];
	}
	return NULL;
}

const struct locked_component *lock_component(const struct lock *lock, const char *name)
{
	for (size_t i = 0; i < lock->components.n; i++) {
		if (strcmp(lock->components.v[i].name, name) == 0)
			return &lock->components.v[i];
	}
	return NULL;
}

bool package_has_role(const struct locked_package *p, const char *role)
{
	return strings_has(&p->roles, role);
}
