/* SPDX-License-Identifier: Apache-2.0 */
/* Joins what the data files say: the first that speaks of a vulnerability in a package counts, an
 * advisory gives way to what it is about, and statements (VEX) come last. */

#include "inspect/vuln/vuln.h"

#include <stdlib.h>

#include "inspect/vuln/vex.h"
#include "inspect/vuln/vuln_data.h"

/* Components stand in one list, so their addresses order them. */
static int by_component(const void *a, const void *b)
{
	const struct vuln *x = a, *y = b;
	int order = (x->component > y->component) - (x->component < y->component);

	if (!order)
		order = strcmp(x->id, y->id);
	return order ? order : (x->order > y->order) - (x->order < y->order);
}

static void vulns_sort(struct vulns *l)
{
	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), by_component);
}

static const struct vuln *vulns_find(const struct vulns *l, const struct image_component *c,
				     const char *id)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct vuln *v = &l->v[mid];
		int order = (v->component > c) - (v->component < c);

		if (!order)
			order = strcmp(v->id, id);
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < l->n && l->v[lo].component == c && strcmp(l->v[lo].id, id) == 0 ? &l->v[lo]
										    : NULL;
}

/* Is every part of the advisory known by itself? */
static bool told_in_parts(const struct vulns *l, const struct vuln *v)
{
	for (size_t i = 0; i < v->parts.n; i++) {
		const struct vuln *part = vulns_find(l, v->component, vuln_plain_id(v->parts.v[i]));

		if (!part || part == v)
			return false;
	}
	return v->parts.n != 0;
}

static void vulns_join(struct arena *a, struct vulns *l)
{
	struct vulns out = { 0 };

	vulns_sort(l);
	for (size_t i = 0; i < l->n; i++) {
		const struct vuln *last = out.n ? &out.v[out.n - 1] : NULL, *v = &l->v[i];
		bool again = last && last->component == v->component &&
			     strcmp(last->id, v->id) == 0;

		if (!again && !told_in_parts(l, v))
			*list_push(a, &out) = *v;
	}
	*l = out;
}

static const char *rule_of(const struct vuln *v)
{
	switch (v->state) {
	case VULN_AFFECTED:
		return v->fixed ? "cve.fix-available" : "cve.open";
	case VULN_DEFERRED:
		return "cve.deferred";
	case VULN_UNIMPORTANT:
		return "cve.unimportant";
	case VULN_INVESTIGATED:
		return "cve.under-investigation";
	case VULN_FIXED:
	case VULN_NOT_AFFECTED:
		break;
	}
	return NULL;
}

/* What the data say, or what a statement adds to it. */
static void weigh_vulns(struct vulns *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct vuln *v = &l->v[i];

		l->counts[v->state]++;
		if (rule_of(v))
			v->rule = v->rule && v->state == VULN_INVESTIGATED ? v->rule : rule_of(v);
	}
}

/* What the data say about the components of a set, whose names are in its index already. */
static bool vuln_read_all(struct vuln_set *s, const struct vuln_inputs *data, struct error *e)
{
	struct vulns *out = s->vulns;

	for (size_t i = 0; i < data->n; i++) {
		if (!vuln_data_read(s, &data->v[i], e))
			return false;
	}
	vulns_join(s->a, out);
	for (size_t i = 0; i < out->n; i++)
		out->v[i].rule = rule_of(&out->v[i]);
	vex_apply(s);
	vulns_sort(out);
	weigh_vulns(out);
	if (s->others.n && !s->release_told) {
		strings_sort(&s->others);
		out->other_releases = strings_join(s->a, &s->others, ", ");
	}
	return true;
}

bool vuln_read(struct arena *a, const struct model *m, const struct vuln_inputs *data,
	       struct vulns *out, struct remarks *problems, struct error *e)
{
	struct vuln_set *s = arena_alloc(a, sizeof(*s));

	*s = (struct vuln_set){ .a = a, .image = m->image, .vulns = out };
	if (m->os_id && strcmp(m->os_id, "debian") == 0)
		s->release = m->os_version;
	if (!image_components(a, m, &s->components, problems, e))
		return false;
	component_index_init(a, &s->components, &s->index);
	return vuln_read_all(s, data, e);
}

bool vuln_read_components(struct arena *a, const struct components *l, const char *release,
			  const struct vuln_inputs *data, struct vulns *out, struct error *e)
{
	static const struct image_facts none = { .architecture = "" };
	struct vuln_set *s = arena_alloc(a, sizeof(*s));

	*s = (struct vuln_set){
		.a = a, .image = &none, .components = *l, .release = release, .vulns = out
	};
	component_index_init(a, &s->components, &s->index);
	return vuln_read_all(s, data, e);
}
