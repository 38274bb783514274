/* SPDX-License-Identifier: Apache-2.0 */
/* Files of components and programs: from packages, or compiled. */

#include "build/compose.h"

#include "build/needs.h"
#include "unpack/place.h"
#include "unpack/select.h"

static void join(struct arena *a, struct strings *out, const struct strings *more)
{
	for (size_t i = 0; i < more->n; i++)
		*list_push(a, out) = more->v[i];
}

/* The component's patterns and the provider's. */
static void combine(struct arena *a, const struct component *c, const struct provider *p,
		    struct strings *keep, struct strings *drop)
{
	join(a, keep, &c->keep);
	join(a, keep, &p->keep);
	join(a, drop, &c->drop);
	join(a, drop, &p->drop);
}

static struct placed *find_package(struct composition *c, const char *name)
{
	for (size_t i = 0; i < c->packages.n; i++) {
		if (strcmp(c->packages.v[i].deb.package->name, name) == 0)
			return &c->packages.v[i];
	}
	return NULL;
}

static bool place_one(struct arena *a, struct composition *c, const struct component *component,
		      const char *name, const struct selection *which, struct error *e)
{
	const struct placing to = { c->tree, c->debs.v, c->debs.n };
	struct placed *p = find_package(c, name);

	if (!p)
		return err_set(e, ERR_INPUT, "%s does not name the package %s; run imgbuild lock %s%s",
			       c->order->lock->file, name, compile_platform(c->order->lock)->option,
			       c->order->recipe->file);
	p->owner = arena_alloc(a, sizeof(*p->owner));
	*p->owner = (struct owner){
		.kind = OWNER_PACKAGE, .name = name, .version = p->deb.package->version,
		.layer = compose_layer(a, c, component->name), .why = place_format(a, &component->at),
	};
	return place_package(&to, &p->deb, which, p->owner, e) || err_wrap(e, "package %s", name);
}

/* A keep pattern that matches nothing in any package is most likely a typing mistake. */
static void warn_unused(struct composition *c, const struct component *component,
			const struct strings *keep, const bool *used)
{
	for (size_t i = 0; i < keep->n; i++) {
		if (!used[i])
			progress_warn(c->order->progress, "component %s: the pattern \"%s\" keeps nothing",
				      component->name, keep->v[i]);
	}
}

static bool from_packages(struct arena *a, struct composition *c, const struct component *component,
			  const struct provider *p, struct error *e)
{
	struct strings keep = { 0 }, drop = { 0 };
	struct selection which = { &keep, &drop, NULL };

	combine(a, component, p, &keep, &drop);
	which.used = arena_array(a, keep.n + 1, sizeof(*which.used));
	for (size_t i = 0; i < p->packages.n; i++) {
		if (!place_one(a, c, component, p->packages.v[i], &which, e))
			return false;
	}
	warn_unused(c, component, &keep, which.used);
	return true;
}

static bool get_fragment(struct arena *a, struct composition *c, const struct source_recipe *source,
			 struct source_fragment **out, struct error *e)
{
	struct compile_request rq = { c->order->store, c->order->lock, source, c->order->compile,
				      c->order->progress };
	struct source_fragment *f;

	if (c->sources.cap == 0) {
		/* nodes point into fragments: make room for all, so that none is moved */
		c->sources.cap = c->order->recipe->components.n + c->order->recipe->programs.n;
		c->sources.v = arena_array(a, c->sources.cap, sizeof(*c->sources.v));
	}
	f = &c->sources.v[c->sources.n];
	f->source = source;
	if (!compile_source(a, &rq, &f->fragment, e))
		return false;
	c->sources.n++;
	*out = f;
	return true;
}

/* The copyright file comes along, as it does with packages: licences ask for it. */
static bool is_copyright(const char *path)
{
	return strncmp(path, "usr/share/doc/", 14) == 0 && str_ends(str_of(path), STR("/copyright"));
}

static bool add_fragment(struct composition *c, const struct source_fragment *f,
			 const struct strings *keep, const struct strings *drop,
			 const struct owner *owner, struct error *e)
{
	for (size_t i = 0; i < f->fragment.nodes.n; i++) {
		struct node n = f->fragment.nodes.v[i];

		if (!select_path(keep, drop, n.path, NULL) && !is_copyright(n.path))
			continue;
		/* folders come along with what is in them, so that they merge with a package's */
		if (n.type == NODE_DIR)
			continue;
		n.owner = owner;
		n.mtime = (int64_t)c->order->recipe->epoch;
		if (!tree_add(c->tree, &n, e))
			return false;
	}
	return true;
}

static bool from_source(struct arena *a, struct composition *c, const struct component *component,
			const struct provider *p, struct error *e)
{
	struct owner *owner = arena_alloc(a, sizeof(*owner));
	struct strings keep = { 0 }, drop = { 0 };
	const struct locked_component *locked = lock_component(c->order->lock, component->name);
	struct source_fragment *f;

	combine(a, component, p, &keep, &drop);
	*owner = (struct owner){
		.kind = OWNER_SOURCE, .name = p->source->name, .version = locked->version,
		.layer = compose_layer(a, c, component->name), .why = place_format(a, &component->at),
	};
	return get_fragment(a, c, p->source, &f, e) &&
	       needs_check_fragment(component, &f->fragment, e) &&
	       add_fragment(c, f, &keep, &drop, owner, e);
}

/* What update-alternatives would have linked, as the recipe names it. */
static bool add_alternatives(struct arena *a, struct composition *c,
			     const struct component *component, const struct provider *p,
			     struct error *e)
{
	for (size_t i = 0; i < p->alternatives.n; i++) {
		const struct link_spec *l = &p->alternatives.v[i];
		struct owner *owner = arena_alloc(a, sizeof(*owner));
		struct node n = { .path = l->path + 1, .type = NODE_LINK, .mode = 0777, .target = l->to,
				  .mtime = (int64_t)c->order->recipe->epoch, .owner = owner };

		*owner = (struct owner){ .kind = OWNER_RECIPE, .name = l->path, .layer = compose_layer(a, c, component->name),
					 .why = place_format(a, &l->at) };
		if (!tree_resolve(c->tree, l->to))
			return err_set(e, ERR_INPUT, "the alternative %s leads to %s, which is not there",
				       l->path, l->to);
		if (!tree_add(c->tree, &n, e))
			return false;
	}
	return true;
}

static bool check_needs(struct composition *c, const struct component *component, struct error *e)
{
	for (size_t i = 0; i < component->needs_files.n; i++) {
		if (!tree_resolve(c->tree, component->needs_files.v[i]))
			return err_set(e, ERR_INPUT, "needs %s, which its provider does not give",
				       component->needs_files.v[i]);
	}
	return true;
}

bool compose_component(struct arena *a, struct composition *c, const struct component *component,
		       struct error *e)
{
	const struct locked_component *locked = lock_component(c->order->lock, component->name);
	const struct provider *p;

	if (!locked || locked->provider >= component->providers.n)
		return err_set(e, ERR_INPUT, "%s does not say who provides it; run imgbuild lock %s%s",
			       c->order->lock->file, compile_platform(c->order->lock)->option,
			       c->order->recipe->file);
	p = &component->providers.v[locked->provider];
	if (!(p->source ? from_source(a, c, component, p, e) : from_packages(a, c, component, p, e)))
		return false;
	return add_alternatives(a, c, component, p, e) && check_needs(c, component, e);
}

bool compose_program(struct arena *a, struct composition *c, const struct program *program,
		     struct error *e)
{
	struct owner *owner = arena_alloc(a, sizeof(*owner));
	const struct strings all = { 0 };
	struct source_fragment *f;

	*owner = (struct owner){ .kind = OWNER_SOURCE, .name = program->name, .layer = compose_layer(a, c, LAYER_PROGRAMS),
				 .why = place_format(a, &program->at) };
	return get_fragment(a, c, program->source, &f, e) &&
	       add_fragment(c, f, &all, &all, owner, e);
}
