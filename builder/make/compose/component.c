/* SPDX-License-Identifier: Apache-2.0 */
/* Files of components and programs: from packages, or compiled. */

#include "make/compose/compose.h"

#include "make/compose/fragment_needs.h"
#include "make/compose/source_fragments.h"
#include "make/compose/unused_patterns.h"
#include "input/lock/locked_base.h"
#include "input/resolve/taken_depends.h"
#include "make/tree/layer_name.h"

/* What a component takes of its provider, and what came of it. */
struct taking {
	struct globs keep, drop;
	struct selection which;
	struct stock stock;
	bool of_image; /* a package is part of the image that the recipe stands on */
};

/* The component's patterns and the provider's. */
static void taking_open(struct arena *a, const struct component *c, const struct provider *p,
			struct taking *t)
{
	*t = (struct taking){ 0 };
	list_append(a, &t->keep, &c->keep);
	list_append(a, &t->keep, &p->keep);
	list_append(a, &t->drop, &c->drop);
	list_append(a, &t->drop, &p->drop);
	t->which.keep = &t->keep;
	t->which.drop = &t->drop;
	t->which.used.keep = arena_array(a, t->keep.n + 1, sizeof(bool));
	t->which.used.drop = arena_array(a, t->drop.n + 1, sizeof(bool));
}

/* A component that brings nothing, or less than its lines say, is most likely a mistake. */
static bool taking_check(const struct composition *c, const struct component *component,
			 const struct provider *p, const struct taking *t, struct error *e)
{
	const struct select_used *used = &t->which.used;

	if (t->of_image)
		return true; /* its patterns may be about files that are there already */
	if (!patterns_check_used(c, &t->stock, "keep", &t->keep, used->keep, e) ||
	    !patterns_check_used(c, &t->stock, "drop", &t->drop, used->drop, e))
		return false;
	return t->which.files > 0 || p->alternatives.n > 0 ||
	       patterns_refuse_empty(component, &t->stock, e);
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
		      const char *name, struct taking *t, struct error *e)
{
	const struct placing to = compose_placing(c);
	struct placed *p = find_package(c, name);

	if (!p && locked_base_package(c->order->base, name)) {
		t->of_image = true;
		return true;
	}
	if (!p)
		return err_set(e, ERR_INPUT,
			       "%s does not name the package %s; run imgbuild lock %s%s",
			       c->order->lock->file, name, compile_platform(c->order->lock)->option,
			       recipe_asked(c->order->recipe));
	p->owner = arena_alloc(a, sizeof(*p->owner));
	*p->owner = (struct owner){
		.kind = OWNER_PACKAGE,
		.name = name,
		.version = p->deb.package->version,
		.layer = compose_layer(a, c, component->name),
		.why = place_format(a, &component->at),
	};
	stock_add_package(a, &t->stock, &p->deb);
	return place_package(&to, &p->deb, &t->which, p->owner, e) ||
	       err_wrap(e, "package %s", name);
}

/* What the component takes of what its packages depend on: whole packages, less what is dropped. */
static bool place_taken(struct arena *a, struct composition *c, const struct component *component,
			struct taking *t, struct error *e)
{
	const char *role = depends_role(a, component);
	const struct selection asked = t->which;
	bool ok = true;

	t->which.keep = NULL;
	t->which.used.keep = NULL;
	for (size_t i = 0; ok && i < c->packages.n; i++) {
		const struct locked_package *taken = c->packages.v[i].locked;

		ok = !package_has_role(taken, role) ||
		     place_one(a, c, component, taken->name, t, e);
	}
	t->which.keep = asked.keep;
	t->which.used.keep = asked.used.keep;
	return ok;
}

static bool from_packages(struct arena *a, struct composition *c, const struct component *component,
			  const struct provider *p, struct error *e)
{
	struct taking t;

	taking_open(a, component, p, &t);
	for (size_t i = 0; i < p->packages.n; i++) {
		if (!place_one(a, c, component, p->packages.v[i], &t, e))
			return false;
	}
	return place_taken(a, c, component, &t, e) && taking_check(c, component, p, &t, e);
}

/* The copyright file comes along, as it does with packages: licences ask for it. */
static bool component_is_copyright(const char *path)
{
	return strncmp(path, "usr/share/doc/", 14) == 0 &&
	       str_ends(str_of(path), STR("/copyright"));
}

static bool add_fragment(struct composition *c, const struct source_fragment *f,
			 struct selection *which, const struct owner *owner, struct error *e)
{
	for (size_t i = 0; i < f->fragment.nodes.n; i++) {
		struct node n = f->fragment.nodes.v[i];
		bool is_dir = n.type == NODE_DIR, wanted;

		wanted = select_path(which->keep, which->drop, n.path,
				     is_dir ? NULL : &which->used);
		/* folders come along with what is in them, so that they merge with a package's */
		if (is_dir || (!wanted && !component_is_copyright(n.path)))
			continue;
		which->files += wanted;
		if (!place_check_path(n.path,
				      f->source->unpack.form ? "the download" : "the source", e))
			return false;
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
	const struct locked_component *locked = lock_component(c->order->lock, component->name);
	struct source_fragment *f;
	struct taking t;

	taking_open(a, component, p, &t);
	*owner = (struct owner){
		.kind = OWNER_SOURCE,
		.name = p->source->name,
		.version = locked->version,
		.layer = compose_layer(a, c, component->name),
		.why = place_format(a, &component->at),
	};
	if (!fragments_wait(c->order->sources, c, p->source, &f, e) ||
	    !needs_check_fragment(component, &f->fragment, e) ||
	    !add_fragment(c, f, &t.which, owner, e))
		return false;
	stock_add_fragment(a, &t.stock, &f->fragment);
	t.stock.what = arena_printf(a, "%s %s", p->source->unpack.form ? "download" : "source",
				    p->source->name);
	return place_taken(a, c, component, &t, e) && taking_check(c, component, p, &t, e);
}

/* What update-alternatives would have linked, as the recipe names it. */
static bool add_alternatives(struct arena *a, struct composition *c,
			     const struct component *component, const struct provider *p,
			     struct error *e)
{
	for (size_t i = 0; i < p->alternatives.n; i++) {
		const struct link_spec *l = &p->alternatives.v[i];
		struct owner *owner = arena_alloc(a, sizeof(*owner));
		struct node n = { .path = l->path + 1,
				  .type = NODE_LINK,
				  .mode = 0777,
				  .target = l->to,
				  .mtime = (int64_t)c->order->recipe->epoch,
				  .owner = owner };

		*owner = (struct owner){ .kind = OWNER_RECIPE,
					 .name = l->path,
					 .layer = compose_layer(a, c, component->name),
					 .why = place_format(a, &l->at) };
		if (!tree_resolve(c->tree, l->to))
			err_set(e, ERR_INPUT, "the alternative %s leads to %s, which is not there",
				l->path, l->to);
		else if (tree_add(c->tree, &n, e))
			continue;
		return err_at(e, l->at.file, l->at.line, l->at.col);
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
	const struct provider *p = compose_provider(c->order, component);

	if (!p)
		return err_set(e, ERR_INPUT,
			       "%s does not say who provides it; run imgbuild lock %s%s",
			       c->order->lock->file, compile_platform(c->order->lock)->option,
			       recipe_asked(c->order->recipe));
	if (!(p->source ? from_source(a, c, component, p, e)
			: from_packages(a, c, component, p, e)))
		return false;
	return add_alternatives(a, c, component, p, e) && check_needs(c, component, e);
}

bool compose_program(struct arena *a, struct composition *c, const struct program *program,
		     struct error *e)
{
	struct owner *owner = arena_alloc(a, sizeof(*owner));
	struct selection all = { .keep = NULL };
	struct source_fragment *f;

	*owner = (struct owner){ .kind = OWNER_SOURCE,
				 .name = program->name,
				 .layer = compose_layer(a, c, LAYER_PROGRAMS),
				 .why = place_format(a, &program->at),
				 .remedy = "write another \"to\" for the program" };
	return fragments_wait(c->order->sources, c, program->source, &f, e) &&
	       add_fragment(c, f, &all, owner, e);
}
