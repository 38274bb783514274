/* SPDX-License-Identifier: Apache-2.0 */
/* The flow from a recipe to a lock. */

#include "lock/make.h"

#include <stdlib.h>

#include "lock/provider.h"
#include "lock/roles.h"

/* The Debian source packages that the recipe may need. */
static void source_names(struct arena *a, const struct recipe *r, struct strings *out)
{
	struct source_list sources = { 0 };

	recipe_sources(a, r, &sources);
	for (size_t i = 0; i < sources.n; i++) {
		if (sources.v[i]->debian_source)
			*list_push(a, out) = sources.v[i]->debian_source;
	}
	strings_unique(out);
}

static void lock_suites(struct arena *a, const struct state *s, struct lock *out)
{
	for (size_t i = 0; i < s->releases.n; i++) {
		const struct release *r = &s->releases.v[i];
		struct locked_suite *suite = list_push(a, &out->suites);

		*suite = (struct locked_suite){ r->suite->archive, r->suite->codename, r->date,
						r->valid_until, r->inrelease, r->signers };
	}
}

static int compare_sources(const void *a, const void *b)
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
		qsort(lock->sources.v, kept, sizeof(*lock->sources.v), compare_sources);
}

bool lock_make(struct arena *a, const struct lock_order *o, struct lock *out, struct error *e)
{
	struct strings sources = { 0 };
	AUTO_STATE state = { 0 };

	*out = (struct lock){ .answers = recipe_request_digest(o->recipe, o->platform),
			      .architecture = o->platform->debian };
	if (o->platform != platform_of_compilers())
		out->compilers = platform_of_compilers()->debian;
	source_names(a, o->recipe, &sources);
	if (!state_open(a, o, &sources, &state, e) || !providers_choose(a, &state, out, e) ||
	    !roles_fill(a, &state, out, e))
		return false;
	lock_suites(a, &state, out);
	sort_sources(out);
	return true;
}

const struct lock *lock_first(struct arena *a, const struct recipe *r, const struct platform *p)
{
	struct lock *first = arena_alloc(a, sizeof(*first));
	struct error ignored = { 0 };

	if (p == platform_of_compilers() ||
	    !lock_load(a, recipe_lock_path(a, r->file, platform_of_compilers()), first, &ignored))
		return NULL;
	return first;
}

bool lock_check(const struct lock *lock, const struct recipe *r, const struct platform *p,
		struct error *e)
{
	const struct platform *compilers = platform_of_compilers();
	const char *on = lock->compilers ? lock->compilers : lock->architecture;
	struct digest asked = recipe_request_digest(r, p);

	if (strcmp(lock->architecture, p->debian) != 0)
		return err_set(e, ERR_INPUT, "%s is a lock for %s, not for %s: run imgbuild lock %s%s",
			       lock->file, lock->architecture, p->debian, p->option, r->file);
	if (strcmp(on, compilers->debian) != 0)
		return err_set(e, ERR_INPUT, "the compilers of %s run on %s, not on %s: run imgbuild lock %s%s",
			       lock->file, on, compilers->debian, p->option, r->file);
	if (!digest_eq(&asked, &lock->answers))
		return err_set(e, ERR_INPUT, "%s answers an older %s: run imgbuild lock %s%s",
			       lock->file, r->file, p->option, r->file);
	return true;
}
