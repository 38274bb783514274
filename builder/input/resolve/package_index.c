/* SPDX-License-Identifier: Apache-2.0 */
/* Candidates and providers of the names that were asked for. What a record must look like is known
 * in index_record.c. */

#include "input/resolve/package_index.h"

#include <stdlib.h>

#include "base/strmap.h"
#include "format/debian/debversion.h"
#include "input/resolve/index_record.h"
#include "input/resolve/stanza.h"

#define PRIORITY_DEFAULT 500

/* A name of packages: its versions, the candidate of apt first, and the candidate. */
struct index_name {
	struct index_packages versions;
	struct index_package *candidate; /* NULL: there are no versions */
};

/* A name that packages provide: of all versions, and of the candidates as they were at `choices`.
 */
struct index_virtual {
	struct index_provides offers, provides;
	size_t choices;
};

struct index_memory {
	struct strmap names;	/* struct index_name */
	struct strmap virtuals; /* struct index_virtual */
	struct strmap pinned;	/* names that pins provide: struct strings of who provides them */
	struct LIST(struct index_name *) by_number;
	size_t choices; /* how often a candidate was exchanged, and one */
	struct error fault;
};

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
		order = (x->order > y->order) - (x->order < y->order);
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
	if (order == 0)
		order = str_cmp(y->version, x->version);
	return order ? order : compare_index_packages(&x->by, &y->by);
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
		.priority = index_priority(x, suite),
		.pin = p,
	};
	*list_push(x->a, &x->pins) = pin;
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

/* Of the versions of one name: the pinned one, else the first. */
static struct index_package *choose_candidate(const struct index_packages *l)
{
	struct index_package *chosen = l->v[0];
	const struct index_package *like = NULL;

	list_each(p, l) {
		if ((*p)->pin)
			chosen = *p;
	}
	for (size_t i = 0; chosen->pin && i < l->n; i++) {
		if (!l->v[i]->pin && (!like || digest_eq(&l->v[i]->sha256, &chosen->sha256)))
			like = l->v[i];
	}
	if (like)
		complete_pin(chosen, like);
	return chosen;
}

static void index_spoil(const struct index *x, const struct error *e)
{
	if (x->memory->fault.kind == ERR_NONE)
		x->memory->fault = *e;
}

/* The versions that a suite has of a name, as long as they are good. */
static void add_listed(const struct index *x, const struct index_listing *l, struct str name,
		       struct index_packages *out)
{
	const struct kept_entry *entry;
	size_t n;

	entry = kept_find(l->kept, name, &n);
	for (size_t i = 0; i < n; i++) {
		struct index_package *p = arena_alloc(x->a, sizeof(*p));
		struct error e = { 0 };
		struct str record;

		if (!kept_record(x->a, l->kept, &entry[i], &record, &e) ||
		    !record_read_package(x->a, x->arch, name, record, p, &e)) {
			err_wrap(&e, "package %.*s of %s", STR_ARG(name), l->suite->codename);
			index_spoil(x, &e);
			continue;
		}
		p->suite = l->suite;
		p->priority = l->priority;
		*list_push(x->a, out) = p;
	}
}

static void check_versions(const struct index *x, const struct index_packages *l)
{
	struct error e = { 0 };

	for (size_t i = 1; i < l->n; i++) {
		if (check_index_twice(l->v[i - 1], l->v[i], &e))
			continue;
		index_spoil(x, &e);
		return;
	}
}

/* Numbers a name that has versions, and chooses one of them. */
static void index_settle(const struct index *x, struct index_name *known)
{
	struct index_packages *l = &known->versions;

	for (size_t i = 0; i < l->n; i++)
		l->v[i]->order = i;
	qsort(l->v, l->n, sizeof(*l->v), compare_index_packages);
	check_versions(x, l);
	for (size_t i = 0; i < l->n; i++)
		l->v[i]->number = x->memory->by_number.n;
	*list_push(x->a, &x->memory->by_number) = known;
	known->candidate = choose_candidate(l);
}

static struct index_name *index_look_up(const struct index *x, struct str name)
{
	struct index_name *known = strmap_get(&x->memory->names, name);

	if (known)
		return known;
	name = str_copy(x->a, name);
	known = arena_alloc(x->a, sizeof(*known));
	*strmap_slot(x->a, &x->memory->names, name) = known;
	list_each(l, &x->listings)
		add_listed(x, l, name, &known->versions);
	list_each(p, &x->pins) {
		if (str_eq((*p)->name, name))
			*list_push(x->a, &known->versions) = *p;
	}
	if (known->versions.n)
		index_settle(x, known);
	return known;
}

/* Notes what a pin provides: a kept index need not say so of it. */
static bool add_pinned_names(const struct index *x, const struct index_package *p, struct error *e)
{
	struct str rest = p->provides, name, version;
	int got;

	while ((got = stanza_next_provided(&rest, p->name, &name, &version, e)) > 0) {
		void **slot = strmap_slot(x->a, &x->memory->pinned, name);
		struct strings *who = *slot ? *slot : arena_alloc(x->a, sizeof(*who));

		*slot = who;
		*list_push(x->a, who) = str_dup(x->a, p->name);
	}
	return got == 0;
}

bool index_finish(struct index *x, struct error *e)
{
	x->memory = arena_alloc(x->a, sizeof(*x->memory));
	x->memory->choices = 1;
	list_each(p, &x->pins) {
		index_look_up(x, (*p)->name);
		if (!add_pinned_names(x, *p, e))
			return false;
	}
	return index_sound(x, e);
}

bool index_sound(const struct index *x, struct error *e)
{
	list_each(l, &x->listings) {
		if (!kept_is_damaged(l->kept))
			continue;
		err_clear(e);
		return err_set(e, ERR_SYSTEM,
			       "what is kept of an index of %s is damaged: run this again",
			       l->suite->codename);
	}
	if (!x->memory || x->memory->fault.kind == ERR_NONE)
		return true;
	*e = x->memory->fault;
	return false;
}

struct index_package *index_choose(struct index *x, struct index_package *p)
{
	struct index_name *known = x->memory->by_number.v[p->number];
	struct index_package *before = known->candidate;

	known->candidate = p;
	x->memory->choices += before != p;
	return before;
}

struct index_package *index_chosen(const struct index *x, const struct index_package *p)
{
	return x->memory->by_number.v[p->number]->candidate;
}

struct index_package *const *index_versions(const struct index *x, struct str name, size_t *n)
{
	const struct index_name *known = x->memory ? index_look_up(x, name) : NULL;

	*n = known ? known->versions.n : 0;
	return *n ? known->versions.v : NULL;
}

const struct index_package *index_candidate(const struct index *x, struct str name)
{
	return x->memory ? index_look_up(x, name)->candidate : NULL;
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

void index_names(struct arena *a, const struct index *x, struct str prefix, struct strings *out)
{
	list_each(l, &x->listings) {
		const struct kept_entry *entry;
		size_t n;

		entry = kept_find_prefix(l->kept, prefix, &n);
		for (size_t i = 0; i < n; i++)
			*list_push(a, out) = str_dup(a, kept_key(l->kept, &entry[i]));
	}
	list_each(p, &x->pins) {
		if (str_starts((*p)->name, prefix))
			*list_push(a, out) = str_dup(a, (*p)->name);
	}
	strings_unique(out);
}

/* Packages of which some version provides a name. */
static void list_offerers(struct arena *a, const struct index *x, struct str name,
			  struct strings *out)
{
	const struct strings *pinned = strmap_get(&x->memory->pinned, name);

	list_each(l, &x->listings) {
		const struct kept_entry *entry;
		size_t n;

		entry = kept_find_offers(l->kept, name, &n);
		for (size_t i = 0; i < n; i++)
			*list_push(a, out) = str_dup(a, kept_offerer(l->kept, &entry[i]));
	}
	for (size_t i = 0; pinned && i < pinned->n; i++)
		*list_push(a, out) = pinned->v[i];
	strings_unique(out);
}

static void add_offers(const struct index *x, const struct index_package *p, struct str wanted,
		       struct index_provides *out)
{
	struct str rest = p->provides, name, version;
	struct error e = { 0 };
	int got;

	while ((got = stanza_next_provided(&rest, p->name, &name, &version, &e)) > 0) {
		if (str_eq(name, wanted))
			*list_push(x->a, out) = (struct index_provide){ name, version, p };
	}
	if (got < 0)
		index_spoil(x, &e);
}

static struct index_virtual *virtual_look_up(const struct index *x, struct str name)
{
	struct index_virtual *known = strmap_get(&x->memory->virtuals, name);
	AUTO_ARENA scratch = { 0 };
	struct strings who = { 0 };

	if (known)
		return known;
	name = str_copy(x->a, name);
	known = arena_alloc(x->a, sizeof(*known));
	*strmap_slot(x->a, &x->memory->virtuals, name) = known;
	list_offerers(&scratch, x, name, &who);
	list_each(by, &who) {
		list_each(p, &index_look_up(x, str_of(*by))->versions)
			add_offers(x, *p, name, &known->offers);
	}
	if (known->offers.n)
		qsort(known->offers.v, known->offers.n, sizeof(*known->offers.v), compare_provides);
	return known;
}

/* Those of the candidates. */
static void choose_provides(const struct index *x, struct index_virtual *v)
{
	v->choices = x->memory->choices;
	v->provides = (struct index_provides){ 0 };
	list_each(offer, &v->offers) {
		if (index_chosen(x, offer->by) == offer->by)
			*list_push(x->a, &v->provides) = *offer;
	}
}

const struct index_provide *index_providers(const struct index *x, struct str name, size_t *n)
{
	struct index_virtual *known = x->memory ? virtual_look_up(x, name) : NULL;

	if (known && known->choices != x->memory->choices)
		choose_provides(x, known);
	*n = known ? known->provides.n : 0;
	return *n ? known->provides.v : NULL;
}

const struct index_provide *index_offers(const struct index *x, struct str name, size_t *n)
{
	const struct index_virtual *known = x->memory ? virtual_look_up(x, name) : NULL;

	*n = known ? known->offers.n : 0;
	return *n ? known->offers.v : NULL;
}

size_t *index_mark(struct arena *a, struct index_marks *m, const struct index_package *p)
{
	while (m->n <= p->number)
		*list_push(a, m) = 0;
	return &m->v[p->number];
}

size_t index_marked(const struct index_marks *m, const struct index_package *p)
{
	return p->number < m->n ? m->v[p->number] : 0;
}

void index_add_packages(struct index *x, const struct suite *suite, const struct kept_index *kept)
{
	*list_push(x->a, &x->listings) = (struct index_listing){ suite, index_priority(x, suite),
								 kept };
}
