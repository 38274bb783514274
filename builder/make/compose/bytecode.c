/* SPDX-License-Identifier: Apache-2.0 */
/* The modules of a tree, and what becomes of them. */

#include "make/compose/bytecode.h"

#include "make/compile/compile.h"
#include "make/compose/source_fragments.h"

#define PYTHON_LIBRARY "usr/lib/python3."
#define PYTHON_OF_TOOLCHAIN "usr/lib/python3.13/"

/* What is below these two nobody imports: examples, and configuration that a link leads to. */
static bool bytecode_is_module(const struct node *n)
{
	struct str path = str_of(n->path);

	return n->type == NODE_FILE && str_ends(path, STR(".py")) &&
	       !str_starts(path, STR("usr/share/doc/")) && !str_starts(path, STR("etc/"));
}

/* The path of a module of another Python's own library, or NULL. */
static const char *bytecode_find_other(const struct composed_files *modules)
{
	list_each(n, modules) {
		if (str_starts(str_of((*n)->path), STR(PYTHON_LIBRARY)) &&
		    !str_starts(str_of((*n)->path), STR(PYTHON_OF_TOOLCHAIN)))
			return (*n)->path;
	}
	return NULL;
}

static bool bytecode_find_modules(struct arena *a, const struct composition *c,
				  struct composed_files *out, struct error *e)
{
	const char *other;

	for (size_t i = 0; i < c->tree->n; i++) {
		const struct node *n = c->tree->v[i];

		if (bytecode_is_module(n) && layer_is_of(n->owner->layer, c->order->recipe->name))
			*list_push(a, out) = n;
	}
	if (out->n == 0)
		return err_set(e, ERR_INPUT,
			       "\"python-bytecode\": the recipe puts no Python module into the "
			       "image; remove the line");
	other = bytecode_find_other(out);
	return !other || err_set(e, ERR_INPUT,
				 "\"python-bytecode\" compiles for Python 3.13, and /%s belongs to "
				 "another; remove the line",
				 other);
}

/* The compiler's packages, if nothing of them was needed until now. */
static bool bytecode_fetch(struct arena *a, const struct compile_request *rq,
			   const struct compose_order *o, struct error *e)
{
	const struct locked_package **v = arena_array(a, rq->lock->packages.n + 1, sizeof(*v));
	const char *role = compile_role(a, rq->source);
	bool cached;
	size_t n = 0;

	if (!compile_is_cached(a, rq, &cached, e))
		return false;
	if (cached || !o->fetch)
		return true;
	for (size_t i = 0; i < rq->lock->packages.n; i++) {
		if (package_has_role(&rq->lock->packages.v[i], role))
			v[n++] = &rq->lock->packages.v[i];
	}
	return o->fetch(o->ctx, v, n, e);
}

static bool bytecode_compile(struct arena *a, struct composition *c,
			     const struct composed_files *modules, struct source_fragment **out,
			     struct error *e)
{
	struct compile_request rq = fragment_request(c, c->order->recipe->effects.bytecode);

	rq.image = *modules;
	return bytecode_fetch(a, &rq, c->order, e) && fragment_make(a, c, &rq, out, e);
}

static bool bytecode_place(struct arena *a, struct composition *c, const struct fragment *made,
			   struct error *e)
{
	const struct source_recipe *source = c->order->recipe->effects.bytecode;
	struct owner *owner = arena_alloc(a, sizeof(*owner));

	*owner = (struct owner){ .kind = OWNER_GENERATED,
				 .name = source->name,
				 .layer = compose_layer(a, c, LAYER_BYTECODE),
				 .why = place_format(a, &source->at) };
	list_each(from, &made->nodes) {
		struct node n = *from;

		if (n.type != NODE_FILE)
			continue;
		n.owner = owner;
		n.mode = 0644;
		n.mtime = (int64_t)c->order->recipe->epoch;
		if (!tree_replace(c->tree, &n, e))
			return false;
	}
	return true;
}

static size_t bytecode_count(const struct fragment *made)
{
	size_t n = 0;

	list_each(node, &made->nodes)
		n += node->type == NODE_FILE;
	return n;
}

bool bytecode_add(struct arena *a, struct composition *c, struct error *e)
{
	const struct source_recipe *source = c->order->recipe->effects.bytecode;
	struct composed_files modules = { 0 };
	struct source_fragment *made;
	size_t n;

	if (!source)
		return true;
	if (!bytecode_find_modules(a, c, &modules, e))
		return err_at(e, source->at.file, source->at.line, source->at.col);
	if (!bytecode_compile(a, c, &modules, &made, e))
		return false;
	n = bytecode_count(&made->fragment);
	if (n < modules.n)
		progress_note(c->order->progress,
			      "%s: %zu of %zu modules have no byte code: they are not Python 3.13",
			      source->name, modules.n - n, modules.n);
	return bytecode_place(a, c, &made->fragment, e);
}
