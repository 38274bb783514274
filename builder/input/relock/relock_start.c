/* SPDX-License-Identifier: Apache-2.0 */
/* What the lock of a base begins as that comes with imgbuild. */

#include "input/relock/relock_start.h"

#include <errno.h>
#include <unistd.h>

#include "input/lock/lock_names.h"

bool start_read(struct arena *a, struct relocked *r, struct error *e)
{
	const char *path = recipe_start_path(a, r->recipe, r->platform);
	struct lock *start = arena_alloc(a, sizeof(*start));

	if (!path || (access(path, F_OK) != 0 && errno == ENOENT))
		return true;
	if (!lock_load(a, path, start, e))
		return false;
	r->start = start;
	return true;
}

const struct strings *start_update(struct arena *a, const struct relock_order *o,
				   const struct relocks *l, const struct relocked *r)
{
	struct strings *both;

	if (!o->update || !r->start || !l->moved.n)
		return o->update;
	both = arena_alloc(a, sizeof(*both));
	*both = (struct strings){ 0 };
	list_append(a, both, o->update);
	list_append(a, both, &l->moved);
	return both;
}

static bool start_has(const struct relocked *r, const char *name)
{
	const struct strings one = { &name, 1, 1 };

	return r->start && lock_names_any(r->start, &one);
}

bool start_move(struct arena *a, const struct relock_order *o, size_t from, struct relocks *l)
{
	/* who moves everything forward has the newest of a start, too */
	const struct relocked *failed = o->update && l->n > from ? &l->v[l->n - 1] : NULL;
	const char *name = failed ? failed->in_way : NULL;

	for (size_t i = from; name && !strings_has(&l->moved, name) && i < l->n; i++) {
		const struct relocked *r = &l->v[i];
		struct locks one = { 0 };

		if (!start_has(r, name))
			continue;
		progress_note(o->progress,
			      "%s: the %s of the lock that came with imgbuild is too old for %s: "
			      "it begins with a newer one",
			      r->path, name, recipe_shown(a, failed->recipe));
		*list_push(a, &one) = r->start;
		*list_push(a, &l->moved) = name;
		lock_siblings(a, &one, &l->moved);
		return true;
	}
	return false;
}
