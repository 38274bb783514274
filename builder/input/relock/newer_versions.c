/* SPDX-License-Identifier: Apache-2.0 */
/* A lock beside the state of its archive. Nothing is resolved: which version a name has, an index
 * tells alone. */

#include "input/relock/newer_versions.h"

#include "format/debian/debversion.h"
#include "input/resolve/archive_state.h"

#define SECURITY_ARCHIVE "debian-security"

struct newer_search {
	struct arena *a;
	const struct archive_state *state;
	struct newer_items *out;
};

static bool newer_is_security(const struct suite *s)
{
	return strcmp(s->archive, SECURITY_ARCHIVE) == 0 ||
	       str_ends(str_of(s->codename), STR("-security"));
}

static bool newer_is_above(struct str version, const char *than)
{
	return debversion_compare(version, str_of(than)) > 0;
}

static void newer_take(const struct newer_search *s, struct newer_item *i, struct str version,
		       struct str source_version, const struct suite *suite)
{
	i->now = str_dup(s->a, version);
	i->now_source_version = str_dup(s->a, source_version);
	i->now_codename = suite->codename;
}

static void newer_add_package(const struct newer_search *s, const struct locked_package *p)
{
	struct newer_item *i = list_push(s->a, s->out);
	struct index_package *const *v;
	size_t n;

	*i = (struct newer_item){ .name = p->name,
				  .version = p->version,
				  .source = p->source,
				  .source_version = p->source_version,
				  .architecture = p->architecture,
				  .codename = p->state ? p->state->codename : NULL };
	if (!p->state)
		return;
	v = index_versions(&s->state->index, str_of(p->name), &n);
	for (size_t k = 0; k < n; k++) {
		if (!newer_is_above(v[k]->version, p->version))
			continue;
		i->security |= newer_is_security(v[k]->suite);
		if (k == 0)
			newer_take(s, i, v[k]->version, v[k]->source_version, v[k]->suite);
	}
}

static void newer_add_source(const struct newer_search *s, const struct locked_source *p)
{
	struct newer_item *i = list_push(s->a, s->out);
	const struct index_source *const *v;
	size_t n;

	*i = (struct newer_item){ .name = p->package,
				  .version = p->version,
				  .source = p->package,
				  .source_version = p->version,
				  .codename = p->state->codename };
	v = index_source_versions(&s->state->index, p->package, &n);
	for (size_t k = 0; k < n; k++) {
		if (!newer_is_above(v[k]->version, p->version))
			continue;
		i->security |= newer_is_security(v[k]->suite);
		if (k == 0)
			newer_take(s, i, v[k]->version, v[k]->version, v[k]->suite);
	}
}

/* Whether it may come into an image, or writes one. */
static bool newer_is_judged(const struct lock *lock, const struct locked_package *p)
{
	return !lock_is_tool(lock, p) &&
	       (package_has_role(p, "image") || package_has_role(p, "library") ||
		package_has_role(p, "tool"));
}

static void newer_list_sources(struct arena *a, const struct lock *lock, struct strings *out)
{
	for (size_t i = 0; i < lock->sources.n; i++) {
		if (lock->sources.v[i].state)
			*list_push(a, out) = lock->sources.v[i].package;
	}
	strings_unique(out);
}

static void newer_look(const struct newer_search *s, const struct lock *lock)
{
	for (size_t i = 0; i < lock->packages.n; i++) {
		if (newer_is_judged(lock, &lock->packages.v[i]))
			newer_add_package(s, &lock->packages.v[i]);
	}
	for (size_t i = 0; i < lock->sources.n; i++) {
		if (lock->sources.v[i].state)
			newer_add_source(s, &lock->sources.v[i]);
	}
	for (size_t i = 0; lock->base && i < lock->base->packages.n; i++)
		newer_add_package(s, &lock->base->packages.v[i]);
}

bool newer_find(struct arena *a, const struct lock_order *o, const struct lock *lock,
		struct newer_items *out, struct error *e)
{
	struct lock_order order = { .store = o->store,
				    .mirrors = o->mirrors,
				    .recipe = recipe_for(a, o->recipe, o->platform),
				    .platform = o->platform,
				    .old = lock,
				    .offline = o->offline,
				    .allow_older = o->allow_older,
				    .progress = o->progress };
	struct strings *sources = arena_alloc(a, sizeof(*sources));
	size_t before = out->n;

	newer_list_sources(a, lock, sources);
	for (int tries = 0; tries < STATE_TRIES; tries++) {
		AUTO_STATE state = { 0 };
		const struct newer_search s = { a, &state, out };

		err_clear(e);
		out->n = before;
		if (state_open(a, &order, sources, &state, e)) {
			newer_look(&s, lock);
			if (state_sound(&state, e))
				return true;
		}
		if (!state_mend(&state))
			break;
	}
	return false;
}
