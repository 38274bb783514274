/* SPDX-License-Identifier: Apache-2.0 */
/* The order in which an image is composed. */

#include "build/compose.h"

#include "closure/cache.h"
#include "closure/versions.h"
#include "unpack/effects.h"

static bool is_for_image(const struct locked_package *p)
{
	return package_has_role(p, "image") || package_has_role(p, "library") ||
	       package_has_role(p, "image-data");
}

/* Opens every package that may give a file to the image. */
static bool open_packages(struct arena *a, struct composition *c, struct error *e)
{
	const struct lock *lock = c->order->lock;
	list_of(const struct locked_package *) wanted = { 0 };

	for (size_t i = 0; i < lock->packages.n; i++) {
		if (is_for_image(&lock->packages.v[i]))
			*list_push(a, &wanted) = &lock->packages.v[i];
	}
	if (!deb_decode_all(c->order->store, wanted.v, wanted.n, e))
		return false;
	c->packages.v = arena_array(a, wanted.n, sizeof(*c->packages.v));
	c->packages.cap = wanted.n;
	for (size_t i = 0; i < wanted.n; i++) {
		struct placed *p = &c->packages.v[i];

		if (!deb_open(a, c->order->store, wanted.v[i], &p->deb, e))
			return err_wrap(e, "package %s", wanted.v[i]->name);
		c->packages.n++;
		*list_push(a, &c->debs) = &p->deb;
	}
	return true;
}

const char *compose_layer(struct arena *a, const struct composition *c, const char *part)
{
	return arena_printf(a, "%s/%s", c->order->recipe->name, part);
}

static void name_layers(struct arena *a, struct composition *c)
{
	const struct recipe *r = c->order->recipe;

	for (size_t i = 0; i < r->components.n; i++)
		*list_push(a, &c->layers) = compose_layer(a, c, r->components.v[i].name);
	*list_push(a, &c->layers) = compose_layer(a, c, LAYER_LIBRARIES);
	*list_push(a, &c->layers) = compose_layer(a, c, LAYER_PROGRAMS);
	*list_push(a, &c->layers) = compose_layer(a, c, LAYER_FILES);
}

static bool add_contents(struct arena *a, struct composition *c, struct error *e)
{
	const struct recipe *r = c->order->recipe;

	for (size_t i = 0; i < r->components.n; i++) {
		const struct component *one = &r->components.v[i];

		if (!compose_component(a, c, one, e)) {
			err_at(e, one->at.file, one->at.line, one->at.col);
			return err_wrap(e, "component %s", one->name);
		}
	}
	for (size_t i = 0; i < r->programs.n; i++) {
		const struct program *one = &r->programs.v[i];

		if (!compose_program(a, c, one, e)) {
			err_at(e, one->at.file, one->at.line, one->at.col);
			return err_wrap(e, "program %s", one->name);
		}
	}
	return true;
}

static bool add_ca_bundle(struct arena *a, struct composition *c, struct error *e)
{
	const struct recipe *r = c->order->recipe;
	struct effects_to to = { c->tree, compose_layer(a, c, LAYER_FILES), r->epoch, r->file };

	if (!r->effects.ca_bundle)
		return true;
	for (size_t i = 0; i < c->packages.n; i++) {
		struct placed *p = &c->packages.v[i];

		if (strcmp(p->deb.package->name, r->effects.ca_bundle) == 0)
			return effects_ca_bundle(a, &p->deb, &to, e) ||
			       err_wrap(e, "package %s", r->effects.ca_bundle);
	}
	return err_set(e, ERR_INPUT, "%s does not name %s; run imgbuild lock %s%s", c->order->lock->file,
		       r->effects.ca_bundle, compile_platform(c->order->lock)->option, r->file);
}

/* A library that is there but too old would be found out only when the program starts. */
static bool check_versions(struct arena *a, struct composition *c, struct error *e)
{
	struct version_misses misses = { 0 };

	versions_check(a, &c->closure, &misses);
	for (size_t i = 0; i < misses.v.n; i++) {
		const struct version_miss *m = &misses.v.v[i];

		if (version_miss_is_fatal(m))
			return err_set(e, ERR_INPUT, "/%s needs version %s, which /%s does not offer; lock the base "
						     "and the recipe again", m->file, m->version, m->library);
	}
	return true;
}

static bool find_libraries(struct arena *a, struct composition *c, struct error *e)
{
	candidates_init(&c->candidates, a, c->debs.v, c->debs.n, compose_layer(a, c, LAYER_LIBRARIES));
	c->candidates.base.cache_follows = c->order->recipe->effects.ld_so_cache;
	return (closure_run(a, c->tree, &c->candidates.base, &c->closure, e) &&
		check_versions(a, c, e)) || err_wrap(e, "closure");
}

static bool add_library_cache(struct arena *a, struct composition *c, struct error *e)
{
	const struct recipe *r = c->order->recipe;
	struct effects_to to = { c->tree, compose_layer(a, c, LAYER_FILES), r->epoch, r->file };
	struct buf text = { .a = a };

	if (!r->effects.ld_so_cache)
		return true;
	return cache_build(a, c->tree, NULL, &text, e) &&
	       effects_ld_so_cache(a, buf_str(&text), &to, e);
}

/* The packages whose scripts matter: those that gave something to the image. */
static bool review_scripts(struct arena *a, struct composition *c, struct error *e)
{
	list_of(const struct deb *) used = { 0 };

	for (size_t i = 0; i < c->packages.n; i++) {
		const struct locked_package *p = c->packages.v[i].deb.package;

		if (c->packages.v[i].owner || package_has_role(p, "image-data"))
			*list_push(a, &used) = &c->packages.v[i].deb;
	}
	return scripts_review(a, c->order->recipe, used.v, used.n, &c->scripts, e);
}

bool compose(struct arena *a, const struct compose_order *o, struct tree *tree,
	     struct composition *c, struct error *e)
{
	c->order = o;
	c->tree = tree;
	name_layers(a, c);
	return open_packages(a, c, e)
	    && add_contents(a, c, e)
	    && overlay_apply(a, o->store, o->recipe, compose_layer(a, c, LAYER_FILES), &c->overlay, tree, e)
	    && add_ca_bundle(a, c, e)
	    && find_libraries(a, c, e)
	    && compose_records(a, c, e)
	    && add_library_cache(a, c, e)
	    && review_scripts(a, c, e);
}

void compose_close(struct composition *c)
{
	for (size_t i = 0; i < c->packages.n; i++)
		deb_close(&c->packages.v[i].deb);
	for (size_t i = 0; i < c->sources.n; i++)
		fragment_close(&c->sources.v[i].fragment);
	overlay_close(&c->overlay);
	c->packages.n = c->sources.n = 0;
}
