/* SPDX-License-Identifier: Apache-2.0 */
/* What lock and update print. */

#include "cli/cmd_lock.h"

#include "format/json/jsonw.h"
#include "inspect/report/escape.h"

static void print_components(struct cli *c, const struct relocked *r)
{
	for (size_t i = 0; i < r->now->components.n; i++) {
		const struct locked_component *k = &r->now->components.v[i];

		fprintf(c->out, "%s: %s\n", k->name, escape_line(c->a, k->reason));
		for (size_t n = 0; n < k->lost.n; n++)
			fprintf(c->out, "  not chosen: %s\n", escape_line(c->a, k->lost.v[n]));
	}
	for (size_t i = 0; i < r->now->sources.n; i++) {
		if (r->now->sources.v[i].warning)
			fprintf(c->out, "  warning: %s\n",
				escape_line(c->a, r->now->sources.v[i].warning));
	}
}

static size_t count_role(const struct lock *lock, const char *role)
{
	size_t n = 0;

	for (size_t i = 0; i < lock->packages.n; i++)
		n += package_has_role(&lock->packages.v[i], role);
	return n;
}

static const char *outcome_of(const struct relocked *r, bool check)
{
	bool same = !relocked_changed(r);

	if (check)
		return same ? "up to date" : "would change";
	if (same && r->old && r->old->format != LOCK_FORMAT)
		return "the same pins, now in format 2";
	return same ? "unchanged" : "written";
}

static void print_summary(struct cli *c, const struct relocked *r, bool check)
{
	const struct locked_base *base = r->now->base;

	if (base)
		fprintf(c->out, "%s: stands on %s, sha256:%.12s, which has %zu packages\n", r->path,
			escape_line(c->a, base->reference), digest_hex_dup(c->a, &base->digest),
			base->packages.n);
	fprintf(c->out,
		"%s: %zu packages (%zu for the image, %zu candidates for libraries), %zu "
		"sources; %s\n",
		r->path, r->now->packages.n,
		count_role(r->now, "image") + count_role(r->now, "image-data"),
		count_role(r->now, "library"), r->now->sources.n, outcome_of(r, check));
}

static int column_width(const struct lock_changes *l,
			const char *const *(*field)(const struct lock_change *), int least)
{
	int most = least;

	for (size_t i = 0; i < l->n; i++) {
		const char *text = *field(&l->v[i]);
		int n = text ? (int)strlen(text) : 1;

		if (n > most)
			most = n < 60 ? n : 60;
	}
	return most;
}

static const char *const *field_name(const struct lock_change *c)
{
	return &c->name;
}

static const char *const *field_before(const struct lock_change *c)
{
	return &c->before;
}

static const char *const *field_after(const struct lock_change *c)
{
	return &c->after;
}

static void print_table(struct cli *c, const struct lock_changes *l)
{
	int name = column_width(l, field_name, 7), before = column_width(l, field_before, 3);
	int after = column_width(l, field_after, 3);

	if (l->n == 0)
		return;
	fprintf(c->out, "%-10s  %-*s  %-*s  %-*s  %10s  suite\n", "kind", name, "name", before,
		"old", after, "new", "size");
	for (size_t i = 0; i < l->n; i++) {
		const struct lock_change *k = &l->v[i];

		/* what went, and what is in a base image, has no size that is known here */
		fprintf(c->out, "%-10s  %-*s  %-*s  %-*s  %10s%s%s%s\n", k->kind, name, k->name,
			before, k->before ? k->before : "-", after, k->after ? k->after : "-",
			k->size ? arena_printf(c->a, "%.1f kB", (double)k->size / 1e3) : "-",
			k->suite[0] ? "  " : "", k->suite, k->security ? " (security)" : "");
	}
}

static void relocked_print_json(struct cli *c, const struct relocked *r,
				const struct lock_changes *changes)
{
	struct buf text = { .a = c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "recipe", recipe_shown(c->a, r->recipe));
	jsonw_cstr(&w, "lock", r->path);
	jsonw_bool(&w, "changed", relocked_changed(r));
	if (r->now->base) {
		jsonw_object(&w, "base");
		jsonw_cstr(&w, "reference", r->now->base->reference);
		jsonw_printf(&w, "digest", "sha256:%s",
			     digest_hex_dup(c->a, &r->now->base->digest));
		jsonw_object_end(&w);
	}
	jsonw_u64(&w, "packages", r->now->packages.n);
	jsonw_u64(&w, "sources", r->now->sources.n);
	jsonw_array(&w, "changes");
	for (size_t i = 0; i < changes->n; i++) {
		const struct lock_change *k = &changes->v[i];

		jsonw_object(&w, NULL);
		jsonw_cstr(&w, "kind", k->kind);
		jsonw_cstr(&w, "name", k->name);
		if (k->before)
			jsonw_cstr(&w, "old", k->before);
		if (k->after)
			jsonw_cstr(&w, "new", k->after);
		jsonw_u64(&w, "bytes", k->size);
		jsonw_cstr(&w, "suite", k->suite);
		jsonw_bool(&w, "security", k->security);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	fprintf(c->out, "%s\n", buf_cstr(&text));
}

/* Of a lock that is new every line would be a change. */
void lock_report(struct cli *c, const struct relocked *r, bool is_top, bool check)
{
	struct lock_changes changes = { 0 };

	lock_diff(c->a, r->old, r->now, &changes);
	if (c->json) {
		relocked_print_json(c, r, &changes);
		return;
	}
	if (relocked_changed(r) || is_top)
		print_components(c, r);
	if (r->old)
		print_table(c, &changes);
	print_summary(c, r, check);
}
