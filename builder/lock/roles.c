/* SPDX-License-Identifier: Apache-2.0 */
/* Roles of packages. Each role is resolved as a set of its own; the candidate of a name is the
 * same in all of them, so a package has one version in a lock. */

#include "lock/roles.h"

#include <stdlib.h>

#include "lock/resolve.h"

/* A package in the making, in the order of first use. */
struct entry {
	const struct index_package *package;
	struct strings roles;
	const char *why;
};

struct roles {
	struct arena *a;
	const struct state *s;
	const struct lock *lock;
	struct entry **by_number;	/* of index packages */
	list_of(struct entry *) entries;
};

struct requests {
	struct request *v;
	size_t n, cap;
};

static void add_role(struct roles *r, const struct index_package *p, const char *role,
		     const char *why)
{
	struct entry **slot = &r->by_number[p->number];

	if (!*slot) {
		*slot = arena_alloc(r->a, sizeof(**slot));
		**slot = (struct entry){ .package = p, .why = why };
		*list_push(r->a, &r->entries) = *slot;
	}
	if (!strings_has(&(*slot)->roles, role))
		*list_push(r->a, &(*slot)->roles) = role;
}

static void ask(struct roles *r, struct requests *l, const struct strings *names, const char *why)
{
	for (size_t i = 0; i < names->n; i++)
		*list_push(r->a, l) = (struct request){ names->v[i], why };
}

/* Gives `role` to all that the requests need; those that have the role `but` already are left. */
static bool give(struct roles *r, const struct requests *l, const char *role, const char *but,
		 struct error *e)
{
	struct picks picks = { 0 };

	if (!resolve(r->a, &r->s->index, l->v, l->n, &picks, e))
		return err_wrap(e, "%s packages", role);
	for (size_t i = 0; i < picks.n; i++) {
		const struct entry *known = r->by_number[picks.v[i].package->number];

		if (!but || !known || !strings_has(&known->roles, but))
			add_role(r, picks.v[i].package, role, picks.v[i].why);
	}
	return true;
}

/* Names, not places: a lock does not change because a recipe has a line more, or another path. */
static const char *asked_by(struct roles *r, const char *kind, const char *name)
{
	return arena_printf(r->a, "asked for by %s %s", kind, name);
}

static const struct provider *winner(const struct roles *r, size_t component)
{
	const struct component *c = &r->s->order->recipe->components.v[component];

	return &c->providers.v[r->lock->components.v[component].provider];
}

/* The packages that providers name, and - through `needed` - all that they need. */
static bool give_image(struct roles *r, struct requests *needed, struct error *e)
{
	const struct recipe *recipe = r->s->order->recipe;

	for (size_t i = 0; i < recipe->components.n; i++) {
		const struct provider *p = winner(r, i);
		const char *why = asked_by(r, "component", recipe->components.v[i].name);

		ask(r, needed, &p->packages, why);
		for (size_t k = 0; k < p->packages.n; k++) {
			const char *name = p->packages.v[k];
			const struct index_package *found =
				index_candidate(&r->s->index, str_of(name));

			if (!found) {
				err_set(e, ERR_INPUT, "no suite has a package %s", name);
				return err_at(e, p->at.file, p->at.line, p->at.col);
			}
			add_role(r, found, "image", why);
		}
	}
	return true;
}

static bool give_libraries(struct roles *r, struct requests *needed, struct error *e)
{
	const struct recipe *recipe = r->s->order->recipe;

	ask(r, needed, &recipe->libraries, "asked for by the recipe's libraries");
	for (size_t i = 0; i < recipe->components.n; i++) {
		const struct source_recipe *source = winner(r, i)->source;

		if (source)
			ask(r, needed, &source->build_depends, asked_by(r, "source", source->name));
	}
	for (size_t i = 0; i < recipe->programs.n; i++) {
		const struct source_recipe *source = recipe->programs.v[i].source;

		ask(r, needed, &source->build_depends, asked_by(r, "source", source->name));
	}
	return give(r, needed, "library", "image", e);
}

static bool give_data(struct roles *r, struct error *e)
{
	const struct recipe *recipe = r->s->order->recipe;
	const char *name = recipe->effects.ca_bundle;
	const struct index_package *p;

	if (!name)
		return true;
	p = index_candidate(&r->s->index, str_of(name));
	if (!p)
		return err_set(e, ERR_INPUT, "no suite has a package %s (effects: ca-bundle)",
			       name);
	add_role(r, p, "image-data", "asked for by ca-bundle");
	return true;
}

/* Only what the launcher adds: its root is a toolchain's root with these besides. */
static bool give_launcher(struct roles *r, const struct toolchain *t, struct error *e)
{
	const char *toolchain = arena_printf(r->a, "toolchain:%s", t->name);
	struct requests l = { 0 };

	ask(r, &l, &t->packages, asked_by(r, "toolchain", t->name));
	ask(r, &l, &t->launcher, asked_by(r, "toolchain", t->name));
	return give(r, &l, arena_printf(r->a, "launcher:%s", t->name), toolchain, e);
}

static bool give_toolchain(struct roles *r, const struct source_recipe *source, struct error *e)
{
	const struct toolchain *t = source->toolchain;
	struct requests l = { 0 };

	ask(r, &l, &t->packages, asked_by(r, "toolchain", t->name));
	if (!give(r, &l, arena_printf(r->a, "toolchain:%s", t->name), NULL, e))
		return false;
	if (t->launcher.n && !give_launcher(r, t, e))
		return false;
	ask(r, &l, &source->build_depends, asked_by(r, "source", source->name));
	return give(r, &l, arena_printf(r->a, "source:%s", source->name), NULL, e);
}

static bool give_toolchains(struct roles *r, struct error *e)
{
	const struct recipe *recipe = r->s->order->recipe;

	for (size_t i = 0; i < recipe->components.n; i++) {
		const struct source_recipe *source = winner(r, i)->source;

		if (source && !give_toolchain(r, source, e))
			return false;
	}
	for (size_t i = 0; i < recipe->programs.n; i++) {
		if (!give_toolchain(r, recipe->programs.v[i].source, e))
			return false;
	}
	return true;
}

static const char *joined_depends(struct arena *a, const struct index_package *p)
{
	if (p->pre_depends.n && p->depends.n)
		return arena_printf(a, "%.*s, %.*s", STR_ARG(p->pre_depends), STR_ARG(p->depends));
	return str_dup(a, p->pre_depends.n ? p->pre_depends : p->depends);
}

static void lock_entry(struct arena *a, const struct entry *entry, struct locked_package *out)
{
	const struct index_package *p = entry->package;
	const char *slash = memrchr(p->path.p, '/', p->path.n);
	size_t dir = slash ? (size_t)(slash - p->path.p) + 1 : 0;

	out->name = str_dup(a, p->name);
	out->version = str_dup(a, p->version);
	out->architecture = str_dup(a, p->architecture);
	out->source = str_dup(a, p->source);
	out->source_version = str_dup(a, p->source_version);
	out->archive = p->suite->archive;
	out->suite = p->suite->codename;
	out->file = (struct locked_file){ NULL, str_dup(a, p->path), p->size, p->sha256 };
	out->file.name = out->file.path + dir;
	out->installed_size = p->installed_size;
	out->depends = joined_depends(a, p);
	out->roles = entry->roles;
	strings_sort(&out->roles);
	out->why = entry->why;
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;

	return str_cmp(x->package->name, y->package->name);
}

bool roles_fill(struct arena *a, const struct state *s, struct lock *lock, struct error *e)
{
	struct roles r = { .a = a, .s = s, .lock = lock };
	struct requests needed = { 0 };

	r.by_number = arena_array(a, s->index.packages.n + 1, sizeof(struct entry *));
	if (!give_image(&r, &needed, e) || !give_libraries(&r, &needed, e) || !give_data(&r, e) ||
	    !give_toolchains(&r, e))
		return false;
	if (r.entries.n)
		qsort(r.entries.v, r.entries.n, sizeof(*r.entries.v), compare_entries);
	for (size_t i = 0; i < r.entries.n; i++)
		lock_entry(a, r.entries.v[i], list_push(a, &lock->packages));
	return true;
}
