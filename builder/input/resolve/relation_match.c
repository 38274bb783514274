/* SPDX-License-Identifier: Apache-2.0 */
/* Relations against packages. In an image of one architecture a qualifier selects nothing else than
 * no qualifier would, but it can exclude: ":any" asks for Multi-Arch: allowed. */

#include "input/resolve/relation_match.h"

static bool qualifier_fits(const struct index *x, struct str qualifier,
			   const struct index_package *p)
{
	if (qualifier.n == 0 || str_eq(qualifier, STR("native")))
		return true;
	if (str_eq(qualifier, STR("any")))
		return p->any;
	return str_eq(qualifier, str_of(x->arch));
}

static void add_match(struct arena *a, struct matches *out, const struct index_package *p)
{
	for (size_t i = 0; i < out->n; i++) {
		if (out->v[i] == p)
			return;
	}
	*list_push(a, out) = p;
}

static void match_relation(struct arena *a, const struct index *x, const struct relation *r,
			   struct matches *out)
{
	const struct index_package *p = index_candidate(x, r->name);
	const struct index_provide *provides;
	size_t n;

	if (p && debversion_holds(p->version, r->op, r->version) &&
	    qualifier_fits(x, r->qualifier, p))
		add_match(a, out, p);
	provides = index_providers(x, r->name, &n);
	for (size_t i = 0; i < n; i++) {
		if (relation_takes_provided(r, provides[i].version) &&
		    qualifier_fits(x, r->qualifier, provides[i].by))
			add_match(a, out, provides[i].by);
	}
}

/* What is locked already comes first, as what is installed does with apt; else the order stays. */
static void prefer_pinned(struct matches *m)
{
	size_t front = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct index_package *p = m->v[i];

		if (!p->pin)
			continue;
		memmove(&m->v[front + 1], &m->v[front], (i - front) * sizeof(*m->v));
		m->v[front++] = p;
	}
}

bool match_group(struct arena *a, const struct index *x, struct str group, struct matches *out,
		 struct error *e)
{
	struct relation r;
	size_t alternatives = 0;
	int got;

	while ((got = relation_next_build(&group, x->arch, &r, e)) > 0) {
		alternatives++;
		match_relation(a, x, &r, out);
	}
	out->restricted = alternatives == 0;
	prefer_pinned(out);
	return got == 0;
}

/* "trixie has 2.0-1", "nothing provides it" */
static const char *explain_one(struct arena *a, const struct index *x, const struct relation *r)
{
	const struct index_package *p = index_candidate(x, r->name);
	const struct index_provide *provides;
	size_t n;

	if (p && debversion_holds(p->version, r->op, r->version))
		return arena_printf(a, "%.*s of %s is not Multi-Arch: allowed", STR_ARG(p->name),
				    p->suite->codename);
	if (p)
		return arena_printf(a, "%s has %.*s", p->suite->codename, STR_ARG(p->version));
	provides = index_providers(x, r->name, &n);
	if (n)
		return arena_printf(a, "%.*s provides %s%.*s", STR_ARG(provides->by->name),
				    provides->version.n ? "version " : "no version",
				    STR_ARG(provides->version));
	return arena_printf(a, "no suite has a package of that name%s",
			    match_hint(a, x, str_dup(a, r->name)));
}

bool match_explain(struct arena *a, const struct index *x, struct str group, const char *why,
		   struct error *e)
{
	struct buf text = { .a = a, .max = 900 };
	struct str rest = group;
	struct error ignored = { 0 };
	struct relation r;

	while (relation_next_build(&rest, x->arch, &r, &ignored) > 0)
		buf_printf(&text, "%s%s", text.n ? "; " : "", explain_one(a, x, &r));
	return err_set(e, ERR_INPUT, "%.*s is %s; %s", STR_ARG(group), why, buf_cstr(&text));
}

const char *match_hint(struct arena *a, const struct index *x, const char *name)
{
	size_t n;
	const struct index_provide *provides = index_providers(x, str_of(name), &n);
	struct strings names = { 0 };
	const char *near;

	if (n == 1)
		return arena_printf(a, "; it is provided by %.*s: name that",
				    STR_ARG(provides->by->name));
	if (n)
		return arena_printf(a, "; it is provided by %.*s and %zu other%s: name one of them",
				    STR_ARG(provides->by->name), n - 1, n == 2 ? "" : "s");
	index_names(a, x, STR(""), &names);
	near = str_nearest(str_of(name), names.v, names.n);
	return near ? arena_printf(a, "; did you mean %s?", near) : "";
}

static bool add_taboos(struct arena *a, struct taboos *t, const struct index_package *p,
		       struct str rest, bool breaks, struct error *e)
{
	struct str group;

	while (relation_group(&rest, &group)) {
		struct taboo *taboo = list_push(a, t);

		taboo->owner = p;
		taboo->breaks = breaks;
		if (relation_next(&group, &taboo->relation, e) < 0)
			return err_wrap(e, "%.*s", STR_ARG(p->name));
	}
	return true;
}

bool taboos_add(struct arena *a, struct taboos *t, const struct index_package *p, struct error *e)
{
	return add_taboos(a, t, p, p->conflicts, false, e) &&
	       add_taboos(a, t, p, p->breaks, true, e);
}

/* Whether `p` is or provides what the relation names. */
static bool relation_means(const struct index *x, const struct relation *r,
			   const struct index_package *p)
{
	const struct index_provide *provides;
	size_t n;

	if (str_eq(r->name, p->name) && debversion_holds(p->version, r->op, r->version))
		return true;
	if (p->provides.n == 0)
		return false;
	provides = index_providers(x, r->name, &n);
	for (size_t i = 0; i < n; i++) {
		if (provides[i].by == p && relation_takes_provided(r, provides[i].version))
			return true;
	}
	return false;
}

static bool taboo_hits(const struct index *x, struct taboo t, const struct index_package *p,
		       struct taboo *clash)
{
	if (t.owner == p || !relation_means(x, &t.relation, p))
		return false;
	*clash = t;
	clash->hit = p;
	return true;
}

int taboo_between(const struct index *x, const struct taboos *t, const struct picks *picks,
		  const struct index_package *p, struct taboo *clash, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct taboos own = { 0 };

	for (size_t i = 0; i < t->n; i++) {
		if (taboo_hits(x, t->v[i], p, clash))
			return 1;
	}
	if (!taboos_add(&scratch, &own, p, e))
		return -1;
	for (size_t k = 0; k < own.n; k++) {
		for (size_t i = 0; i < picks->n; i++) {
			if (taboo_hits(x, own.v[k], picks->v[i].package, clash))
				return 1;
		}
	}
	return 0;
}
