/* SPDX-License-Identifier: Apache-2.0 */
/* Depends with the package's own version, and those of a package that has no files. */

#include "explain/init/siblings.h"

#include "format/debian/relations.h"

static bool sibling_is_wanted(const struct collecting *c, const struct locked_package *p,
			      const struct relation *r)
{
	return r->op == DEBVERSION_EQ && str_eq(r->version, str_of(p->version)) &&
	       !str_starts(r->name, STR("lib")) && !collect_own(c, r->name);
}

/* "postgresql", "imagemagick": it has documents, and depends on what it stands for. */
static bool sibling_is_empty(const struct collecting *c, const struct locked_package *p)
{
	static const char *const documents[] = { "usr/share/doc/", "usr/share/bug/",
						 "usr/share/lintian/", "usr/share/man/" };
	const struct deb *deb = collect_own(c, str_of(p->name));

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
	const struct placed *q = collect_placed(c, name);

	return q && strcmp(q->locked->source, p->source) == 0;
}

/* Of a package without files: the first that it depends on, and what comes from its source. */
static bool siblings_of(struct collecting *c, const struct locked_package *p, bool *added,
			struct error *e)
{
	bool empty = sibling_is_empty(c, p), first = true;
	const char *why =
		arena_printf(c->a,
			     empty ? "%s has no files: it stands for this one"
				   : "%s depends on it in its own version: they are one thing",
			     p->name);
	struct str rest = str_of(p->depends), group;
	struct relation r;

	while (relation_group(&rest, &group)) {
		bool wanted;

		if (relation_next(&group, &r, e) < 0)
			return err_wrap(e, "Depends of %s", p->name);
		wanted = empty ? !str_starts(r.name, STR("lib")) &&
					 (first || sibling_is_of_source(c, p, r.name))
			       : sibling_is_wanted(c, p, &r);
		if (!wanted)
			continue;
		first = false;
		*added = draft_add_package(c->d, str_dup(c->a, r.name), why) || *added;
	}
	return true;
}

/* What a package loads when it starts, and the base leaves out as nobody's need. */
static const struct {
	const char *package, *loaded, *why;
} siblings_loaded[] = {
	{ "python3-cryptography", "openssl-provider-legacy",
	  "python3-cryptography loads it, and does not start without" },
	{ "freeradius", "openssl-provider-legacy",
	  "freeradius loads it for MD4, and does not start without" },
};

static void siblings_add_loaded(struct collecting *c, bool *added)
{
	for (size_t i = 0; i < ARRAY_SIZE(siblings_loaded); i++) {
		if (collect_own(c, str_of(siblings_loaded[i].package)))
			*added = draft_add_package(c->d, siblings_loaded[i].loaded,
						   siblings_loaded[i].why) ||
				 *added;
	}
}

bool siblings_add(struct collecting *c, bool *added, struct error *e)
{
	*added = false;
	siblings_add_loaded(c, added);
	for (size_t i = 0; i < c->top->packages.n; i++) {
		const struct locked_package *p = c->top->packages.v[i].locked;

		if (strings_has(&c->d->packages, p->name) && !siblings_of(c, p, added, e))
			return false;
	}
	return true;
}
