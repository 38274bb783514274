/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over what is in the image: who is there, what they depend on, what meets it. Which
 * packages need no word is in depends_kinds.c. */

#include "make/compose/depends.h"

#include <stdlib.h>

#include "make/compose/depends_parts.h"
#include "input/resolve/taken_depends.h"
#include "format/debian/relations.h"

/* Accepts hold for the whole image, whichever component has them. Those used are noted. */
static bool accept_name(struct depending *d, const char *name)
{
	bool found = false;

	for (size_t i = 0; i < d->accepts.n; i++) {
		if (!depends_accepts(d->accepts.v[i].accept, name))
			continue;
		d->accepts.v[i].used = found = true;
	}
	return found;
}

/* A group of alternatives being judged. */
struct depends_group {
	struct str text;
	const struct dependent *by;
	const struct dependent *meets; /* the first that would, or NULL: no lock has one */
	const char *first;	       /* the first name; "" before it is read */
	const char *spelt;
	bool met, accepted;
};

/* One alternative: by a package of that name, and by those that provide it. */
static void judge_relation(struct depending *d, struct depends_group *g, const struct relation *r)
{
	const char *text = str_dup(d->a, r->name);

	g->first = *g->first ? g->first : text;
	g->met |= depends_present(d, r) || depends_of_scripts(text);
	for (size_t i = 0; i < d->all.n; i++) {
		struct dependent *q = &d->all.v[i];
		bool is_named = strcmp(q->deb->package->name, text) == 0;

		if (!dependent_meets(q, r))
			continue;
		if (q->there || dependent_is_essential(q->deb))
			g->met = true;
		if (!g->meets || (is_named && strcmp(g->first, text) == 0))
			g->meets = q;
		g->accepted |= accept_name(d, q->deb->package->name);
	}
	g->accepted |= accept_name(d, text);
}

static bool judge_group(struct depending *d, struct depends_group *g, struct error *e)
{
	struct str rest = g->text;
	struct relation r;
	int got;

	while ((got = relation_next(&rest, &r, e)) > 0)
		judge_relation(d, g, &r);
	return got == 0;
}

static struct depends_miss *miss_of(struct depending *d, const char *package)
{
	for (size_t i = 0; i < d->out->v.n; i++) {
		if (strcmp(d->out->v.v[i].package, package) == 0)
			return &d->out->v.v[i];
	}
	return NULL;
}

static void report_miss(struct depending *d, const struct depends_group *g)
{
	const char *package = g->meets ? g->meets->deb->package->name : g->first;
	struct depends_miss *m = miss_of(d, package);

	if (!m) {
		m = list_push(d->a, &d->out->v);
		*m = (struct depends_miss){ .package = package,
					    .text = str_dup(d->a, g->text),
					    .spelt = g->spelt };
		dependent_place(d, g->by, m);
	}
	if (!strings_has(&m->by, g->by->deb->package->name))
		*list_push(d->a, &m->by) = g->by->deb->package->name;
}

/* What nothing meets, and why that may be well. */
static bool weigh_group(struct depending *d, struct depends_group *g, struct error *e)
{
	struct dependent *q = g->meets ? &d->all.v[g->meets - d->all.v] : NULL;

	if (q && !dependent_is_noted_library(q) && !dependent_open(q, e))
		return false;
	if (q && dependent_is_library(q)) {
		if (!dependent_spells(d, g->by, q, &g->spelt, e) ||
		    (dependent_dangles(d, g->by) && !dependent_open(q, e)))
			return false;
		if (!g->spelt)
			g->spelt = dependent_links(d, g->by, q);
		if (!g->spelt)
			g->spelt = dependent_modules(d, q, NULL);
		if (!g->spelt)
			return true;
		report_miss(d, g);
		return true;
	}
	if (q && dependent_is_empty(q->deb)) {
		q->counts = true;
		return true;
	}
	if (q)
		g->spelt = dependent_modules(d, q, g->by);
	report_miss(d, g);
	return true;
}

/* By names; and where no package has one, by what those provide that were not opened yet. */
static bool judge_thoroughly(struct depending *d, struct depends_group *g, struct error *e)
{
	const struct depends_group fresh = *g;

	if (!judge_group(d, g, e))
		return false;
	if (g->met || g->accepted || g->meets)
		return true;
	for (size_t i = 0; i < d->all.n; i++) {
		if (!dependent_open(&d->all.v[i], e))
			return false;
	}
	*g = fresh;
	return judge_group(d, g, e);
}

static bool check_dependent(struct depending *d, const struct dependent *by, struct error *e)
{
	struct str rest = str_of(by->placed->locked->depends), text;

	while (relation_group(&rest, &text)) {
		struct depends_group g = { .text = text, .by = by, .first = "" };

		if (!judge_thoroughly(d, &g, e))
			return err_wrap(e, "package %s", by->deb->package->name);
		if (!g.met && !g.accepted && !weigh_group(d, &g, e))
			return false;
	}
	return true;
}

/* Whether the closure's package opens libraries of its own, or has data, that stayed behind. */
static bool check_own(struct depending *d, const struct dependent *p, struct error *e)
{
	struct depends_group g = { .text = str_of(p->deb->package->name),
				   .by = p,
				   .meets = p,
				   .first = p->deb->package->name };

	if (!p->is_library || accept_name(d, g.first))
		return true;
	if (!dependent_spells(d, p, p, &g.spelt, e))
		return false;
	if (!g.spelt)
		g.spelt = dependent_links(d, NULL, p);
	if (!g.spelt)
		g.spelt = dependent_plugins(d, p);
	if (!g.spelt && !dependent_data(d, p, &g.spelt, e))
		return false;
	if (g.spelt)
		report_miss(d, &g);
	return true;
}

static int compare_misses(const void *a, const void *b)
{
	return strcmp(((const struct depends_miss *)a)->package,
		      ((const struct depends_miss *)b)->package);
}

static void collect_accepts(struct depending *d, const struct recipe *top)
{
	for (const struct recipe *r = top; r; r = r->base) {
		for (size_t i = 0; i < r->components.n; i++) {
			const struct depends *x = &r->components.v[i].depends;

			for (size_t k = 0; k < x->accept.n; k++)
				*list_push(d->a, &d->accepts) = (struct depends_accepting){
					.accept = &x->accept.v[k],
					.recipe = r,
					.component = &r->components.v[i]
				};
		}
	}
}

/* Of several providers each has dependencies of its own: what is unused now may be for another one.
 */
static void give_unused(struct depending *d, const struct recipe *top)
{
	for (size_t i = 0; i < d->accepts.n; i++) {
		const struct depends_accepting *x = &d->accepts.v[i];

		if (!x->used && x->recipe == top && x->component->providers.n == 1)
			*list_push(d->a, &d->out->unused) = x->accept;
	}
}

/* Does a package have it in its Depends? A library that was found by what needs it is not always
 * in one: a plug-in's package suggests it. */
static bool miss_is_named(const struct depending *d, const char *package)
{
	list_each(p, &d->all) {
		if (relations_name(str_of(p->placed->locked->depends), package))
			return true;
	}
	return false;
}

bool depends_check(struct arena *a, const struct compositions *all, struct depends_report *out,
		   struct error *e)
{
	const struct composition *top = all->v[all->n - 1];
	struct depending d = { .a = a, .compositions = all, .tree = top->tree, .out = out };
	bool again;

	*out = (struct depends_report){ 0 };
	dependents_collect(&d);
	collect_accepts(&d, top->order->recipe);
	do {
		again = false;
		for (size_t i = 0; i < d.all.n; i++) {
			struct dependent *p = &d.all.v[i];

			if (!p->counts || p->done)
				continue;
			p->done = again = true;
			if (!check_dependent(&d, p, e) || !check_own(&d, p, e))
				return false;
		}
	} while (again);
	list_each(m, &out->v)
		m->named = miss_is_named(&d, m->package) || strcmp(m->by.v[0], m->package) != 0;
	if (out->v.n)
		qsort(out->v.v, out->v.n, sizeof(*out->v.v), compare_misses);
	give_unused(&d, top->order->recipe);
	return true;
}

static void describe_miss(struct buf *text, const struct depends_miss *m)
{
	buf_printf(text, "\n%s: ", m->package);
	if (m->spelt && m->by.n == 1 && strcmp(m->by.v[0], m->package) == 0) {
		buf_printf(text, "%s", m->spelt);
	} else {
		for (size_t i = 0; i < m->by.n && i < 4; i++)
			buf_printf(text, "%s%s", i ? ", " : "", m->by.v[i]);
		buf_printf(text, "%s depend%s on %s%s%s", m->by.n > 4 ? ", ..." : "",
			   m->by.n > 1 ? "" : "s", m->text, m->spelt ? "; " : "",
			   m->spelt ? m->spelt : "");
	}
}

void depends_warn(struct arena *a, struct progress *progress, const struct depends_report *r)
{
	struct buf text = { .a = a };

	for (size_t i = 0; i < r->unused.n; i++)
		progress_warn(
			progress,
			"%s: depends: there is nothing to accept: no package of the image lacks \"%s\"",
			place_format(a, &r->unused.v[i]->at), r->unused.v[i]->package);
	if (r->v.n == 0)
		return;
	buf_printf(&text, "%zu package%s that the image's packages depend on %s not in it:", r->v.n,
		   r->v.n == 1 ? "" : "s", r->v.n == 1 ? "is" : "are");
	for (size_t i = 0; i < r->v.n; i++) {
		const struct depends_miss *m = &r->v.v[i];

		describe_miss(&text, m);
		buf_printf(&text,
			   m->named ? "\n  %s, component %s: \"depends\": { \"take\": [\"%s\"] }"
				    : "\n  %s, component %s: \"packages\": [..., \"%s\"]",
			   m->component ? place_format(a, &m->component->at)
					: recipe_shown(text.a, m->recipe),
			   m->component ? m->component->name : "(add one)", m->package);
	}
	buf_puts(
		&text,
		"\nor, where the image does without it: \"accept\": [ { \"package\": ..., \"reason\": ... } ]; "
		"imgbuild lock --suggest prints the lines");
	progress_warn_list(progress, buf_cstr(&text));
}
