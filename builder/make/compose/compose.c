/* SPDX-License-Identifier: Apache-2.0 */
/* The order in which an image is composed. */

#include "format/debian/debian_names.h"
#include "make/compose/compose.h"

#include "input/lock/locked_base.h"
#include "make/compose/bytecode.h"
#include "make/compose/library_names.h"
#include "make/compose/missing_libraries.h"
#include "make/compose/package_opening.h"
#include "make/compose/source_layers.h"
#include "make/tree/layer_name.h"
#include "make/closure/loader_cache.h"
#include "make/closure/symbol_versions.h"
#include "make/place/locked_deb.h"
#include "make/scripts/locale_files.h"
#include "make/scripts/script_effects.h"

/* Whether it may give a file to the image, as part of a component, as data or as a library. */
static bool may_give_files(const struct locked_package *p)
{
	return package_has_role(p, "image") || package_has_role(p, "library") ||
	       package_has_role(p, "image-data");
}

/* Candidates of which something is known are opened when somebody wants them. */
static bool opens_at_once(const struct compose_order *o, const struct locked_package *p)
{
	return may_give_files(p) && (!o->fetch || !libraries_can_wait(p));
}

bool compose_will_open(const struct recipe *r, const struct locked_package *p)
{
	return may_give_files(p) && (!libraries_can_wait(p) || libraries_were_opened(p, r));
}

/* One that was opened the last time may be in no store now: it is no more than a guess. */
static bool decodes_ahead(const struct compose_order *o, const struct locked_package *p)
{
	return opens_at_once(o, p) || (compose_will_open(o->recipe, p) &&
				       store_has_blob(o->store, &p->file.sha256, p->file.size));
}

void compose_ask(struct arena *a, const struct compose_order *o)
{
	const struct deb_package **v = arena_array(a, o->lock->packages.n + 1, sizeof(*v));
	size_t n = 0;

	list_each(p, &o->lock->packages) {
		if (decodes_ahead(o, p))
			v[n++] = locked_deb(a, p);
	}
	decoder_ask(o->decoder, v, n);
}

/* Opens every package that gives a file to the image, and the candidates of which nothing is known.
 */
static bool open_packages(struct arena *a, struct composition *c, struct error *e)
{
	const struct lock *lock = c->order->lock;
	struct to_open now = { 0 };

	c->packages.v = arena_array(a, lock->packages.n, sizeof(*c->packages.v));
	c->packages.cap = lock->packages.n;
	for (size_t i = 0; i < lock->packages.n; i++) {
		struct placed *p;

		if (!may_give_files(&lock->packages.v[i]))
			continue;
		p = list_push(a, &c->packages);
		p->locked = &lock->packages.v[i];
		p->deb.package = locked_deb(a, p->locked);
		if (opens_at_once(c->order, p->locked))
			*list_push(a, &now) = p;
	}
	return packages_open(a, c, &now, false, e);
}

/* Opens the package of this name, for its documents. */
static bool reach_package(void *ctx, const char *name, const struct deb **deb, struct error *e)
{
	struct composition *c = ctx;

	for (size_t i = 0; i < c->packages.n; i++) {
		struct placed *p = &c->packages.v[i];
		struct to_open one = { &p, 1, 1 };

		if (strcmp(p->locked->name, name) != 0)
			continue;
		p->asked = true;
		if (!p->open && !packages_open(c->tree->a, c, &one, true, e))
			return false;
		*deb = &p->deb;
	}
	return true;
}

struct placing compose_placing(struct composition *c)
{
	return (struct placing){ c->tree, c->debs.v, c->debs.n, reach_package, c };
}

static void name_layers(struct arena *a, struct composition *c)
{
	const struct recipe *r = c->order->recipe;

	struct strings *names = &c->layers.names;

	c->layers.self_contained = r->by_source;
	for (size_t i = 0; r->by_source && i < r->shared_sources.n; i++)
		*list_push(a, names) = compose_layer(a, c, r->shared_sources.v[i]);
	for (size_t i = 0; !r->by_source && i < r->components.n; i++)
		*list_push(a, names) = compose_layer(a, c, r->components.v[i].name);
	*list_push(a, names) = compose_layer(a, c, r->by_source ? LAYER_PACKAGES : LAYER_LIBRARIES);
	*list_push(a, names) = compose_layer(a, c, LAYER_PROGRAMS);
	if (r->effects.bytecode)
		*list_push(a, names) = compose_layer(a, c, LAYER_BYTECODE);
	*list_push(a, names) = compose_layer(a, c, LAYER_FILES);
}

static bool wrap_part(struct error *e, const struct place *at, const char *kind, const char *name)
{
	err_at(e, at->file, at->line, at->col);
	return err_wrap(e, "%s %s", kind, name);
}

static bool add_contents(struct arena *a, struct composition *c, struct error *e)
{
	const struct recipe *r = c->order->recipe;

	list_each(one, &r->components) {
		if (!compose_component(a, c, one, e))
			return wrap_part(e, &one->at, "component", one->name);
	}
	list_each(one, &r->programs) {
		if (!compose_program(a, c, one, e))
			return wrap_part(e, &one->at, "program", one->name);
	}
	return true;
}

/* A package of which something is made here; NULL: the lock lacks it. */
static const struct deb *compose_find_data(const struct composition *c, const char *package)
{
	list_each(p, &c->packages) {
		if (strcmp(p->deb.package->name, package) == 0)
			return &p->deb;
	}
	return NULL;
}

static bool compose_lacks_data(const struct composition *c, const char *package, struct error *e)
{
	return err_set(e, ERR_INPUT, "%s does not name %s; run imgbuild lock %s%s",
		       c->order->lock->file, package, compile_platform(c->order->lock)->option,
		       recipe_asked(c->order->recipe));
}

/* What is in the tree already is added to where the certificates' package is the base's. */
static bool add_ca_bundle(struct arena *a, struct composition *c, struct error *e)
{
	const struct recipe *r = c->order->recipe;
	const struct ca_bundle *want = &r->effects.ca_bundle;
	struct effects_to to = { c->tree, compose_layer(a, c, LAYER_FILES), r->epoch,
				 recipe_shown(a, r) };
	const struct deb *ca = want->package ? compose_find_data(c, want->package) : NULL;

	if (!want->asked)
		return true;
	if (want->package && !ca &&
	    !(locked_base_package(c->order->base, want->package) &&
	      tree_find(c->tree, EFFECTS_CA_BUNDLE)))
		return compose_lacks_data(c, want->package, e);
	return effects_ca_bundle(a, want, ca, &to, e);
}

static bool add_locales_of(struct arena *a, struct composition *c, const char *package,
			   struct error *e)
{
	const struct recipe *r = c->order->recipe;
	struct effects_to to = { c->tree, compose_layer(a, c, LAYER_FILES), r->epoch,
				 recipe_shown(a, r) };
	const struct deb *all = compose_find_data(c, package);
	struct strings names = { 0 };

	list_each(locale, &r->effects.locales) {
		if (strcmp(name_locale_package(*locale), package) == 0)
			*list_push(a, &names) = *locale;
	}
	if (names.n == 0)
		return true;
	if (!all)
		return compose_lacks_data(c, package, e);
	if (effects_locales(a, all, &names, &to, e))
		return true;
	err_at(e, r->effects.locales_at.file, r->effects.locales_at.line,
	       r->effects.locales_at.col);
	return err_wrap(e, "locales: package %s", package);
}

static bool add_locales(struct arena *a, struct composition *c, struct error *e)
{
	static const char *const packages[] = { LOCALE_PACKAGE_C, LOCALE_PACKAGE_ALL };

	for (size_t i = 0; i < ARRAY_SIZE(packages); i++) {
		if (!add_locales_of(a, c, packages[i], e))
			return false;
	}
	return true;
}

static bool is_of_image(const struct composition *c, const char *path)
{
	const struct node *n = tree_find(c->tree, path);

	return n && n->owner->kind == OWNER_IMAGE;
}

/* A library that is there but too old would be found out only when the program starts. */
static bool compose_check_versions(struct arena *a, struct composition *c, struct error *e)
{
	struct version_misses misses = { 0 };

	versions_check(a, &c->closure, &misses);
	for (size_t i = 0; i < misses.v.n; i++) {
		const struct version_miss *m = &misses.v.v[i];

		bool of_image = is_of_image(c, m->library);

		if (version_miss_is_fatal(m) && !(of_image && is_of_image(c, m->file)))
			return err_set(e, ERR_INPUT,
				       "/%s needs version %s, which /%s does not offer; %s",
				       m->file, m->version, m->library,
				       of_image ? "it is the base image's: a newer one is needed"
						: "lock the base and the recipe again");
	}
	return true;
}

static bool can_give(const struct placed *p, const struct closure_edge *edge)
{
	for (size_t i = 0; edge->dlopen && i < edge->dlopen->sonames.n; i++) {
		if (libraries_have(p->locked, edge->dlopen->sonames.v[i]))
			return true;
	}
	return !edge->dlopen && libraries_have(p->locked, edge->needed);
}

/* Whether a file lacks a library that a candidate has. */
static bool is_wanted_package(const struct composition *c, const struct placed *p)
{
	for (size_t i = 0; i < c->closure.edges.n; i++) {
		if (closure_edge_lacks(&c->closure.edges.v[i]) &&
		    can_give(p, &c->closure.edges.v[i]))
			return true;
	}
	return false;
}

/* Opens the candidates that have what is missing; where none of them has it, all: what was noted of
 * them is not the last word. *again: some were opened. */
static bool open_wanted(struct arena *a, struct composition *c, bool *again, struct error *e)
{
	struct to_open wanted = { 0 }, rest = { 0 }, *l;

	for (size_t i = 0; i < c->packages.n; i++) {
		struct placed *p = &c->packages.v[i];

		if (p->open)
			continue;
		l = is_wanted_package(c, p) ? &wanted : &rest;
		*list_push(a, l) = p;
	}
	l = wanted.n ? &wanted : &rest;
	*again = c->closure.missing && l->n;
	if (!*again)
		return true;
	if (!packages_open(a, c, l, true, e))
		return false;
	list_each(p, l)
		candidates_add(&c->candidates, &(*p)->deb);
	return true;
}

/* Follows the files until nothing is missing that a candidate has. */
static bool run_closure(struct arena *a, struct composition *c, struct error *e)
{
	struct world *w = closure_world(a, c->tree, &c->candidates.base, e);
	bool again = true;

	if (w && c->order->below)
		closure_adopt(w, c->order->below->world);
	if (w)
		closure_keep(w, &c->order->kept);
	c->world = w;
	while (w && again) {
		if (!closure_run_in(a, w, NULL, &c->closure, e) || !open_wanted(a, c, &again, e))
			return false;
	}
	return w != NULL;
}

static void note_libraries(struct arena *a, const struct composition *c)
{
	for (size_t i = 0; i < c->packages.n; i++) {
		struct placed *p = &c->packages.v[i];

		if (p->open && package_has_role(p->locked, "library"))
			libraries_note(a, p->locked, &p->deb);
	}
}

void compose_note_opened(struct arena *a, const struct composition *c)
{
	list_each(p, &c->packages) {
		if (libraries_can_wait(p->locked))
			libraries_note_opened(a, p->locked, c->order->recipe, p->asked);
	}
}

/* What is noted in a base's lock by who stands on it must not depend on which of them it is: only
 * more, and nothing of what the check of dependencies asks for. */
static void note_asked(struct arena *a, const struct composition *c)
{
	list_each(p, &c->packages) {
		if (libraries_can_wait(p->locked) && p->asked)
			libraries_note_opened(a, p->locked, c->order->recipe, true);
	}
}

static bool find_libraries(struct arena *a, struct composition *c, struct error *e)
{
	candidates_init(&c->candidates, a, c->debs.v, c->debs.n,
			compose_layer(a, c, LAYER_LIBRARIES));
	c->candidates.base.cache_follows = c->order->recipe->effects.ld_so_cache;
	if (!run_closure(a, c, e))
		return err_wrap(e, "closure");
	missing_find(a, c, &c->missing);
	return (c->order->tolerant || missing_refuse(a, c, &c->missing, e)) &&
	       (compose_check_versions(a, c, e) || err_wrap(e, "closure"));
}

static bool add_library_cache(struct arena *a, struct composition *c, struct error *e)
{
	const struct recipe *r = c->order->recipe;
	struct effects_to to = { c->tree, compose_layer(a, c, LAYER_FILES), r->epoch,
				 recipe_shown(a, r) };
	struct buf text = { .a = a };

	if (!r->effects.ld_so_cache)
		return true;
	return cache_build(a, c->tree, NULL, &text, e) &&
	       effects_ld_so_cache(a, buf_str(&text), &to, e);
}

/* The packages whose scripts matter: those that gave something to the image. */
static bool review_scripts(struct arena *a, struct composition *c, struct error *e)
{
	struct LIST(const struct deb *) used = { 0 };
	struct error refused = { 0 };

	for (size_t i = 0; i < c->packages.n; i++) {
		const struct locked_package *p = c->packages.v[i].locked;

		if (c->packages.v[i].owner || package_has_role(p, "image-data"))
			*list_push(a, &used) = &c->packages.v[i].deb;
	}
	if (scripts_review(a, c->order->recipe, c->tree, used.v, used.n, &c->scripts, &refused) ||
	    c->order->tolerant)
		return true;
	*e = refused;
	return false;
}

/* What the programs in the tree load, and what that loads. */
static bool compose_libraries(struct arena *a, struct composition *c, struct error *e)
{
	bool done;

	progress_work_begin(c->order->progress, "closure", NULL);
	done = find_libraries(a, c, e);
	progress_work_end(c->order->progress, 0);
	return done;
}

bool compose_image(struct arena *a, const struct compose_order *o, struct tree *tree,
		   struct composition *c, struct error *e)
{
	c->order = o;
	c->tree = tree;
	name_layers(a, c);
	if (!open_packages(a, c, e))
		return false;
	note_libraries(a, c);
	if (!add_contents(a, c, e) ||
	    !overlay_apply(a, o->store, o->recipe, compose_layer(a, c, LAYER_FILES), &c->overlay,
			   tree, e) ||
	    !add_ca_bundle(a, c, e) || !add_locales(a, c, e) || !bytecode_add(a, c, e) ||
	    !compose_libraries(a, c, e) || !compose_records(a, c, e) ||
	    !add_library_cache(a, c, e) || !review_scripts(a, c, e))
		return false;
	note_asked(a, c);
	if (o->recipe->by_source)
		source_layers_assign(a, c);
	return true;
}

void compose_close(struct composition *c)
{
	for (size_t i = 0; i < c->packages.n; i++) {
		if (c->packages.v[i].open && !c->packages.v[i].lent)
			deb_close(&c->packages.v[i].deb);
	}
	for (size_t i = 0; !c->lent && i < c->sources.n; i++)
		fragment_close(&c->sources.v[i].fragment);
	overlay_close(&c->overlay);
	c->packages.n = c->sources.n = 0;
}
