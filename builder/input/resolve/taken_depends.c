/* SPDX-License-Identifier: Apache-2.0 */
/* Walks from packages along Pre-Depends and Depends. Which package meets a group was decided when
 * all of them were resolved together, so that nothing is taken that the resolver would not have
 * chosen. */

#include "input/resolve/taken_depends.h"

#include <fnmatch.h>

#include "input/resolve/relation_match.h"

const char *depends_role(struct arena *a, const struct component *c)
{
	return arena_printf(a, "take:%s", c->name);
}

bool depends_accepts(const struct depends_accept *accept, const char *name)
{
	return fnmatch(accept->package, name, 0) == 0;
}

bool depends_of_scripts(const char *name)
{
	static const char *const tools[] = { "adduser",	     "cdebconf",     "debconf",
					     "debconf-2.0",  "install-info", "lsb-base",
					     "runit-helper", "ucf",	     "update-inetd" };

	for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
		if (strcmp(tools[i], name) == 0)
			return true;
	}
	return false;
}

/* A walk over the picks. */
struct taken_walk {
	struct arena *a;
	const struct index *x;
	const struct picks *picks;
	const struct component *c;
	struct index_marks seen;
	bool *used; /* patterns that meant something */
	struct LIST(const struct index_package *) open;
	struct picks *out;
};

static void walk_reach(struct taken_walk *w, const struct index_package *p)
{
	if (index_marked(&w->seen, p))
		return;
	*index_mark(w->a, &w->seen, p) = 1;
	*list_push(w->a, &w->open) = p;
}

/* Whether `take` means a name. */
static bool walk_wants(struct taken_walk *w, struct str name)
{
	const char *text = str_dup(w->a, name);
	bool wanted = false;

	for (size_t i = 0; i < w->c->depends.take.n; i++) {
		if (fnmatch(w->c->depends.take.v[i].pattern, text, 0) != 0)
			continue;
		w->used[i] = wanted = true;
	}
	return wanted;
}

/* Whether `take` means one of the names in a group: also a virtual one. */
static bool walk_wants_group(struct taken_walk *w, struct str group, bool *wanted, struct error *e)
{
	struct relation r;
	int got;

	*wanted = false;
	while ((got = relation_next_build(&group, w->x->arch, &r, e)) > 0)
		*wanted |= walk_wants(w, r.name);
	return got == 0;
}

static void walk_take(struct taken_walk *w, const struct index_package *p,
		      const struct index_package *by)
{
	for (size_t i = 0; i < w->out->n; i++) {
		if (w->out->v[i].package == p)
			return;
	}
	*list_push(w->a, w->out) =
		(struct pick){ p, arena_printf(w->a, "needed by %.*s, taken by component %s",
					       STR_ARG(by->name), w->c->name) };
}

/* Of alternatives ("a | b") the first that was picked meets the group; another one is taken only if
 * "take" names it. */
static bool walk_group(struct taken_walk *w, const struct index_package *by, struct str group,
		       struct error *e)
{
	struct matches ways = { 0 };
	bool wanted, first = true;

	if (!match_group(w->a, w->x, group, &ways, e) || !walk_wants_group(w, group, &wanted, e))
		return false;
	for (size_t i = 0; i < ways.n; i++) {
		const struct index_package *p = ways.v[i];

		if (!picks_find(w->picks, p->name))
			continue;
		walk_reach(w, p);
		if (walk_wants(w, p->name) || (first && wanted))
			walk_take(w, p, by);
		first = false;
	}
	return true;
}

static bool walk_package(struct taken_walk *w, const struct index_package *p, struct error *e)
{
	const struct str fields[] = { p->pre_depends, p->depends };

	for (size_t i = 0; i < 2; i++) {
		struct str rest = fields[i], group;

		while (relation_group(&rest, &group)) {
			if (!walk_group(w, p, group, e))
				return err_wrap(e, "%.*s", STR_ARG(p->name));
		}
	}
	return true;
}

bool depends_take(struct arena *a, const struct index *x, const struct picks *picks,
		  const struct strings *roots, const struct component *c, struct progress *progress,
		  struct picks *out, struct error *e)
{
	struct taken_walk w = { .a = a,
				.x = x,
				.picks = picks,
				.c = c,
				.out = out,
				.used = arena_array(a, c->depends.take.n + 1, sizeof(bool)) };

	for (size_t i = 0; i < roots->n; i++) {
		const struct pick *p = picks_find(picks, str_of(roots->v[i]));

		if (p)
			walk_reach(&w, p->package);
	}
	for (size_t i = 0; i < w.open.n; i++) {
		if (!walk_package(&w, w.open.v[i], e))
			return false;
	}
	for (size_t i = 0; i < c->depends.take.n; i++) {
		const struct depends_take *t = &c->depends.take.v[i];

		if (!w.used[i])
			progress_warn(
				progress,
				"%s: depends: \"%s\" takes nothing: no package of component %s "
				"depends on it",
				place_format(a, &t->at), t->pattern, c->name);
	}
	return true;
}

/* What is known of an image by its locks. */
struct taken_telling {
	struct arena *a;
	const struct lock_order *o;
	const struct index *x;
	struct LIST(const struct lock *) locks; /* this one, then its bases' */
	struct strings told;
	struct buf text;
};

static bool tell_is_there(const struct taken_telling *t, struct str name)
{
	for (size_t i = 0; i < t->locks.n; i++) {
		const struct locked_package *p = lock_package(t->locks.v[i], str_dup(t->a, name));

		if (p && (package_has_role(p, "image") || package_has_role(p, "image-data")))
			return true;
	}
	return false;
}

/* Policy 8.1: the package of a shared library is named after its SONAME, which ends in a number. */
static bool tell_is_library(struct str name)
{
	return str_starts(name, STR("lib")) && name.n > 3 &&
	       strpbrk(str_from(name, 3).p, "0123456789") &&
	       strpbrk(name.p, "0123456789") < name.p + name.n;
}

static bool tell_is_accepted(const struct taken_telling *t, const char *name)
{
	for (const struct recipe *r = t->o->recipe; r; r = r->base) {
		for (size_t i = 0; i < r->components.n; i++) {
			const struct depends *d = &r->components.v[i].depends;

			for (size_t k = 0; k < d->accept.n; k++) {
				if (depends_accepts(&d->accept.v[k], name))
					return true;
			}
		}
	}
	return false;
}

/* Whether a group needs no word; *name is the package that would meet it. */
static bool tell_is_met(struct taken_telling *t, struct str group, const char **name, bool *met,
			struct error *e)
{
	struct matches ways = { 0 };
	struct str rest = group;
	struct relation r;
	int got;

	*met = true;
	if (!match_group(t->a, t->x, group, &ways, e))
		return false;
	for (size_t i = 0; i < ways.n; i++) {
		*name = str_dup(t->a, ways.v[i]->name);
		if (ways.v[i]->essential || tell_is_library(str_of(*name)) ||
		    depends_of_scripts(*name) || tell_is_there(t, ways.v[i]->name) ||
		    tell_is_accepted(t, *name))
			return true;
	}
	while ((got = relation_next_build(&rest, t->x->arch, &r, e)) > 0) {
		if (depends_of_scripts(str_dup(t->a, r.name)) ||
		    tell_is_accepted(t, str_dup(t->a, r.name)))
			return true;
	}
	if (ways.n)
		*name = str_dup(t->a, ways.v[0]->name);
	*met = ways.n == 0;
	return got == 0;
}

static bool tell_package(struct taken_telling *t, const struct locked_package *p, struct error *e)
{
	struct str rest = str_of(p->depends), group;

	while (relation_group(&rest, &group)) {
		const char *name = NULL;
		bool met;

		if (!tell_is_met(t, group, &name, &met, e))
			return err_wrap(e, "%s", p->name);
		if (met || strings_has(&t->told, name))
			continue;
		*list_push(t->a, &t->told) = name;
		buf_printf(&t->text, "\n%s (%s depends on " STR_FMT ")", name, p->name,
			   STR_ARG(group));
	}
	return true;
}

bool depends_tell(struct arena *a, const struct lock_order *o, const struct index *x,
		  const struct lock *lock, struct error *e)
{
	struct taken_telling t = { .a = a, .o = o, .x = x, .text = { .a = a } };

	*list_push(a, &t.locks) = lock;
	list_append(a, &t.locks, &o->bases);
	for (size_t i = 0; i < lock->packages.n; i++) {
		if (package_has_role(&lock->packages.v[i], "image") &&
		    !tell_package(&t, &lock->packages.v[i], e))
			return false;
	}
	if (t.told.n)
		progress_note_list(
			o->progress,
			arena_printf(a,
				     "%s: depended on, and not part of the image; take or accept "
				     "them in a component's \"depends\":%s",
				     recipe_shown(a, o->recipe), buf_cstr(&t.text)));
	return true;
}
