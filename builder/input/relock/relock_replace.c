/* SPDX-License-Identifier: Apache-2.0 */
/* Locks made anew where no server has any more what they name. */

#include "input/relock/relock.h"

#include "input/lock/lock_names.h"
#include "input/lock/lock_wants.h"

static void warn_changes(struct arena *a, const struct relock_order *o, const struct relocked *r)
{
	struct lock_changes changes = { 0 };

	lock_diff(a, r->old, r->now, &changes);
	for (size_t i = 0; i < changes.n; i++) {
		const struct lock_change *c = &changes.v[i];

		progress_warn(o->progress, "%s: %s %s was %s, is now %s", r->path, c->kind, c->name,
			      c->before ? c->before : "not there",
			      c->after ? c->after : "not there");
	}
}

bool relock_replace(struct arena *a, const struct relock_order *o, const struct strings *gone,
		    struct relocks *l, struct error *e)
{
	const struct relocked *top = &l->v[l->n - 1];
	struct relock_order order = *o;
	struct strings names = { 0 };
	struct relocks now = { 0 };
	struct locks all = { 0 };

	for (size_t i = 0; i < gone->n; i++)
		progress_warn(o->progress,
			      "no mirror that answers has %s any more: its lock is made anew",
			      gone->v[i]);
	for (size_t i = 0; i < l->n; i++) {
		lock_named(a, l->v[i].now, gone, &names);
		*list_push(a, &all) = l->v[i].now;
	}
	lock_siblings(a, &all, &names);
	order.update = &names;
	if (!relock_chain(a, &order, top->recipe, top->platform, &now, e))
		return err_wrap(e, "replace what is gone from every mirror");
	for (size_t i = 0; i < now.n; i++)
		warn_changes(a, o, &now.v[i]);
	*l = now;
	return relock_write(a, l, e);
}
