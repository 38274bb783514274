/* SPDX-License-Identifier: Apache-2.0 */
/* Depends with the package's own version, and those of a package that has no files. */

#include "explain/init/siblings.h"

#include "format/debian/relations.h"

static const struct deb *sibling_own(const struct collecting *c, struct str name)
{
	for (size_t i = 0; i < c->own.n; i++) {
		if (str_eq(name, str_of(c->own.v[i]->package->name)))
			return c->own.v[i];
	}
	return NULL;
}

static bool sibling_is_wanted(const struct collecting *c, const struct locked_package *p,
			      const struct relation *r)
{
	return r->op == DEBVERSION_EQ && str_eq(r->version, str_of(p->version)) &&
	       !str_starts(r->name, STR("lib")) && !sibling_own(c, r->name);
}

/* "postgresql", "imagemagick": it has documents, and depends on what it stands for. */
static bool sibling_is_empty(const struct collecting *c, const struct locked_package *p)
{
	static const char *const documents[] = { "usr/share/doc/", "usr/share/bug/",
						 "usr/share/lintian/", "usr/share/man/" };
	const struct deb *deb = sibling_own(c, str_of(p->name));

	for (size_t i = 0; deb && i < deb->entries.n; i++) {
		const struct deb_entry *x = &deb->entries.v[i];
		bool document = x->type == NODE_DIR || x->type == NODE_LINK;

		for (size_t k = 0; k < ARRAY_SIZE(documents); k++)
			document = document || str_starts(str_of(x->path), str_of(documents[k]));
		if (!document)
			return false;
	}
	return deb != NULL;
}

static bool sibling_is_of_source(const struct collecting *c, const struct locked_package *p,
				 struct str name)
{
	for (size_t i = 0; i < c->top->packages.n; i++) {
		const struct locked_package *q = c->top->packages.v[i].locked;

		if (str_eq(name, str_of(q->name)))
			return strcmp(q->source, p->source) == 0;
	}
	return false;
}

/* Of a package without files: the first that it depends on, and what comes from its source. */
static bool siblings_of_empty(struct collecting *c, const struct locked_package *p, bool *added,
			      struct error *e)
{
	const char *why = arena_printf(c->a, "%s has no files: it stands for this one", p->name);
	struct str rest = str_of(p->depends), group;
	bool first = true;
	struct relation r;

	while (relation_group(&rest, &group)) {
		int got = relation_next(&group, &r, e);

		if (got < 0)
			return err_wrap(e, "Depends of %s", p->name);
		if (str_starts(r.name, STR("lib")) ||
		    (!first && !sibling_is_of_source(c, p, r.name)))
			continue;
		first = false;
		*added = draft_add_package(c->d, str_dup(c->a, r.name), why) || *added;
	}
	return true;
}

static bool siblings_of(struct collecting *c, const struct locked_package *p, bool *added,
			struct error *e)
{
	const char *why = arena_printf(c->a,
				       "%s depends on it in its own version: they are one thing",
				       p->name);
	struct str rest = str_of(p->depends), group;
	struct relation r;

	if (sibling_is_empty(c, p))
		return siblings_of_empty(c, p, added, e);
	while (relation_group(&rest, &group)) {
		int got = relation_next(&group, &r, e);

		if (got < 0)
			return err_wrap(e, "Depends of %s", p->name);
		if (!got || !sibling_is_wanted(c, p, &r))
			continue;
		*added = draft_add_package(c->d, str_dup(c->a, r.name), why) || *added;
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
