/* SPDX-License-Identifier: Apache-2.0 */
/* Candidates and providers, found by bisection. What a stanza must look like is known in
 * stanza.c. */

#include "input/resolve/package_index.h"

#include <stdlib.h>

#include "format/debian/debversion.h"
#include "format/debian/relations.h"

#define PRIORITY_DEFAULT 500

/* By name; then the candidate first: highest priority, highest version, and of equal ones the suite
 * added first. */
static int compare_index_packages(const void *a, const void *b)
{
	const struct index_package *x = *(struct index_package *const *)a;
	const struct index_package *y = *(struct index_package *const *)b;
	int order = str_cmp(x->name, y->name);

	if (order == 0)
		order = (y->priority > x->priority) - (y->priority < x->priority);
	if (order == 0)
		order = debversion_compare(y->version, x->version);
	if (order == 0)
		order = (x->number > y->number) - (x->number < y->number);
	return order;
}

/* Essential ones, then by priority, as apt does. Of equals apt takes the one that its cache met
 * last: the last by name, unless others mention it earlier. Here it is always the last by name, so
 * that no package that has nothing to do with it can change the choice. */
static int compare_provides(const void *a, const void *b)
{
	const struct index_provide *x = a, *y = b;
	int order = str_cmp(x->name, y->name);

	if (order == 0)
		order = (int)y->by->essential - (int)x->by->essential;
	if (order == 0)
		order = (x->by->rank > y->by->rank) - (x->by->rank < y->by->rank);
	if (order == 0)
		order = str_cmp(y->by->name, x->by->name);
	return order ? order : str_cmp(y->version, x->version);
}

static bool check_index_twice(const struct index_package *p, const struct index_package *q,
			      struct error *e)
{
	if (p->pin || q->pin || p->suite != q->suite || !str_eq(p->version, q->version) ||
	    digest_eq(&p->sha256, &q->sha256))
		return true;
	return err_set(e, ERR_INPUT, "suite %s has %.*s %.*s twice, with different files",
		       p->suite->codename, STR_ARG(p->name), STR_ARG(p->version));
}

void index_prioritise(struct index *x, const struct suite *suite, unsigned priority)
{
	*list_push(x->a, &x->suites) = (struct index_suite){ suite, priority };
}

unsigned index_priority(const struct index *x, const struct suite *suite)
{
	for (size_t i = x->suites.n; i-- > 0;) {
		if (x->suites.v[i].suite == suite)
			return x->suites.v[i].priority;
	}
	return PRIORITY_DEFAULT;
}

static struct str text_or_empty(const char *text)
{
	return str_of(text ? text : "");
}

void index_add_pin(struct index *x, const struct suite *suite, const struct locked_package *p)
{
	struct index_package *pin = arena_alloc(x->a, sizeof(*pin));

	*pin = (struct index_package){
		.name = str_of(p->name),
		.version = str_of(p->version),
		.architecture = str_of(p->architecture),
		.source = str_of(p->source),
		.source_version = str_of(p->source_version),
		.depends = text_or_empty(p->state ? p->depends : NULL),
		.provides = text_or_empty(p->provides),
		.conflicts = text_or_empty(p->conflicts),
		.breaks = text_or_empty(p->breaks),
		.path = text_or_empty(p->file.path),
		.size = p->file.size,
		.sha256 = p->file.sha256,
		.installed_size = p->installed_size,
		.suite = suite,
		.rank = PRIORITY_OPTIONAL,
		.any = p->any,
		.number = x->versions.n,
		.priority = index_priority(x, suite),
		.pin = p,
	};
	*list_push(x->a, &x->versions) = pin;
}

bool index_is_of_image(const struct index_package *p)
{
	return p->pin && !p->pin->state;
}

/* The archive's stanza of a package says more of it than its lock does. */
static void complete_pin(struct index_package *pin, const struct index_package *like)
{
	bool same = digest_eq(&pin->sha256, &like->sha256);

	if (same) {
		pin->same = like;
		pin->pre_depends = like->pre_depends;
		pin->depends = like->depends;
		pin->conflicts = like->conflicts;
		pin->breaks = like->breaks;
	}
	if (same || pin->pin->depends_only)
		pin->provides = like->provides;
	pin->any |= like->any;
	pin->essential = like->essential;
	pin->rank = like->rank;
}

/* Of the versions of one name, which begin at `first`: the pinned one, else the first. */
static struct index_package *choose_candidate(const struct index *x, size_t first, size_t *end)
{
	struct index_package *const *v = x->versions.v;
	struct index_package *chosen = v[first];
	const struct index_package *like = NULL;

	for (*end = first; *end < x->versions.n && str_eq(v[*end]->name, v[first]->name); ++*end) {
		if (v[*end]->pin)
			chosen = v[*end];
	}
	for (size_t i = first; chosen->pin && i < *end; i++) {
		if (!v[i]->pin && (!like || digest_eq(&v[i]->sha256, &chosen->sha256)))
			like = v[i];
	}
	if (like)
		complete_pin(chosen, like);
	return chosen;
}

/* One of each name. */
static bool choose_candidates(struct index *x, struct error *e)
{
	struct index_package **v = x->versions.v;
	size_t end;

	for (size_t i = 1; i < x->versions.n; i++) {
		if (str_eq(v[i - 1]->name, v[i]->name) && !check_index_twice(v[i - 1], v[i], e))
			return false;
	}
	for (size_t i = 0; i < x->versions.n; i = end) {
		struct index_package *chosen = choose_candidate(x, i, &end);

		for (size_t k = i; k < end; k++)
			v[k]->number = x->packages.n;
		*list_push(x->a, &x->packages) = chosen;
	}
	return true;
}

static bool add_offers(struct index *x, const struct index_package *p, struct error *e)
{
	struct str rest = p->provides, group;

	while (relation_group(&rest, &group)) {
		struct relation r;

		if (relation_next(&group, &r, e) < 0)
			return err_wrap(e, "Provides of %.*s", STR_ARG(p->name));
		if (group.n || (r.op != DEBVERSION_ANY && r.op != DEBVERSION_EQ))
			return err_set(e, ERR_INPUT,
				       "Provides of %.*s: \"%.*s\" is not a \"name (= "
				       "version)\"",
				       STR_ARG(p->name), STR_ARG(r.name));
		*list_push(x->a, &x->offers) = (struct index_provide){ r.name, r.version, p };
	}
	return true;
}

static void choose_provides(struct index *x)
{
	x->provides.n = 0;
	for (size_t i = 0; i < x->offers.n; i++) {
		const struct index_package *by = x->offers.v[i].by;

		if (x->packages.v[by->number] == by)
			*list_push(x->a, &x->provides) = x->offers.v[i];
	}
}

void index_sort(struct index *x)
{
	if (x->versions.n)
		qsort(x->versions.v, x->versions.n, sizeof(*x->versions.v), compare_index_packages);
}

bool index_finish(struct index *x, struct error *e)
{
	index_sort(x);
	if (!choose_candidates(x, e))
		return false;
	for (size_t i = 0; i < x->versions.n; i++) {
		if (!add_offers(x, x->versions.v[i], e))
			return false;
	}
	if (x->offers.n)
		qsort(x->offers.v, x->offers.n, sizeof(*x->offers.v), compare_provides);
	choose_provides(x);
	return true;
}

struct index_package *index_choose(struct index *x, struct index_package *p)
{
	struct index_package *before = x->packages.v[p->number];

	x->packages.v[p->number] = p;
	if (before != p && (before->provides.n || p->provides.n))
		choose_provides(x);
	return before;
}

struct index_package *const *index_versions(const struct index *x, struct str name, size_t *n)
{
	size_t from = 0, to = x->versions.n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (str_cmp(x->versions.v[middle]->name, name) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	for (*n = 0; from + *n < x->versions.n && str_eq(x->versions.v[from + *n]->name, name);)
		++*n;
	return *n ? x->versions.v + from : NULL;
}

const struct index_package *index_candidate(const struct index *x, struct str name)
{
	size_t from = 0, to = x->packages.n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = str_cmp(name, x->packages.v[middle]->name);

		if (order == 0)
			return x->packages.v[middle];
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

const struct index_package *index_version(const struct index *x, const char *name,
					  const char *version)
{
	struct index_package *const *v;
	size_t n;

	v = index_versions(x, str_of(name), &n);
	for (size_t i = 0; i < n; i++) {
		if (str_eq(v[i]->version, str_of(version)))
			return v[i];
	}
	return NULL;
}

/* Those of one name in a list that is sorted by name. */
static const struct index_provide *find_provides(const struct index_provide *v, size_t total,
						 struct str name, size_t *n)
{
	size_t from = 0, to = total;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (str_cmp(v[middle].name, name) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	for (*n = 0; from + *n < total && str_eq(v[from + *n].name, name);)
		++*n;
	return *n ? v + from : NULL;
}

const struct index_provide *index_providers(const struct index *x, struct str name, size_t *n)
{
	return find_provides(x->provides.v, x->provides.n, name, n);
}

const struct index_provide *index_offers(const struct index *x, struct str name, size_t *n)
{
	return find_provides(x->offers.v, x->offers.n, name, n);
}

static int compare_index_sources(const void *a, const void *b)
{
	const struct index_source *x = *(struct index_source *const *)a;
	const struct index_source *y = *(struct index_source *const *)b;
	int order = str_cmp(x->name, y->name);

	if (order == 0)
		order = (y->priority > x->priority) - (y->priority < x->priority);
	if (order == 0)
		order = debversion_compare(y->version, x->version);
	if (order == 0) /* the same version in two suites: any order, but always the same */
		order = strcmp(x->suite->codename, y->suite->codename);
	return order;
}

void index_finish_sources(struct index *x)
{
	if (x->sources.n)
		qsort(x->sources.v, x->sources.n, sizeof(*x->sources.v), compare_index_sources);
}

const struct index_source *const *index_source_versions(const struct index *x, const char *name,
							size_t *n)
{
	size_t first = 0;

	while (first < x->sources.n && !str_eq(x->sources.v[first]->name, str_of(name)))
		first++;
	for (*n = 0;
	     first + *n < x->sources.n && str_eq(x->sources.v[first + *n]->name, str_of(name));)
		++*n;
	return *n ? (const struct index_source *const *)x->sources.v + first : NULL;
}
