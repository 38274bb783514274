/* SPDX-License-Identifier: Apache-2.0 */
/* The search for a set of packages, in apt's order: depth first. A package is chosen, then its
 * relations are gone through one by one; what meets one is chosen, and all that this needs, before
 * the next is looked at. Where a way leads nowhere, the search goes back to the last decision that
 * has to do with the failure and takes its next way (conflict-directed backjumping, bounded). Which
 * packages a relation means is known in relation_match.c. */

#include "input/resolve/resolve.h"

#include <assert.h>
#include <stdlib.h>

#include "input/resolve/relation_match.h"

#define BACKTRACKS_MAX 5000

/* Relations still to be met, the next first. Never changed once made: a decision keeps where it
 * stood by keeping a pointer. */
struct agenda {
	struct str groups;
	const char *why;
	size_t cause;			/* the decision that brought them in; 0: none did */
	const struct index_package *of; /* whose relations they are; NULL: a request's */
	const struct agenda *next;
};

/* A group that can be met in several ways, and the way taken. Decisions count from 1. */
struct decision {
	const struct matches *ways;
	const char *why;
	size_t way, cause;
	size_t picks, taboos; /* how many there were before */
	const struct agenda *then;
	bool *blame; /* earlier decisions that failures of its ways had to do with */
};

struct package_search {
	struct arena *a;
	const struct index *x;
	struct index_marks chosen;  /* place in picks + 1 */
	struct picks picks;	    /* in the order of choosing */
	struct LIST(size_t) causes; /* of the picks */
	const struct agenda *agenda;
	struct taboos taboos;
	struct LIST(struct decision) decisions;
	size_t blamed[2];      /* decisions that the last dead end has to do with */
	struct error first;    /* the first dead end: what a person would meet */
	struct strings pinned; /* packages that are kept and had to do with it */
	bool hopeless;	       /* malformed data: no other way helps */
};

/* Remembers who stood in the way of the first dead end, if it is kept only because it was locked.
 */
static void blame_pin(struct package_search *s, const struct index_package *p)
{
	if (s->first.kind == ERR_NONE && p && p->pin)
		*list_push(s->a, &s->pinned) = p->pin->name;
}

static bool dead_end(struct package_search *s, const struct error *e, size_t cause, size_t other)
{
	if (s->first.kind == ERR_NONE)
		s->first = *e;
	s->blamed[0] = cause;
	s->blamed[1] = other;
	return false;
}

static bool resolve_give_up(struct package_search *s, const struct error *e)
{
	s->hopeless = true;
	s->first = *e;
	return false;
}

static bool clash_error(struct package_search *s, const struct index_package *p, const char *why,
			size_t cause, const struct taboo *t)
{
	struct error e = { 0 };
	const struct index_package *other = t->owner == p ? t->hit : t->owner;
	size_t place = index_marked(&s->chosen, other) - 1;

	assert(s->picks.v && s->causes.v); /* something was chosen */
	err_set(&e, ERR_INPUT, "%.*s (%s) and %.*s (%s) cannot be together: %.*s has %s %s",
		STR_ARG(p->name), why, STR_ARG(other->name), s->picks.v[place].why,
		STR_ARG(t->owner->name),
		t->breaks ? "Breaks:" : "Conflicts:", relation_format(s->a, &t->relation));
	blame_pin(s, other);
	blame_pin(s, p);
	return dead_end(s, &e, cause, s->causes.v[place]);
}

static void put_first(struct package_search *s, struct agenda what)
{
	struct agenda *more = arena_alloc(s->a, sizeof(*more));

	*more = what;
	more->next = s->agenda;
	s->agenda = more;
}

/* What a package needs comes before what else is open. */
static void add_relations(struct package_search *s, const struct index_package *p, size_t cause)
{
	const char *why = arena_printf(s->a, "needed by %.*s", STR_ARG(p->name));

	put_first(s, (struct agenda){ p->depends, why, cause, p, NULL });
	put_first(s, (struct agenda){ p->pre_depends, why, cause, p, NULL });
}

/* Chooses a package, unless one that is chosen excludes it. */
static bool resolve_join(struct package_search *s, const struct index_package *p, const char *why,
			 size_t cause)
{
	struct taboo clash = { 0 };
	struct error e = { 0 };
	int hit;

	if (index_marked(&s->chosen, p))
		return true;
	hit = taboo_between(s->x, &s->taboos, &s->picks, p, &clash, &e);
	if (hit < 0 || (hit == 0 && !taboos_add(s->a, &s->taboos, p, &e)))
		return resolve_give_up(s, &e);
	if (hit)
		return clash_error(s, p, why, cause, &clash);
	*list_push(s->a, &s->picks) = (struct pick){ p, why };
	*list_push(s->a, &s->causes) = cause;
	*index_mark(s->a, &s->chosen, p) = s->picks.n;
	return true;
}

static bool resolve_choose(struct package_search *s, const struct index_package *p, const char *why,
			   size_t cause)
{
	if (!resolve_join(s, p, why, cause))
		return false;
	add_relations(s, p, cause);
	return true;
}

static bool resolve_is_met(const struct package_search *s, const struct matches *ways)
{
	for (size_t i = 0; i < ways->n; i++) {
		if (index_marked(&s->chosen, ways->v[i]))
			return true;
	}
	return false;
}

/* Takes back what the last decision and all after it have chosen. */
static void take_back(struct package_search *s, const struct decision *d)
{
	while (s->picks.n > d->picks)
		*index_mark(s->a, &s->chosen, s->picks.v[--s->picks.n].package) = 0;
	s->causes.n = d->picks;
	s->taboos.n = d->taboos;
	s->agenda = d->then;
}

/* Takes the next way of the last decision that can be gone. What it needs is caused by it. */
static bool take_way(struct package_search *s)
{
	size_t number = s->decisions.n;
	struct decision *d = &s->decisions.v[number - 1];

	for (; d->way < d->ways->n; d->way++) {
		if (resolve_choose(s, d->ways->v[d->way], d->why, number))
			return true;
		if (s->hopeless)
			return false;
		for (size_t i = 0; i < 2; i++)
			d->blame[s->blamed[i]] = true;
	}
	return false;
}

static bool resolve_decide(struct package_search *s, const struct matches *ways, const char *why,
			   size_t cause)
{
	size_t number = s->decisions.n + 1;
	struct decision *d = list_push(s->a, &s->decisions);

	*d = (struct decision){ ways,	    why,
				0,	    cause,
				s->picks.n, s->taboos.n,
				s->agenda,  arena_array(s->a, number + 1, sizeof(bool)) };
	return take_way(s);
}

/* Drops decisions down to one that had to do with the failure, and takes its next way. The blame of
 * one that has no way left goes to those before it. */
static bool go_back(struct package_search *s)
{
	bool *blame = arena_array(s->a, s->decisions.n + 1, sizeof(*blame));

	blame[s->blamed[0]] = blame[s->blamed[1]] = true;
	while (s->decisions.n) {
		size_t number = s->decisions.n;
		struct decision *d = &s->decisions.v[number - 1];

		take_back(s, d);
		if (blame[number]) {
			for (size_t i = 0; i < number; i++)
				d->blame[i] |= blame[i];
			d->way++;
			if (take_way(s))
				return true;
			if (s->hopeless)
				return false;
			blame = d->blame;
			blame[d->cause] = true;
		}
		s->decisions.n--;
	}
	return false;
}

/* Nothing meets a group: a package that is kept may be too old, or not provide what a newer one
 * does; or who needs it is kept. */
static void blame_pins(struct package_search *s, struct str group, const struct index_package *of)
{
	struct error ignored = { 0 };
	struct relation r;

	while (relation_next_build(&group, s->x->arch, &r, &ignored) > 0) {
		const struct index_provide *offers;
		size_t n;

		blame_pin(s, index_candidate(s->x, r.name));
		offers = index_offers(s->x, r.name, &n);
		for (size_t i = 0; i < n; i++)
			blame_pin(s, index_chosen(s->x, offers[i].by));
	}
	blame_pin(s, of);
}

/* Meets one group of relations: it is met already, forced, or a decision. */
static bool resolve_meet_group(struct package_search *s, struct str group,
			       const struct agenda *from)
{
	const char *why = from->why;
	size_t cause = from->cause;
	struct matches *ways = arena_alloc(s->a, sizeof(*ways));
	struct error e = { 0 };

	if (!match_group(s->a, s->x, group, ways, &e)) {
		err_wrap(&e, "%s", why);
		return resolve_give_up(s, &e);
	}
	if (ways->n == 0 && !ways->restricted) {
		match_explain(s->a, s->x, group, why, &e);
		blame_pins(s, group, from->of);
		return dead_end(s, &e, cause, cause);
	}
	if (ways->n == 0 || resolve_is_met(s, ways))
		return true;
	return ways->n == 1 ? resolve_choose(s, ways->v[0], why, cause)
			    : resolve_decide(s, ways, why, cause);
}

/* Takes the next group of the agenda. false: it is empty. */
static bool next_group(struct package_search *s, struct str *group, struct agenda *from)
{
	while (s->agenda) {
		*from = *s->agenda;
		s->agenda = from->next;
		if (!relation_group(&from->groups, group))
			continue;
		put_first(s, *from);
		return true;
	}
	return false;
}

static bool resolve_search(struct package_search *s)
{
	unsigned backtracks = 0;
	struct agenda from;
	struct str group;

	while (next_group(s, &group, &from)) {
		if (resolve_meet_group(s, group, &from))
			continue;
		if (s->hopeless || ++backtracks > BACKTRACKS_MAX || !go_back(s))
			return false;
	}
	return true;
}

/* Calls `act` for what a request can only be met by. */
static bool for_forced(struct package_search *s, const struct request *r,
		       bool (*act)(struct package_search *, const struct index_package *,
				   const char *, size_t))
{
	struct str rest = str_of(r->text), group;

	while (relation_group(&rest, &group)) {
		struct matches ways = { 0 };
		struct error e = { 0 };

		if (!match_group(s->a, s->x, group, &ways, &e)) {
			err_wrap(&e, "%s", r->why);
			return resolve_give_up(s, &e);
		}
		if (ways.n == 1 && !act(s, ways.v[0], r->why, 0))
			return false;
	}
	return true;
}

/* All that is asked for by name is there before anything is decided, as with apt; what it needs
 * follows in the order of asking. */
static bool add_requests(struct package_search *s, const struct request *requests, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!for_forced(s, &requests[i], resolve_join))
			return false;
	}
	for (size_t i = n; i-- > 0;) {
		put_first(s, (struct agenda){ .groups = str_of(requests[i].text),
					      .why = requests[i].why });
		if (!for_forced(s, &requests[i], resolve_choose))
			return false;
	}
	return true;
}

static int compare_picks(const void *a, const void *b)
{
	const struct pick *x = a, *y = b;

	return str_cmp(x->package->name, y->package->name);
}

bool resolve_pinned(struct arena *a, const struct index *x, const struct request *requests,
		    size_t n, struct picks *out, struct strings *blamed, struct error *e)
{
	struct package_search s = { .a = a, .x = x };

	if (!add_requests(&s, requests, n) || !resolve_search(&s)) {
		*e = s.first;
		list_append(a, blamed, &s.pinned);
		return false;
	}
	*out = s.picks;
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), compare_picks);
	return true;
}
