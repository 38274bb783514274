/* SPDX-License-Identifier: Apache-2.0 */
/* What a base brings is named by its lock's role "image". */

#include "input/lock/base_locks.h"

#include <assert.h>

#include "format/debian/relations.h"

const struct locked_package *bases_package(const struct locks *bases, const char *name,
					   const struct lock **base)
{
	for (size_t i = 0; i < bases->n; i++) {
		const struct locked_package *p = lock_package(bases->v[i], name);

		if (!p || !package_has_role(p, "image"))
			continue;
		if (base)
			*base = bases->v[i];
		return p;
	}
	return NULL;
}

static bool is_for_image(const struct lock *lock, const struct locked_package *p)
{
	return !lock_is_tool(lock, p) &&
	       (package_has_role(p, "image") || package_has_role(p, "library"));
}

/* Whether both cannot be in one image: `p` of a lock, `q` of a base. */
static bool bases_differ(const struct locked_package *p, const struct locked_package *q)
{
	if (q->state)
		return !digest_eq(&p->file.sha256, &q->file.sha256);
	return !q->partial || strcmp(p->version, q->version) != 0;
}

const struct locked_package *bases_apart(const struct locks *bases, const struct lock *lock)
{
	for (size_t i = 0; i < lock->packages.n; i++) {
		const struct locked_package *p = &lock->packages.v[i];
		const struct locked_package *q = bases_package(bases, p->name, NULL);

		if (q && is_for_image(lock, p) && bases_differ(p, q))
			return p;
	}
	return NULL;
}

/* Whether an alternative is met by what the image will have. *named: by name it is a base's. A name
 * that no package has is provided by one: resolving has seen to that. */
static bool bases_meet_alternative(const struct lock_order *o, const struct lock *lock,
				   const struct relation *r, const struct locked_package **named)
{
	AUTO_ARENA a = { 0 };
	const char *name = str_dup(&a, r->name);
	const struct locked_package *p = bases_package(&o->bases, name, NULL);

	if (p)
		*named = p;
	else
		p = lock_package(lock, name);
	return !p || debversion_holds(str_of(p->version), r->op, r->version);
}

/* "and recipes/base.lock.json pins libc6 2.41-12: run imgbuild update recipes/x.json libc6" */
static const char *bases_obstacle(struct arena *a, const struct lock_order *o, const char *name)
{
	const struct lock *base = NULL;
	const struct locked_package *p = bases_package(&o->bases, name, &base);

	assert(p && base); /* the caller has found it there */
	if (o->in_way)
		*o->in_way = p->name;
	if (base->of_image)
		return arena_printf(a,
				    "and %s has %s %s: name a newer image, or run imgbuild update "
				    "%s%s if its tag has moved",
				    base->file, p->name, p->version, o->platform->option,
				    recipe_asked(o->recipe));
	return arena_printf(a, "and %s pins %s %s: run imgbuild update %s%s %s", base->file,
			    p->name, p->version, o->platform->option, recipe_asked(o->recipe),
			    p->name);
}

static bool bases_contradict(const struct lock_order *o, const struct locked_package *p,
			     struct str group, const struct locked_package *named, struct error *e)
{
	AUTO_ARENA a = { 0 };

	return err_set(e, ERR_INPUT, "%s %s (%s) needs %.*s, %s", p->name, p->version, p->why,
		       STR_ARG(str_trim(group)), bases_obstacle(&a, o, named->name));
}

static bool bases_check_package(const struct lock_order *o, const struct lock *lock,
				const struct locked_package *p, struct error *e)
{
	struct str rest = str_of(p->depends), group;

	while (relation_group(&rest, &group)) {
		const struct locked_package *named = NULL;
		struct str alternatives = group;
		struct relation r;
		bool met = false;
		int got;

		while (!met && (got = relation_next(&alternatives, &r, e)) > 0)
			met = bases_meet_alternative(o, lock, &r, &named);
		if (!met && got < 0)
			return err_wrap(e, "%s", p->name);
		if (!met && named)
			return bases_contradict(o, p, group, named, e);
	}
	return true;
}

/* No relation of a package says so, but a package of its source, or what is compiled, needs another
 * version. */
static bool check_kept(const struct lock_order *o, const struct lock *lock,
		       const struct locked_package *p, const struct strings *released,
		       struct error *e)
{
	AUTO_ARENA a = { 0 };
	const struct locked_package *q = bases_package(&o->bases, p->name, NULL);

	if (!q || !is_for_image(lock, p) || !bases_differ(p, q) || !strings_has(released, p->name))
		return true;
	return err_set(e, ERR_INPUT, "%s (%s) has to be %s beside what else is taken, %s", p->name,
		       p->why, p->version, bases_obstacle(&a, o, q->name));
}

/* What an image of others has is there, whether anything asks for it or not: no package may come
 * that breaks it. */
static bool bases_check_breaks(const struct lock_order *o, const struct locked_package *p,
			       const char *field, const char *relations, struct error *e)
{
	struct str rest = str_of(relations ? relations : ""), group;

	while (relation_group(&rest, &group)) {
		AUTO_ARENA a = { 0 };
		const struct lock *base = NULL;
		const struct locked_package *q;
		struct relation r;

		if (relation_next(&group, &r, e) < 0)
			return err_wrap(e, "%s of %s", field, p->name);
		q = bases_package(&o->bases, str_dup(&a, r.name), &base);
		if (q && base->of_image && strcmp(q->name, p->name) != 0 &&
		    debversion_holds(str_of(q->version), r.op, r.version))
			return err_set(e, ERR_INPUT, "%s %s (%s) has %s: %s, %s", p->name,
				       p->version, p->why, field, relation_format(&a, &r),
				       bases_obstacle(&a, o, q->name));
	}
	return true;
}

bool bases_check(const struct lock_order *o, const struct lock *lock,
		 const struct strings *released, struct error *e)
{
	for (size_t i = 0; i < lock->packages.n; i++) {
		const struct locked_package *p = &lock->packages.v[i];

		if (is_for_image(lock, p) && !bases_package(&o->bases, p->name, NULL) &&
		    (!bases_check_package(o, lock, p, e) ||
		     !bases_check_breaks(o, p, "Conflicts", p->conflicts, e) ||
		     !bases_check_breaks(o, p, "Breaks", p->breaks, e)))
			return false;
	}
	for (size_t i = 0; i < lock->packages.n; i++) {
		if (!check_kept(o, lock, &lock->packages.v[i], released, e))
			return false;
	}
	return true;
}
