/* SPDX-License-Identifier: Apache-2.0 */
/* Roles of packages. Each role is resolved as a set of its own - of two sets, when compilers run on
 * another machine than the image; the candidate of a name is the same in all of them, so a package
 * has one version in a lock. */

#include "format/debian/debian_names.h"
#include "input/resolve/package_roles.h"

#include <assert.h>
#include <stdlib.h>

#include "base/path.h"
#include "input/resolve/taken_depends.h"
#include "input/resolve/relation_match.h"
#include "input/resolve/resolve.h"

/* A package in the making, in the order of first use. */
struct role_entry {
	const struct index_package *package;
	struct strings roles;
	const char *why;
	bool tool; /* found among the compilers */
};

/* Packages of an index that have roles: places of their entries + 1. */
struct table {
	const struct index *x;
	struct index_marks places;
};

struct roles {
	struct arena *a;
	const struct archive_state *s;
	const struct lock *lock;
	struct table image;
	struct table other;  /* of the compilers' machine, when that is another */
	struct table *tools; /* where compilers are: one of these two */
	struct LIST(struct role_entry *) entries;
};

struct requests LIST(struct request);

static void add_role(struct roles *r, struct table *in, const struct index_package *p,
		     const char *role, const char *why)
{
	size_t *place = index_mark(r->a, &in->places, p);
	struct role_entry *entry;

	if (*place == 0) {
		entry = arena_alloc(r->a, sizeof(*entry));
		*entry = (struct role_entry){ .package = p, .why = why, .tool = in == &r->other };
		*list_push(r->a, &r->entries) = entry;
		*place = r->entries.n;
	}
	entry = r->entries.v[*place - 1];
	if (!strings_has(&entry->roles, role))
		*list_push(r->a, &entry->roles) = role;
}

static void add_role_requests(struct roles *r, struct requests *l, const struct strings *names,
			      const char *why)
{
	for (size_t i = 0; i < names->n; i++)
		*list_push(r->a, l) = (struct request){ names->v[i], why };
}

static bool has_role(const struct roles *r, const struct table *in, const struct index_package *p,
		     const char *role)
{
	size_t place = index_marked(&in->places, p);

	assert(place <= r->entries.n);
	return place && r->entries.v && strings_has(&r->entries.v[place - 1]->roles, role);
}

static void give_picks(struct roles *r, struct table *in, const struct picks *picks,
		       const char *role, const char *but)
{
	for (size_t i = 0; i < picks->n; i++) {
		if (!but || !has_role(r, in, picks->v[i].package, but))
			add_role(r, in, picks->v[i].package, role, picks->v[i].why);
	}
}

/* Gives `role` to all that the requests need; those that have the role `but` already are left. */
static bool give_role(struct roles *r, struct table *in, const struct requests *l, const char *role,
		      const char *but, struct error *e)
{
	struct picks picks = { 0 };

	if (!resolve_pinned(r->a, in->x, l->v, l->n, &picks, r->s->blamed, e))
		return err_wrap(e, "%s packages", role);
	give_picks(r, in, &picks, role, but);
	return true;
}

/* Names, not places: a lock does not change because a recipe has a line more, or another path. */
static const char *asked_by(struct roles *r, const char *kind, const char *name)
{
	return arena_printf(r->a, "asked for by %s %s", kind, name);
}

static const struct provider *winning_provider(const struct roles *r, size_t component)
{
	const struct component *c = &r->s->order->recipe->components.v[component];

	return &c->providers.v[r->lock->components.v[component].provider];
}

/* The packages that providers name, and - through `needed` - all that they need. */
static bool give_image(struct roles *r, struct requests *needed, struct error *e)
{
	const struct recipe *recipe = r->s->order->recipe;

	for (size_t i = 0; i < recipe->components.n; i++) {
		const struct provider *p = winning_provider(r, i);
		const char *why = asked_by(r, "component", recipe->components.v[i].name);

		add_role_requests(r, needed, &p->packages, why);
		for (size_t k = 0; k < p->packages.n; k++) {
			const char *name = p->packages.v[k];
			const struct index_package *found = index_candidate(&r->s->index,
									    str_of(name));

			if (!found) {
				err_set(e, ERR_INPUT, "no suite has a package %s", name);
				return err_at(e, p->at.file, p->at.line, p->at.col);
			}
			add_role(r, &r->image, found, "image", why);
		}
	}
	return true;
}

/* What `take` names outright is asked for: it decides between alternatives. */
static void ask_taken(struct roles *r, struct requests *needed, const struct component *c)
{
	for (size_t i = 0; i < c->depends.take.n; i++) {
		const char *name = c->depends.take.v[i].pattern;

		if (index_candidate(&r->s->index, str_of(name)))
			*list_push(r->a, needed) = (struct request){
				name, asked_by(r, "depends of component", c->name)
			};
	}
}

/* Where the dependencies of a component begin. */
static void component_roots(struct roles *r, size_t component, struct strings *out)
{
	const struct recipe *recipe = r->s->order->recipe;
	const struct provider *p = winning_provider(r, component);
	const struct strings *lists[] = { &p->packages,
					  p->source ? &p->source->build_depends : NULL,
					  &recipe->libraries };

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		for (size_t k = 0; lists[i] && k < lists[i]->n; k++)
			*list_push(r->a, out) = lists[i]->v[k];
	}
}

/* What components take becomes part of the image, under the component's name. */
static bool give_taken(struct roles *r, const struct picks *picks, struct error *e)
{
	const struct recipe *recipe = r->s->order->recipe;

	for (size_t i = 0; i < recipe->components.n; i++) {
		const struct component *c = &recipe->components.v[i];
		struct strings roots = { 0 };
		struct picks taken = { 0 };

		if (c->depends.take.n == 0)
			continue;
		component_roots(r, i, &roots);
		if (!depends_take(r->a, &r->s->index, picks, &roots, c, r->s->order->progress,
				  &taken, e))
			return err_wrap(e, "component %s", c->name);
		for (size_t k = 0; k < taken.n; k++) {
			if (has_role(r, &r->image, taken.v[k].package, "image"))
				continue;
			add_role(r, &r->image, taken.v[k].package, "image", taken.v[k].why);
			add_role(r, &r->image, taken.v[k].package, depends_role(r->a, c),
				 taken.v[k].why);
		}
	}
	return true;
}

/* Names that nobody has are told at their place; what relations of packages forbid is for the
 * search. */
static bool roles_check_names(struct roles *r, const struct strings *names, const struct place *at,
			      struct error *e)
{
	const struct index *x = &r->s->index;
	size_t n;

	for (size_t i = 0; i < names->n; i++) {
		struct str name = str_of(names->v[i]);

		index_providers(x, name, &n);
		if (n || index_candidate(x, name))
			continue;
		err_set(e, ERR_INPUT, "no suite has a package %s%s", names->v[i],
			match_hint(r->a, x, names->v[i]));
		return at->line ? err_at(e, at->file, at->line, at->col) : false;
	}
	return true;
}

static bool roles_check_sources(struct roles *r, struct error *e)
{
	const struct recipe *recipe = r->s->order->recipe;

	for (size_t i = 0; i < recipe->components.n; i++) {
		const struct source_recipe *s = winning_provider(r, i)->source;

		if (s && !roles_check_names(r, &s->build_depends, &s->build_depends_at, e))
			return false;
	}
	for (size_t i = 0; i < recipe->programs.n; i++) {
		const struct source_recipe *s = recipe->programs.v[i].source;

		if (!roles_check_names(r, &s->build_depends, &s->build_depends_at, e))
			return false;
	}
	return roles_check_names(r, &recipe->libraries, &recipe->libraries_at, e);
}

static bool give_libraries(struct roles *r, struct requests *needed, struct error *e)
{
	const struct recipe *recipe = r->s->order->recipe;
	struct picks picks = { 0 };

	if (!roles_check_sources(r, e))
		return false;
	add_role_requests(r, needed, &recipe->libraries, "asked for by the recipe's libraries");
	for (size_t i = 0; i < recipe->components.n; i++) {
		const struct source_recipe *source = winning_provider(r, i)->source;

		if (source)
			add_role_requests(r, needed, &source->build_depends,
					  asked_by(r, "source", source->name));
	}
	for (size_t i = 0; i < recipe->programs.n; i++) {
		const struct source_recipe *source = recipe->programs.v[i].source;

		add_role_requests(r, needed, &source->build_depends,
				  asked_by(r, "source", source->name));
	}
	for (size_t i = 0; i < recipe->components.n; i++)
		ask_taken(r, needed, &recipe->components.v[i]);
	if (!resolve_pinned(r->a, &r->s->index, needed->v, needed->n, &picks, r->s->blamed, e))
		return err_wrap(e, "library packages");
	if (!give_taken(r, &picks, e))
		return false;
	give_picks(r, &r->image, &picks, "library", "image");
	return true;
}

/* A package whose files something is made of; `key` of "effects" asks for it. */
static bool give_data_package(struct roles *r, const char *name, const char *key, struct error *e)
{
	const struct index_package *p = index_candidate(&r->s->index, str_of(name));

	if (!p)
		return err_set(e, ERR_INPUT, "no suite has a package %s (effects: %s)%s", name, key,
			       match_hint(r->a, &r->s->index, name));
	add_role(r, &r->image, p, "image-data", arena_printf(r->a, "asked for by %s", key));
	return true;
}

static bool give_data(struct roles *r, struct error *e)
{
	const struct effects *x = &r->s->order->recipe->effects;
	struct strings locales = { 0 };

	if (x->ca_bundle.package && x->ca_bundle.asked &&
	    !give_data_package(r, x->ca_bundle.package, "ca-bundle", e))
		return false;
	list_each(locale, &x->locales)
		*list_push(r->a, &locales) = name_locale_package(*locale);
	strings_unique(&locales);
	list_each(package, &locales) {
		if (!give_data_package(r, *package, "locales", e))
			return false;
	}
	return true;
}

static const struct cross *cross_of(const struct roles *r, const struct toolchain *t)
{
	return toolchain_cross(t, r->s->order->platform);
}

/* The compilers, and what they run with. */
static void ask_tools(struct roles *r, struct requests *l, const struct toolchain *t)
{
	const char *why = asked_by(r, "toolchain", t->name);
	const struct cross *cross = cross_of(r, t);

	add_role_requests(r, l, &t->packages, why);
	if (cross)
		add_role_requests(r, l, &cross->packages, why);
}

/* Only what the launcher adds: its root is a toolchain's root with these besides. */
static bool give_launcher(struct roles *r, const struct toolchain *t, struct error *e)
{
	const char *toolchain = arena_printf(r->a, "toolchain:%s", t->name);
	struct requests l = { 0 };

	ask_tools(r, &l, t);
	add_role_requests(r, &l, &t->launcher, asked_by(r, "toolchain", t->name));
	return give_role(r, r->tools, &l, arena_printf(r->a, "launcher:%s", t->name), toolchain, e);
}

/* What is compiled against stands beside the compilers; without cross-compiling both are one set.
 */
static bool give_toolchain(struct roles *r, const struct source_recipe *source, struct error *e)
{
	const struct toolchain *t = source->toolchain;
	const struct cross *cross = cross_of(r, t);
	const char *by_toolchain = arena_printf(r->a, "toolchain:%s", t->name);
	const char *by_source = arena_printf(r->a, "source:%s", source->name);
	struct requests tools = { 0 }, targets = { 0 }, *l = cross ? &targets : &tools;

	ask_tools(r, &tools, t);
	if (cross)
		add_role_requests(r, l, &cross->target_packages, asked_by(r, "toolchain", t->name));
	if (!give_role(r, r->tools, &tools, by_toolchain, NULL, e) ||
	    (cross && !give_role(r, &r->image, l, by_toolchain, NULL, e)) ||
	    (t->launcher.n && !give_launcher(r, t, e)))
		return false;
	add_role_requests(r, l, &source->build_depends, asked_by(r, "source", source->name));
	return give_role(r, r->tools, &tools, by_source, NULL, e) &&
	       (!cross || give_role(r, &r->image, l, by_source, NULL, e));
}

static bool give_toolchains(struct roles *r, struct error *e)
{
	const struct recipe *recipe = r->s->order->recipe;

	for (size_t i = 0; i < recipe->components.n; i++) {
		const struct source_recipe *source = winning_provider(r, i)->source;

		if (source && !source->unpack.form && !give_toolchain(r, source, e))
			return false;
	}
	for (size_t i = 0; i < recipe->programs.n; i++) {
		if (!give_toolchain(r, recipe->programs.v[i].source, e))
			return false;
	}
	return !recipe->effects.bytecode || give_toolchain(r, recipe->effects.bytecode, e);
}

static const char *joined_depends(struct arena *a, const struct index_package *p)
{
	if (p->pre_depends.n && p->depends.n)
		return arena_printf(a, "%.*s, %.*s", STR_ARG(p->pre_depends), STR_ARG(p->depends));
	return str_dup(a, p->pre_depends.n ? p->pre_depends : p->depends);
}

static const char *text_or_null(struct arena *a, struct str text)
{
	return text.n ? str_dup(a, text) : NULL;
}

static void describe_relations(struct arena *a, const struct index_package *p,
			       struct locked_package *out)
{
	out->depends = joined_depends(a, p);
	out->provides = text_or_null(a, p->provides);
	out->conflicts = text_or_null(a, p->conflicts);
	out->breaks = text_or_null(a, p->breaks);
	out->any = p->any;
	out->depends_only = false;
}

void locked_package_of(struct arena *a, const struct archive_state *s,
		       const struct index_package *p, struct locked_package *out)
{
	*out = p->pin ? *p->pin
		      : (struct locked_package){
				.name = str_dup(a, p->name),
				.version = str_dup(a, p->version),
				.architecture = str_dup(a, p->architecture),
				.source = str_dup(a, p->source),
				.source_version = str_dup(a, p->source_version),
				.state = state_locked(s, p->suite),
				.file = { NULL, str_dup(a, p->path), p->size, p->sha256 },
				.installed_size = p->installed_size,
			};
	out->file.name = path_base(out->file.path);
	if (!p->pin || p->same)
		describe_relations(a, p->pin ? p->same : p, out);
	out->roles = out->variants = (struct strings){ 0 };
	out->why = "";
}

static void lock_entry(struct arena *a, const struct archive_state *s,
		       const struct role_entry *entry, struct locked_package *out)
{
	locked_package_of(a, s, entry->package, out);
	out->roles = entry->roles;
	strings_sort(&out->roles);
	out->why = entry->why;
}

/* By name; a tool of another architecture comes second. */
static int compare_role_entries(const void *a, const void *b)
{
	const struct role_entry *x = *(struct role_entry *const *)a,
				*y = *(struct role_entry *const *)b;
	const char *tools = platform_of_compilers()->machine->debian;
	int order = str_cmp(x->package->name, y->package->name);

	if (order == 0)
		order = str_eq(x->package->architecture, str_of(tools)) -
			str_eq(y->package->architecture, str_of(tools));
	return order ? order : x->tool - y->tool;
}

/* What an image of others has is not locked. */
static void drop_image_entries(struct roles *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->entries.n; i++) {
		if (!index_is_of_image(r->entries.v[i]->package))
			r->entries.v[kept++] = r->entries.v[i];
	}
	r->entries.n = kept;
}

/* A package for all architectures stands in both indexes - any package does, if both are of one
 * machine: one entry with the roles of both. */
static bool join_entries(struct roles *r, struct error *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->entries.n; i++) {
		struct role_entry *x = r->entries.v[i],
				  *last = kept ? r->entries.v[kept - 1] : NULL;

		if (!last || !str_eq(last->package->name, x->package->name) ||
		    !str_eq(last->package->architecture, x->package->architecture)) {
			r->entries.v[kept++] = x;
			continue;
		}
		if (!digest_eq(&last->package->sha256, &x->package->sha256))
			return err_set(e, ERR_INPUT,
				       "the archive has %.*s %.*s for one architecture and "
				       "%.*s for another; try again when both have the same",
				       STR_ARG(x->package->name), STR_ARG(x->package->version),
				       STR_ARG(last->package->version));
		list_append(r->a, &last->roles, &x->roles);
		strings_unique(&last->roles);
	}
	r->entries.n = kept;
	return true;
}

bool roles_fill(struct arena *a, const struct archive_state *s, struct lock *lock, struct error *e)
{
	struct roles r = { .a = a, .s = s, .lock = lock, .image = { .x = &s->index } };
	struct requests needed = { 0 };

	r.tools = &r.image;
	if (s->tools.arch) {
		r.other = (struct table){ .x = &s->tools };
		r.tools = &r.other;
	}
	if (!give_image(&r, &needed, e) || !give_libraries(&r, &needed, e) || !give_data(&r, e) ||
	    !give_toolchains(&r, e))
		return false;
	drop_image_entries(&r);
	if (r.entries.n)
		qsort(r.entries.v, r.entries.n, sizeof(*r.entries.v), compare_role_entries);
	if (!join_entries(&r, e))
		return false;
	for (size_t i = 0; i < r.entries.n; i++)
		lock_entry(a, s, r.entries.v[i], list_push(a, &lock->packages));
	return true;
}
