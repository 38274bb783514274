/* SPDX-License-Identifier: Apache-2.0 */
/* Candidates exchanged for components. */

#include "input/resolve/package_choices.h"

#include "input/resolve/constraint.h"
#include "input/resolve/relation_match.h"

static bool is_of_suite(const struct index_package *p, const char *suite)
{
	return !suite || strcmp(p->suite->codename, suite) == 0;
}

static void choices_move(struct choices *c, const struct component *by, struct index_package *p)
{
	struct index_package *before = index_choose(c->x, p);

	if (before != p)
		*list_push(c->a, &c->moves) = (struct choice_move){ by, before, p };
}

void choices_undo(struct choices *c, size_t kept)
{
	while (c->moves.n > kept)
		index_choose(c->x, c->moves.v[--c->moves.n].before);
}

/* Whether a component may have this version: of its suite, if it names one; else of a suite with
 * the priority that is the highest for the name - what a lower one has is taken only when it is
 * named. */
static bool may_have_package(const struct component *component, const struct index_package *first,
			     const struct index_package *p)
{
	return component->suite ? is_of_suite(p, component->suite) : p->priority == first->priority;
}

static const char *why_no_package(struct arena *a, const struct component *component,
				  const struct index_package *best, struct str name)
{
	if (!best)
		return arena_printf(a, "%s has no package %.*s", component->suite, STR_ARG(name));
	return arena_printf(a, "%.*s %.*s of %s does not satisfy %s", STR_ARG(best->name),
			    STR_ARG(best->version), best->suite->codename, component->version);
}

/* The candidate, if it is what is asked for, else the best that is. 1, 0 and *lost, -1. */
static int find_version(const struct choices *c, const struct component *component,
			const char *version, struct str name, struct index_package **out,
			const char **lost, struct error *e)
{
	const struct index_package *candidate = index_candidate(c->x, name), *best = NULL;
	struct index_package *const *v;
	size_t n;
	int holds;

	v = index_versions(c->x, name, &n);
	*out = index_chosen(c->x, candidate);
	if (is_of_suite(candidate, component->suite)) {
		holds = constraint_holds(version, candidate->version, e);
		if (holds != 0)
			return holds;
	}
	for (size_t i = 0; i < n; i++) {
		if (!may_have_package(component, v[0], v[i]))
			continue;
		best = best ? best : v[i];
		*out = v[i];
		holds = constraint_holds(version, v[i]->version, e);
		if (holds != 0)
			return holds;
	}
	*lost = why_no_package(c->a, component, best, name);
	return 0;
}

/* Packages whose relations have been looked at. */
struct followed LIST(const struct index_package *);

static bool add_followed(struct arena *a, struct followed *f, const struct index_package *p)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i] == p)
			return false;
	}
	*list_push(a, f) = p;
	return true;
}

/* The suite's version of the first alternative that only another version would meet, or NULL. */
static struct index_package *find_in_suite(const struct choices *c, const char *suite,
					   struct str group)
{
	struct error ignored = { 0 };
	struct relation r;

	while (relation_next_build(&group, c->x->arch, &r, &ignored) > 0) {
		struct index_package *const *v;
		size_t n;

		v = index_versions(c->x, r.name, &n);
		for (size_t i = 0; r.op != DEBVERSION_ANY && i < n; i++) {
			if (is_of_suite(v[i], suite))
				return debversion_holds(v[i]->version, r.op, r.version) ? v[i]
											: NULL;
		}
	}
	return NULL;
}

/* Sees to it that the relations of `p` are met, and of all that comes from the suite for that. What
 * cannot be met is told when the packages are resolved. */
static bool choices_follow(struct choices *c, const struct component *component,
			   const struct index_package *p, struct followed *done, struct error *e)
{
	const struct str fields[] = { p->pre_depends, p->depends };
	struct str group;

	if (!add_followed(c->a, done, p))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		for (struct str rest = fields[i]; relation_group(&rest, &group);) {
			struct matches ways = { 0 };
			struct index_package *other;

			if (!match_group(c->a, c->x, group, &ways, e))
				return err_wrap(e, "%.*s", STR_ARG(p->name));
			other = ways.n ? NULL : find_in_suite(c, component->suite, group);
			if (other)
				choices_move(c, component, other);
			if (ways.n && is_of_suite(ways.v[0], component->suite))
				other = index_chosen(c->x, ways.v[0]);
			if (other && !choices_follow(c, component, other, done, e))
				return false;
		}
	}
	return true;
}

int choices_take(struct choices *c, const struct component *component, const struct provider *p,
		 const char **lost, struct error *e)
{
	struct followed done = { 0 };

	for (size_t i = 0; i < p->packages.n; i++) {
		struct str name = str_of(p->packages.v[i]);
		struct index_package *found;
		int ok;

		if (!index_candidate(c->x, name)) {
			*lost = arena_printf(c->a, "no suite has a package %s", p->packages.v[i]);
			return 0;
		}
		ok = find_version(c, component, i ? NULL : component->version, name, &found, lost,
				  e);
		if (ok <= 0)
			return ok;
		choices_move(c, component, found);
	}
	for (size_t i = 0; component->suite && i < p->packages.n; i++) {
		if (!choices_follow(c, component, index_candidate(c->x, str_of(p->packages.v[i])),
				    &done, e))
			return -1;
	}
	return 1;
}

static const struct component *find_mover(const struct choices *c, const struct index_package *p)
{
	for (size_t i = c->moves.n; i-- > 0;) {
		if (c->moves.v[i].now == p)
			return c->moves.v[i].by;
	}
	return NULL;
}

static bool choices_contradict(const struct component *component, const struct component *other,
			       const struct index_package *p, struct error *e)
{
	err_set(e, ERR_INPUT,
		"component %s asks for %.*s%s%s%s%s, but component %s takes %.*s of %s: an image "
		"has one version of a package; ask for the same in both",
		component->name, STR_ARG(p->name), component->version ? " " : "",
		component->version ? component->version : "", component->suite ? " of " : "",
		component->suite ? component->suite : "", other ? other->name : component->name,
		STR_ARG(p->version), p->suite->codename);
	return err_at(e, component->at.file, component->at.line, component->at.col);
}

bool choices_check(const struct choices *c, const struct recipe *r, const struct lock *lock,
		   struct error *e)
{
	for (size_t i = 0; i < r->components.n; i++) {
		const struct component *component = &r->components.v[i];
		const struct strings *names =
			&component->providers.v[lock->components.v[i].provider].packages;

		for (size_t k = 0; k < names->n; k++) {
			const struct index_package *p = index_candidate(c->x, str_of(names->v[k]));
			int ok = constraint_holds(k ? NULL : component->version, p->version, e);

			if (ok < 0)
				return false;
			if (!ok || !is_of_suite(p, component->suite))
				return choices_contradict(component, find_mover(c, p), p, e);
		}
	}
	return true;
}

void choices_repeat(const struct choices *c, struct index *other)
{
	for (size_t i = 0; i < c->moves.n; i++) {
		const struct index_package *now = c->moves.v[i].now;
		struct index_package *const *v;
		size_t n;

		v = index_versions(other, now->name, &n);
		if (n && digest_eq(&index_chosen(other, v[0])->sha256, &now->sha256))
			continue;
		for (size_t k = 0; k < n; k++) {
			if (str_eq(v[k]->architecture, now->architecture) &&
			    v[k]->suite == now->suite && digest_eq(&v[k]->sha256, &now->sha256))
				index_choose(other, v[k]);
		}
	}
}

const char *choices_hint(struct arena *a, const struct index *x, const struct component *component,
			 const char *package)
{
	struct buf text = { .a = a };
	struct error ignored = { 0 };
	const char *suite = NULL;
	struct index_package *const *v;
	size_t n;

	v = index_versions(x, str_of(package), &n);
	if (n == 0 || (!component->version && !component->suite))
		return "";
	buf_printf(&text, "; there is %s", package);
	for (size_t i = 0; i < n; i++) {
		buf_printf(&text, "%s %.*s in %s", i ? "," : "", STR_ARG(v[i]->version),
			   v[i]->suite->codename);
		if (!suite && constraint_holds(component->version, v[i]->version, &ignored) > 0)
			suite = v[i]->suite->codename;
	}
	if (suite)
		buf_printf(&text, "; to take that of %s, write \"suite\": \"%s\"", suite, suite);
	return buf_cstr(&text);
}
