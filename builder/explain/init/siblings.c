/* SPDX-License-Identifier: Apache-2.0 */
/* Depends with the package's own version. */

#include "explain/init/siblings.h"

#include "format/debian/relations.h"

static bool sibling_is_wanted(const struct collecting *c, const struct locked_package *p,
			      const struct relation *r)
{
	if (r->op != DEBVERSION_EQ || !str_eq(r->version, str_of(p->version)) ||
	    str_starts(r->name, STR("lib")))
		return false;
	for (size_t i = 0; i < c->own.n; i++) {
		if (str_eq(r->name, str_of(c->own.v[i]->package->name)))
			return false;
	}
	return true;
}

static bool siblings_of(struct collecting *c, const struct locked_package *p, bool *added,
			struct error *e)
{
	struct str rest = str_of(p->depends), group;
	struct relation r;

	while (relation_group(&rest, &group)) {
		int got = relation_next(&group, &r, e);
		const char *name;

		if (got < 0)
			return err_wrap(e, "Depends of %s", p->name);
		if (!got || !sibling_is_wanted(c, p, &r))
			continue;
		name = str_dup(c->a, r.name);
		if (strings_has(&c->d->packages, name))
			continue;
		*list_push(c->a, &c->d->packages) = name;
		draft_chose(c->d, "packages", name,
			    "%s depends on it in its own version: they are one thing", p->name);
		*added = true;
	}
	return true;
}

bool siblings_add(struct collecting *c, bool *added, struct error *e)
{
	*added = false;
	for (size_t i = 0; i < c->top->packages.n; i++) {
		const struct locked_package *p = c->top->packages.v[i].locked;

		if (strings_has(&c->d->packages, p->name) && !siblings_of(c, p, added, e))
			return false;
	}
	return true;
}
