/* SPDX-License-Identifier: Apache-2.0 */
/* Do the packages of the image have what they depend on? By their records alone: a library that is
 * there without the record of its package meets nothing. */

#include <stdlib.h>

#include "format/debian/debian_names.h"
#include "format/debian/relations.h"
#include "inspect/audit/check.h"

/* A package, or what one provides: a version is only given with "(= VERSION)" (deb-control(5)). */
struct depends_offer {
	struct str name, version;
};

struct offers LIST(struct depends_offer);

/* By name, then those without a version, then from the oldest to the newest. */
static int offer_order(const void *a, const void *b)
{
	const struct depends_offer *x = a, *y = b;
	int order = str_cmp(x->name, y->name);

	if (order || !x->version.n || !y->version.n)
		return order ? order : (x->version.n > 0) - (y->version.n > 0);
	return debversion_compare(x->version, y->version);
}

/* The first offer that is not before `x`, or behind all that are equal to it. */
static size_t offer_place(const struct offers *l, const struct depends_offer *x, bool behind)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (offer_order(&l->v[middle], x) < behind)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void add_provides(struct arena *a, const char *provides, struct offers *out)
{
	struct str rest = str_of(provides ? provides : ""), group;

	while (relation_group(&rest, &group)) {
		struct error ignored = { 0 };
		struct relation r;

		if (relation_next(&group, &r, &ignored) > 0)
			*list_push(a, out) = (struct depends_offer){ r.name, r.version };
	}
}

/* Of all packages, by name. */
static void list_offers(struct arena *a, const struct packages *l, struct offers *out)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct package *p = &l->v[i];

		*list_push(a, out) = (struct depends_offer){ str_of(p->name), str_of(p->version) };
		add_provides(a, p->provides, out);
	}
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), offer_order);
}

static bool offer_has_name(const struct offers *l, size_t i, struct str name)
{
	return i < l->n && str_eq(l->v[i].name, name);
}

/* Of one name, the oldest version decides about "earlier", the newest about "later". */
static bool is_offered(const struct offers *l, const struct relation *want)
{
	const struct depends_offer none = { want->name, { NULL, 0 } },
				   same = { want->name, want->version };
	size_t first = offer_place(l, &none, want->op != DEBVERSION_ANY);
	size_t at = offer_place(l, &same, false); /* those before it are older */
	size_t later = offer_place(l, &same, true);

	switch (want->op) {
	case DEBVERSION_ANY:
		return offer_has_name(l, first, want->name);
	case DEBVERSION_LT:
		return first < at;
	case DEBVERSION_LE:
		return first < later;
	case DEBVERSION_EQ:
		return at < later;
	case DEBVERSION_GE:
		return offer_has_name(l, at, want->name);
	case DEBVERSION_GT:
		break;
	}
	return offer_has_name(l, later, want->name);
}

static bool is_group_met(const struct offers *l, struct str group)
{
	struct error ignored = { 0 };
	struct relation r;
	int got;

	while ((got = relation_next(&group, &r, &ignored)) > 0) {
		if (is_offered(l, &r) || name_is_essential(r.name))
			return true;
	}
	return got < 0; /* a field that cannot be read says nothing */
}

void check_depends(struct audit_run *r)
{
	const struct packages *l = &r->m->packages;
	AUTO_ARENA scratch = { 0 };
	struct offers offers = { 0 };

	list_offers(&scratch, l, &offers);
	for (size_t i = 0; i < l->n; i++) {
		struct str rest = str_of(l->v[i].depends ? l->v[i].depends : ""), group;

		while (relation_group(&rest, &group)) {
			if (!is_group_met(&offers, group))
				finding_add(r, "package.depends-missing", l->v[i].record,
					    "%s depends on " STR_FMT, l->v[i].name, STR_ARG(group));
		}
	}
}
