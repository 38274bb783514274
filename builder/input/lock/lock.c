/* SPDX-License-Identifier: Apache-2.0 */
/* Finding things in a lock. Reading and writing its text: lock_read.c and lock_write.c. */

#include "input/lock/lock.h"

#include <stdlib.h>

#include "base/date.h"

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

bool locked_state_same(const struct locked_state *x, const struct locked_state *y)
{
	return strcmp(x->archive, y->archive) == 0 && strcmp(x->codename, y->codename) == 0 &&
	       strcmp(x->date, y->date) == 0 && x->unproven == y->unproven &&
	       digest_eq(&x->inrelease, &y->inrelease);
}

const struct locked_state *lock_add_state(struct arena *a, struct lock *lock,
					  const struct locked_state *s)
{
	for (size_t i = 0; i < lock->states.n; i++) {
		if (locked_state_same(lock->states.v[i], s))
			return lock->states.v[i];
	}
	*list_push(a, &lock->states) = s;
	return s;
}

const struct locked_state *lock_newest_state(const struct lock *lock, const char *archive,
					     const char *codename)
{
	const struct locked_state *newest = NULL;
	int64_t when, best = INT64_MIN;

	for (size_t i = 0; i < lock->states.n; i++) {
		const struct locked_state *s = lock->states.v[i];

		if (strcmp(s->archive, archive) != 0 || strcmp(s->codename, codename) != 0 ||
		    !date_parse(str_of(s->date), &when) || when < best)
			continue;
		newest = s;
		best = when;
	}
	return newest;
}

bool locked_source_is_dependencies(const struct locked_source *s)
{
	static const char *const formats[] = { LOCK_GO, LOCK_CARGO, LOCK_NPM, LOCK_PYTHON,
					       LOCK_MAVEN };

	return !s->state && s->format && name_among(s->format, formats, ARRAY_SIZE(formats));
}

bool locked_file_is_local(const struct locked_source *s, const struct locked_file *f)
{
	return !s->state && s->urls.n == 0 && !f->url;
}
