/* SPDX-License-Identifier: Apache-2.0 */
/* Joins what the data files say: the first that speaks of a vulnerability in a package counts, an
 * advisory gives way to what it is about, and statements (VEX) come last. */

#include "inspect/vuln/vuln.h"

#include <stdlib.h>

#include "inspect/vuln/vex.h"
#include "inspect/vuln/vuln_data.h"

const char *vuln_state_name(enum vuln_state s)
{
	static const char *const names[] = {
		[VULN_AFFECTED] = "affected", [VULN_DEFERRED] = "deferred",
		[VULN_UNIMPORTANT] = "unimportant", [VULN_INVESTIGATED] = "under_investigation",
		[VULN_FIXED] = "fixed", [VULN_NOT_AFFECTED] = "not_affected",
	};

	return names[s];
}

bool vuln_has_source(const void *set, const char *source)
{
	const struct vuln_set *s = set;

	for (size_t i = 0; i < s->components.n; i++)
		if (s->components.v[i].source && strcmp(s->components.v[i].source, source) == 0)
			return true;
	return false;
}

static const char *plain(const char *id)
{
	static const char prefix[] = "DEBIAN-";

	return strncmp(id, prefix, sizeof(prefix) - 1) == 0 ? id + sizeof(prefix) - 1 : id;
}

bool vuln_named(const struct vuln *v, const char *name)
{
	name = plain(name);
	if (strcmp(v->id, name) == 0)
		return true;
	for (size_t i = 0; i < v->aliases.n; i++)
		if (strcmp(plain(v->aliases.v[i]), name) == 0)
			return true;
	return false;
}

static void copy(struct arena *a, const struct strings *from, struct strings *to)
{
	*to = (struct strings){ NULL, 0, 0 };
	for (size_t i = 0; i < from->n; i++)
		*list_push(a, to) = arena_strdup(a, from->v[i]);
}

/* The name most people know it by: of a record that is about one CVE, the CVE. */
static const char *best_id(const struct vuln *v)
{
	const char *id = plain(v->id);

	if (strncmp(id, "CVE-", 4) == 0)
		return id;
	for (size_t i = 0; i < v->aliases.n; i++)
		if (strncmp(v->aliases.v[i], "CVE-", 4) == 0)
			return v->aliases.v[i];
	return v->parts.n == 1 && strncmp(v->parts.v[0], "CVE-", 4) == 0 ? v->parts.v[0] : id;
}

void vuln_add(struct vuln_set *s, const struct vuln *v)
{
	struct vuln *new;

	if (s->vulns->n == VULNS_MAX)
		return;
	new = list_push(s->a, s->vulns);
	*new = *v;
	new->order = s->vulns->n;
	new->id = arena_strdup(s->a, best_id(v));
	new->fixed = v->fixed ? arena_strdup(s->a, v->fixed) : NULL;
	new->note = v->note ? arena_strdup(s->a, v->note) : NULL;
	copy(s->a, &v->aliases, &new->aliases);
	copy(s->a, &v->parts, &new->parts);
	if (strcmp(new->id, v->id) != 0)
		*list_push(s->a, &new->aliases) = arena_strdup(s->a, v->id);
}

/* Components stand in one list, so their addresses order them. */
static int by_component(const void *a, const void *b)
{
	const struct vuln *x = a, *y = b;
	int order = (x->component > y->component) - (x->component < y->component);

	if (!order)
		order = strcmp(x->id, y->id);
	return order ? order : (x->order > y->order) - (x->order < y->order);
}

static void sort(struct vulns *l)
{
	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), by_component);
}

static const struct vuln *known(const struct vulns *l, const struct component *c, const char *id)
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
	return lo < l->n && l->v[lo].component == c && strcmp(l->v[lo].id, id) == 0 ? &l->v[lo] : NULL;
}

/* Is every part of the advisory known by itself? */
static bool told_in_parts(const struct vulns *l, const struct vuln *v)
{
	for (size_t i = 0; i < v->parts.n; i++) {
		const struct vuln *part = known(l, v->component, plain(v->parts.v[i]));

		if (!part || part == v)
			return false;
	}
	return v->parts.n != 0;
}

static void join(struct arena *a, struct vulns *l)
{
	struct vulns out = { NULL, 0, 0, { 0 } };

	sort(l);
	for (size_t i = 0; i < l->n; i++) {
		const struct vuln *last = out.n ? &out.v[out.n - 1] : NULL, *v = &l->v[i];
		bool again = last && last->component == v->component && strcmp(last->id, v->id) == 0;

		if (!again && !told_in_parts(l, v))
			*list_push(a, &out) = *v;
	}
	*l = out;
}

static const char *rule_of(const struct vuln *v)
{
	switch (v->state) {
	case VULN_AFFECTED: return v->fixed ? "cve.fix-available" : "cve.open";
	case VULN_DEFERRED: return "cve.deferred";
	case VULN_UNIMPORTANT: return "cve.unimportant";
	case VULN_INVESTIGATED: return "cve.under-investigation";
	case VULN_FIXED:
	case VULN_NOT_AFFECTED: break;
	}
	return NULL;
}

static const char *message(struct arena *a, const struct vuln *v)
{
	const struct component *c = v->component;
	struct buf out = { .a = a };

	buf_printf(&out, "%s: %s", v->id, c ? c->name : "the image");
	if (c && c->version)
		buf_printf(&out, " %s", c->version);
	if (c && c->source)
		buf_printf(&out, " (source %s %s)", c->source, c->source_version);
	if (v->fixed)
		buf_printf(&out, ", fixed in %s", v->fixed);
	if (v->note)
		buf_printf(&out, ", %s", v->note);
	if (v->vex && (v->vex->status == VEX_AFFECTED || v->vex->status == VEX_UNDER_INVESTIGATION))
		buf_printf(&out, "; %s says %s%s%s", v->vex->where,
			   v->vex->status == VEX_AFFECTED ? "affected" : "under investigation",
			   *v->vex->reason ? ": " : "", v->vex->reason);
	return buf_cstr(&out);
}

/* A statement that excludes it stands as an exception, with its reason. */
static const struct audit_accept *excluded(struct arena *a, const struct vuln *v)
{
	struct audit_accept *x;

	if (!v->vex || (v->vex->status != VEX_NOT_AFFECTED && v->vex->status != VEX_FIXED))
		return NULL;
	x = arena_alloc(a, sizeof(*x));
	*x = (struct audit_accept){ .rule = v->rule, .where = v->vex->where, .reason = arena_printf(
		a, "VEX %s%s%s", v->vex->status == VEX_FIXED ? "fixed" : "not_affected",
		*v->vex->reason ? ": " : "", v->vex->reason) };
	return x;
}

/* Findings: what the data say, or what a statement adds to it. */
static void report(struct vuln_set *s)
{
	for (struct vuln *v = s->vulns->v; v < s->vulns->v + s->vulns->n; v++) {
		const struct component *c = v->component;
		struct finding *f;

		s->vulns->counts[v->state]++;
		if (rule_of(v))
			v->rule = v->rule && v->state == VULN_INVESTIGATED ? v->rule : rule_of(v);
		if (!v->rule)
			continue;
		f = found(s->r, v->rule, c ? c->record : NULL, "%s", message(s->a, v));
		if (f)
			f->accepted = excluded(s->a, v);
	}
}

static bool read_components(struct vuln_set *s, struct error *e)
{
	struct remarks problems = { NULL, 0, 0 };

	if (!image_components(s->a, s->r->m, &s->components, &problems, e))
		return false;
	for (size_t i = 0; i < problems.n; i++)
		found(s->r, problems.v[i].rule, problems.v[i].path, "%s", problems.v[i].text);
	return true;
}

bool vuln_check(struct audit_run *r, const struct strings *files, struct vulns *out, struct error *e)
{
	struct vuln_set *s = arena_alloc(r->a, sizeof(*s));
	const struct model *m = r->m;

	*s = (struct vuln_set){ .r = r, .a = r->a, .vulns = out };
	if (m->os_id && strcmp(m->os_id, "debian") == 0)
		s->release = m->os_version;
	if (!read_components(s, e))
		return false;
	for (size_t i = 0; i < files->n; i++)
		if (!vuln_data_read(s, files->v[i], e))
			return false;
	join(r->a, out);
	for (size_t i = 0; i < out->n; i++)
		out->v[i].rule = rule_of(&out->v[i]);
	vex_apply(s);
	sort(out);
	report(s);
	return true;
}
