/* SPDX-License-Identifier: Apache-2.0 */
/* Finding things in a lock. Reading and writing its text: read.c and write.c. */

#include "lock/lock.h"

#include <stdlib.h>

static int compare_name(const void *key, const void *entry)
{
	return strcmp(key, ((const struct locked_package *)entry)->name);
}

bool lock_is_tool(const struct lock *lock, const struct locked_package *p)
{
	return lock->compilers && strcmp(p->architecture, lock->compilers) == 0;
}

/* Of two packages of one name the tool is the second. */
const struct locked_package *lock_package(const struct lock *lock, const char *name)
{
	const struct locked_package *v = lock->packages.v, *found;

	if (lock->packages.n == 0)
		return NULL;
	found = bsearch(name, v, lock->packages.n, sizeof(*v), compare_name);
	if (found && lock_is_tool(lock, found))
		found = found > v && strcmp(found[-1].name, name) == 0 ? found - 1 : NULL;
	return found;
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
