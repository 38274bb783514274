/* SPDX-License-Identifier: Apache-2.0 */
/* The search for a set of packages. What follows without choice is taken first; then the oldest
 * open choice is made, the leftmost way; when that leads nowhere, the last choice is taken back
 * and its next way tried (chronological backtracking, bounded). Which packages a relation means
 * is known in match.c. */

#include "lock/resolve.h"

#include <stdlib.h>

#include "lock/match.h"

#define BACKTRACKS_MAX 5000

/* A group of which one must be chosen. */
struct choice {
	const struct matches *ways;
	const char *why;
};

/* A choice that was made, and what there was before it. */
struct decision {
	size_t choice, way;
	size_t picks, taboos, choices;
};

struct search {
	struct arena *a;
	const struct index *x;
	bool *chosen;			/* by package number */
	struct picks picks;		/* in the order of choosing */
	size_t done;			/* picks whose relations have been read */
	struct taboos taboos;
	list_of(struct choice) choices;
	list_of(struct decision) decisions;
	struct error first;		/* the first dead end: what a person would meet */
	bool hopeless;			/* malformed data: no other way helps */
};

static bool dead_end(struct search *s, const struct error *e)
{
	if (s->first.kind == ERR_NONE)
		s->first = *e;
	return false;
}

static const char *why_of(const struct search *s, const struct index_package *p)
{
	for (size_t i = 0; i < s->picks.n; i++) {
		if (s->picks.v[i].package == p)
			return s->picks.v[i].why;
	}
	return "";
}

static bool clash_error(struct search *s, const struct index_package *p, const char *why,
			const struct taboo *t)
{
	struct error e = { 0 };
	const struct index_package *other = t->owner == p ? t->hit : t->owner;

	err_set(&e, ERR_INPUT, "%.*s (%s) and %.*s (%s) cannot be together: %.*s has %s %s",
		STR_ARG(p->name), why, STR_ARG(other->name), why_of(s, other),
		STR_ARG(t->owner->name), t->breaks ? "Breaks:" : "Conflicts:",
		relation_format(s->a, &t->relation));
	return dead_end(s, &e);
}

/* Whether `p` may join what is chosen. */
static bool may_join(struct search *s, const struct index_package *p, struct taboo *clash)
{
	struct error e = { 0 };
	int hit = taboo_between(s->x, &s->taboos, &s->picks, p, clash, &e);

	if (hit < 0) {
		s->hopeless = true;
		s->first = e;
	}
	return hit == 0;
}

static bool choose(struct search *s, const struct index_package *p, const char *why)
{
	struct taboo clash = { 0 };
	struct error e = { 0 };

	if (s->chosen[p->number])
		return true;
	if (!may_join(s, p, &clash))
		return s->hopeless ? false : clash_error(s, p, why, &clash);
	if (!taboos_add(s->a, &s->taboos, p, &e)) {
		s->hopeless = true;
		return dead_end(s, &e);
	}
	s->chosen[p->number] = true;
	*list_push(s->a, &s->picks) = (struct pick){ p, why };
	return true;
}

static bool is_met(const struct search *s, const struct matches *ways)
{
	for (size_t i = 0; i < ways->n; i++) {
		if (s->chosen[ways->v[i]->number])
			return true;
	}
	return false;
}

/* A group of relations: met already, forced, or a choice to be made later. */
static bool add_group(struct search *s, struct str group, const char *why)
{
	struct matches *ways = arena_alloc(s->a, sizeof(*ways));
	struct error e = { 0 };

	if (!match_group(s->a, s->x, group, ways, &e)) {
		s->hopeless = true;
		err_wrap(&e, "%s", why);
		return dead_end(s, &e);
	}
	if (ways->n == 0 && !ways->restricted) {
		match_explain(s->a, s->x, group, why, &e);
		return dead_end(s, &e);
	}
	if (ways->n == 0 || is_met(s, ways))
		return true;
	if (ways->n == 1)
		return choose(s, ways->v[0], why);
	*list_push(s->a, &s->choices) = (struct choice){ ways, why };
	return true;
}

static bool add_relations(struct search *s, const struct index_package *p)
{
	struct str texts[] = { p->pre_depends, p->depends }, group;
	const char *why = arena_printf(s->a, "needed by %.*s", STR_ARG(p->name));

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		while (relation_group(&texts[i], &group)) {
			if (!add_group(s, group, why))
				return false;
		}
	}
	return true;
}

/* Everything that follows without choice. */
static bool propagate(struct search *s)
{
	while (s->done < s->picks.n) {
		if (!add_relations(s, s->picks.v[s->done++].package))
			return false;
	}
	return true;
}

/* Tries the ways of a choice from `way` on. */
static bool take_way(struct search *s, size_t choice, size_t way)
{
	const struct choice c = s->choices.v[choice];
	struct decision d = { choice, way, s->picks.n, s->taboos.n, s->choices.n };
	struct taboo clash = { 0 };

	for (; d.way < c.ways->n; d.way++) {
		if (may_join(s, c.ways->v[d.way], &clash))
			break;
		if (s->hopeless)
			return false;
	}
	if (d.way == c.ways->n)	/* none was left to try, or the last one clashes */
		return clash.owner ? clash_error(s, c.ways->v[d.way - 1], c.why, &clash) : false;
	*list_push(s->a, &s->decisions) = d;
	return choose(s, c.ways->v[d.way], c.why);
}

/* Takes back the last decision that has another way, and goes it. */
static bool go_back(struct search *s)
{
	while (s->decisions.n) {
		struct decision d = s->decisions.v[--s->decisions.n];

		while (s->picks.n > d.picks)
			s->chosen[s->picks.v[--s->picks.n].package->number] = false;
		s->done = d.picks;
		s->taboos.n = d.taboos;
		s->choices.n = d.choices;
		if (take_way(s, d.choice, d.way + 1))
			return true;
		if (s->hopeless)
			return false;
	}
	return false;
}

static bool find_open(const struct search *s, size_t *from)
{
	while (*from < s->choices.n && is_met(s, s->choices.v[*from].ways))
		++*from;
	return *from < s->choices.n;
}

static bool solve(struct search *s)
{
	size_t open = 0;

	for (unsigned backtracks = 0; ; ) {
		bool ok = propagate(s);

		if (ok && !find_open(s, &open))
			return true;
		if (ok && take_way(s, open, 0))
			continue;
		if (s->hopeless || ++backtracks > BACKTRACKS_MAX || !go_back(s))
			return false;
		open = 0;
	}
}

/* Requests are taken in order; those without choice come first of all. */
static bool add_requests(struct search *s, const struct request *requests, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str rest = str_of(requests[i].text), group;

		while (relation_group(&rest, &group)) {
			if (!add_group(s, group, requests[i].why))
				return false;
		}
	}
	return true;
}

static int compare_picks(const void *a, const void *b)
{
	const struct pick *x = a, *y = b;

	return str_cmp(x->package->name, y->package->name);
}

bool resolve(struct arena *a, const struct index *x, const struct request *requests, size_t n,
	     struct picks *out, struct error *e)
{
	struct search s = { .a = a, .x = x };

	s.chosen = arena_array(a, x->packages.n + 1, sizeof(*s.chosen));
	if (!add_requests(&s, requests, n) || !solve(&s)) {
		*e = s.first;
		return false;
	}
	*out = s.picks;
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), compare_picks);
	return true;
}

const struct pick *picks_find(const struct picks *p, struct str name)
{
	size_t from = 0, to = p->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = str_cmp(name, p->v[middle].package->name);

		if (order == 0)
			return &p->v[middle];
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}
