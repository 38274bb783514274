/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of states: as much of each as a question is about. */

#include "input/lock/state_names.h"

#include "base/date.h"

static struct str suite_key(struct arena *a, const char *archive, const char *codename)
{
	return str_of(arena_printf(a, "%s/%s", archive, codename));
}

/* "debian/trixie/20260912T075541Z" */
static struct str date_key(struct arena *a, const struct locked_state *s)
{
	char stamp[DATE_STAMP] = "";
	int64_t when;

	if (date_parse(str_of(s->date), &when))
		date_stamp(when, stamp);
	return str_of(arena_printf(a, "%s/%s/%s", s->archive, s->codename, stamp));
}

static const char *state_digest(struct arena *a, const struct locked_state *s)
{
	return s->unproven ? "unproven" : digest_hex_dup(a, &s->inrelease);
}

static void state_names_note_newest(struct arena *a, struct state_names *n,
				    const struct locked_state *s)
{
	void **slot = strmap_slot(a, &n->newest, suite_key(a, s->archive, s->codename));
	const struct locked_state *old = *slot;
	int64_t when, best;

	if (!date_parse(str_of(s->date), &when))
		return;
	if (!old || (date_parse(str_of(old->date), &best) && when >= best))
		*slot = (void *)(uintptr_t)s;
}

const struct locked_state *state_names_add(struct arena *a, struct state_names *n,
					   const struct locked_state *s)
{
	struct str whole = str_of(arena_printf(a, "%s/%s/%s/%s", s->archive, s->codename, s->date,
					       state_digest(a, s)));
	void **seen = strmap_slot(a, &n->seen, whole);
	struct str key = date_key(a, s);

	if (*seen != NULL)
		return *seen;
	*seen = (void *)(uintptr_t)s;
	if (!strmap_add(a, &n->dates, key))
		(void)strmap_add(a, &n->shared, key);
	state_names_note_newest(a, n, s);
	return NULL;
}

const char *state_names_id(struct arena *a, const struct state_names *n,
			   const struct locked_state *s)
{
	struct str key = date_key(a, s);

	return strmap_get(&n->shared, key) ? arena_printf(a, "%s.%.8s", key.p, state_digest(a, s))
					   : key.p;
}

void state_names_finish(struct arena *a, struct state_names *n, const struct lock *lock)
{
	for (size_t i = 0; i < lock->states.n; i++) {
		const struct locked_state *s = lock->states.v[i];
		void **slot = strmap_slot(a, &n->ids, str_of(state_names_id(a, n, s)));

		if (!*slot)
			*slot = (void *)(uintptr_t)s;
	}
}

void state_names_init(struct arena *a, struct state_names *n, const struct lock *lock)
{
	*n = (struct state_names){ .seen = { NULL } };
	for (size_t i = 0; i < lock->states.n; i++)
		(void)state_names_add(a, n, lock->states.v[i]);
	state_names_finish(a, n, lock);
}

const struct locked_state *state_names_find(const struct state_names *n, const char *id)
{
	return strmap_get(&n->ids, str_of(id));
}

const struct locked_state *state_names_newest(const struct state_names *n, const char *archive,
					      const char *codename)
{
	AUTO_ARENA a = { 0 };

	return strmap_get(&n->newest, suite_key(&a, archive, codename));
}
