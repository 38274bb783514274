/* SPDX-License-Identifier: Apache-2.0 */
/* The flow from a recipe to a lock. */

#include "input/relock/lock_make.h"

#include <stdlib.h>

#include "base/date.h"
#include "input/lock/base_locks.h"
#include "input/lock/lock_variants.h"
#include "input/relock/node_engines.h"
#include "input/resolve/taken_depends.h"
#include "input/resolve/provider.h"
#include "input/resolve/package_roles.h"

/* A recipe and its variants, as they are for a platform. */
struct lock_family LIST(const struct recipe *);

static struct lock_family family_for(struct arena *a, const struct recipe *r,
				     const struct platform *p)
{
	struct lock_family out = { 0 };

	*list_push(a, &out) = recipe_for(a, r, p);
	for (size_t i = 0; i < r->variants.n; i++)
		*list_push(a, &out) = recipe_for(a, r->variants.v[i], p);
	return out;
}

/* The Debian source packages that the recipe may need. */
static void list_source_names(struct arena *a, const struct lock_family *l, struct strings *out)
{
	struct source_list sources = { 0 };

	for (size_t i = 0; i < l->n; i++)
		recipe_sources(a, l->v[i], &sources);
	for (size_t i = 0; i < sources.n; i++) {
		if (sources.v[i]->debian_source)
			*list_push(a, out) = sources.v[i]->debian_source;
	}
	strings_unique(out);
}

static size_t suite_rank(const struct archive *archive, const struct locked_state *s)
{
	size_t i = 0;

	while (i < archive->suites.n && (strcmp(archive->suites.v[i].archive, s->archive) != 0 ||
					 strcmp(archive->suites.v[i].codename, s->codename) != 0))
		i++;
	return i;
}

static int compare_states(const void *x, const void *y, void *archive)
{
	const struct locked_state *a = *(const struct locked_state *const *)x;
	const struct locked_state *b = *(const struct locked_state *const *)y;
	size_t i = suite_rank(archive, a), k = suite_rank(archive, b);
	int64_t when_a = 0, when_b = 0;

	if (i != k)
		return i < k ? -1 : 1;
	if (date_parse(str_of(a->date), &when_a) && date_parse(str_of(b->date), &when_b) &&
	    when_a != when_b)
		return when_a < when_b ? -1 : 1;
	return memcmp(a->inrelease.b, b->inrelease.b, sizeof(a->inrelease.b));
}

/* Every state that something was verified against, and the one that was looked at of a suite that
 * gave nothing. */
static void collect_states(struct arena *a, const struct archive_state *s, struct lock *out)
{
	const struct archive *archive = s->order->recipe->archive;

	for (size_t i = 0; i < out->packages.n; i++)
		lock_add_state(a, out, out->packages.v[i].state);
	for (size_t i = 0; i < out->sources.n; i++) {
		if (out->sources.v[i].state)
			lock_add_state(a, out, out->sources.v[i].state);
	}
	for (size_t i = 0; i < s->releases.n; i++) {
		const struct suite *suite = s->releases.v[i].suite;

		if (!lock_newest_state(out, suite->archive, suite->codename))
			lock_add_state(a, out, s->locked.v[i]);
	}
	if (out->states.n > 1)
		qsort_r(out->states.v, out->states.n, sizeof(*out->states.v), compare_states,
			(void *)(uintptr_t)archive);
}

static int compare_locked_sources(const void *a, const void *b)
{
	return strcmp(((const struct locked_source *)a)->name,
		      ((const struct locked_source *)b)->name);
}

/* Sources that have files to fetch; those from local folders need no lock. */
static void sort_sources(struct lock *lock)
{
	size_t kept = 0;

	for (size_t i = 0; i < lock->sources.n; i++) {
		if (lock->sources.v[i].files.n)
			lock->sources.v[kept++] = lock->sources.v[i];
	}
	lock->sources.n = kept;
	if (kept > 1)
		qsort(lock->sources.v, kept, sizeof(*lock->sources.v), compare_locked_sources);
}

/* Whether the recipe's old lock has p and a base q: then q stands. */
static bool is_outvoted(const struct archive_state *s, const struct lock *lock,
			const struct locked_package *p, const struct locked_package *q)
{
	const struct locks *bases = &s->order->bases;

	return !lock_is_tool(lock, p) && !lock_is_tool(lock, q) &&
	       !bases_package(bases, p->name, NULL) && bases_package(bases, q->name, NULL);
}

/* Packages of one source move together: what is kept of it goes with what has moved. Lets go of a
 * package that is kept though another of its source has moved, or is a base's; false: there is
 * none. */
static bool release_left_behind(struct archive_state *s, const struct lock *lock)
{
	for (size_t i = 0; i < lock->packages.n; i++) {
		const struct locked_package *p = &lock->packages.v[i];

		for (size_t k = 0; state_is_kept(s, lock, p) && k < lock->packages.n; k++) {
			const struct locked_package *q = &lock->packages.v[k];
			bool apart = strcmp(p->source, q->source) == 0 &&
				     strcmp(p->source_version, q->source_version) != 0;

			if (apart && !state_is_kept(s, lock, q))
				state_let_go(s, p->name);
			else if (apart && is_outvoted(s, lock, p, q))
				state_let_go_own(s, p->name);
			else
				continue;
			return true;
		}
	}
	return false;
}

static bool try_recipe(struct arena *a, struct archive_state *s, struct lock *out, struct error *e)
{
	const struct lock_order *o = s->order;

	*out = (struct lock){ .answers = recipe_request_digest(o->recipe, o->platform, LOCK_FORMAT),
			      .architecture = o->platform->machine->debian };
	if (o->platform != platform_of_compilers())
		out->compilers = platform_of_compilers()->machine->debian;
	return providers_choose(a, s, out, e) && roles_fill(a, s, out, e);
}

/* The recipe and its variants, out of one state of the archive: `order` is what `s` obeys. */
static bool try_lock_once(struct arena *a, struct archive_state *s, struct lock_order *order,
			  const struct lock_family *l, struct lock *out, struct error *e)
{
	struct lock *parts = arena_array(a, l->n, sizeof(*parts));
	bool ok = true;

	if (l->n == 1)
		return try_recipe(a, s, out, e);
	for (size_t i = 0; ok && i < l->n; i++) {
		order->recipe = l->v[i];
		ok = try_recipe(a, s, &parts[i], e);
		if (!ok && l->v[i]->variant)
			err_wrap(e, "variant %s", l->v[i]->variant);
	}
	order->recipe = l->v[0];
	return ok && lock_join(a, l->v, parts, l->n, out, e);
}

/* Lets go of kept packages, one source at a time, until what is asked for can be had. */
static bool solve_lock(struct arena *a, struct archive_state *s, struct lock_order *order,
		       const struct lock_family *l, struct lock *out, struct error *e)
{
	for (;;) {
		struct strings blamed = { 0 };
		bool ok;

		/* cppcheck-suppress autoVariables ; it ends with the call */
		s->blamed = &blamed;
		ok = try_lock_once(a, s, order, l, out, e);
		s->blamed = NULL;
		if (ok ? !release_left_behind(s, out) : !blamed.n)
			return ok;
		if (!ok)
			state_let_go(s, blamed.v[0]);
		err_clear(e);
		if (!state_rebuild(s, e))
			return false;
	}
}

/* What a build has noted of a package holds for its bytes, whether they were kept or found once
 * more. */
static void keep_notes(const struct lock *old, struct lock *out)
{
	for (size_t i = 0; old && i < out->packages.n; i++) {
		struct locked_package *p = &out->packages.v[i];
		const struct locked_package *q = lock_package(old, p->name);

		if (q && q->notes.known && digest_eq(&p->file.sha256, &q->file.sha256))
			p->notes = q->notes;
	}
}

/* `order` is what the state obeys. */
static bool make_from_state(struct arena *a, struct lock_order *order,
			    const struct lock_family *family, struct archive_state *state,
			    struct lock *out, struct error *e)
{
	struct strings *sources = arena_alloc(a, sizeof(*sources));
	bool made;

	list_source_names(a, family, sources);
	if (!state_open(a, order, sources, state, e))
		return false;
	made = solve_lock(a, state, order, family, out, e) &&
	       depends_tell(a, order, &state->index, out, e);
	if (!state_sound(state, e) || !made)
		return false;
	sort_sources(out);
	keep_notes(order->old, out);
	collect_states(a, state, out);
	return true;
}

/* 1; 0: something that is kept was damaged, and is gone; -1. */
static int try_make(struct arena *a, const struct lock_order *o, struct lock *out, struct error *e)
{
	struct lock_family family = family_for(a, o->recipe, o->platform);
	struct lock_order order = *o;
	AUTO_STATE state = { 0 };

	order.recipe = family.v[0];
	if (make_from_state(a, &order, &family, &state, out, e))
		return bases_check(o, out, &state.released, e) ? 1 : -1;
	return state_mend(&state) ? 0 : -1;
}

bool lock_make(struct arena *a, const struct lock_order *o, struct lock *out, struct error *e)
{
	int got = 0;

	for (int tries = 0; got == 0 && tries < STATE_TRIES; tries++) {
		err_clear(e);
		got = try_make(a, o, out, e);
	}
	return got > 0 && node_engines_check(a, o, out, e);
}

const struct lock *lock_first(struct arena *a, const struct recipe *r, const struct platform *p)
{
	struct lock *first = arena_alloc(a, sizeof(*first));
	struct error ignored = { 0 };

	if (p == platform_of_compilers() ||
	    !lock_load(a, recipe_lock_path(a, r, platform_of_compilers()), first, &ignored))
		return NULL;
	return first;
}

/* Whether a lock answers a recipe and its variants. */
static bool is_answered(const struct lock *lock, const struct recipe *r, const struct platform *p)
{
	unsigned format = lock->format ? lock->format : LOCK_FORMAT;
	struct digest asked = recipe_request_digest(r, p, format);
	bool same = digest_eq(&asked, &lock->answers) && lock->variants.n == r->variants.n;

	for (size_t i = 0; same && i < r->variants.n; i++) {
		asked = recipe_request_digest(r->variants.v[i], p, format);
		same = strcmp(lock->variants.v[i].name, r->variants.v[i]->variant) == 0 &&
		       digest_eq(&asked, &lock->variants.v[i].answers);
	}
	return same;
}

static void lock_add_asker(struct arena *a, const struct source_recipe *s, struct strings *out)
{
	if (s)
		*list_push(a, out) = s->file;
	if (s && s->dependencies.file)
		*list_push(a, out) = s->dependencies.file;
}

/* The recipe, its sources, and lock files of languages: people change those and think of no recipe.
 */
static const char *lock_askers(struct arena *a, const struct recipe *r)
{
	struct strings files = { NULL, 0, 0 };
	struct buf out = { .a = a };

	list_each(c, &r->components) {
		list_each(p, &c->providers)
			lock_add_asker(a, p->source, &files);
	}
	strings_unique(&files);
	buf_puts(&out, recipe_shown(a, r));
	list_each(file, &files)
		buf_printf(&out, " or %s", *file);
	return buf_cstr(&out);
}

bool lock_check(const struct lock *lock, const struct recipe *r, const struct platform *p,
		struct error *e)
{
	const struct platform *compilers = platform_of_compilers();
	AUTO_ARENA scratch = { 0 };
	const char *on = lock->compilers ? lock->compilers : lock->architecture;

	if (strcmp(lock->architecture, p->machine->debian) != 0)
		return err_set(e, ERR_INPUT,
			       "%s is a lock for %s, not for %s: run imgbuild lock %s%s",
			       lock->file, lock->architecture, p->machine->debian, p->option,
			       recipe_asked(r));
	if (strcmp(on, compilers->machine->debian) != 0)
		return err_set(e, ERR_INPUT,
			       "the compilers of %s run on %s, not on %s: run imgbuild lock %s%s",
			       lock->file, on, compilers->machine->debian, p->option,
			       recipe_asked(r));
	if (!is_answered(lock, recipe_plain(r), p))
		return err_set(e, ERR_INPUT, "%s was made for an older %s: run imgbuild lock %s%s",
			       lock->file, lock_askers(&scratch, r), p->option, recipe_asked(r));
	return true;
}
