/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/opened_libraries.h"

#include <ctype.h>

#include "base/path.h"
#include "explain/init/library_cache.h"
#include "explain/suggest.h"
#include "input/resolve/library_search.h"
#include "make/compose/spelt_libraries.h"

#define VERSIONS 64 /* of a library that is asked for without one: 0 and on */

/* A library by the name in a module, which may end in SPELT_ANY_VERSION. */
struct opened_library {
	const char *name, *module;
};

struct opened_libraries {
	struct own_project *p;
	const struct build_order *order;
	struct LIST(struct opened_library) v;
	bool changed;
};

static bool opens_any_version(const char *name)
{
	return str_ends(str_of(name), STR(SPELT_ANY_VERSION));
}

/* "libx.so" is of who develops, and no package of a library has it. */
static bool opened_counts(const char *name)
{
	const char *version = strstr(name, ".so.");

	return opens_any_version(name) || (version && isdigit((unsigned char)version[4]));
}

static const char *opened_find(const struct tree *t, const char *name)
{
	const struct strings one = { &name, 1, 1 };

	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i]->type != NODE_DIR &&
		    spelt_names_library(&one, path_base(t->v[i]->path)))
			return t->v[i]->path;
	}
	return NULL;
}

static void opened_ask_cache(struct opened_libraries *l, const char *module, const char *library)
{
	if (l->p->d->library_cache || !library_cache_is_for(library))
		return;
	library_cache_choose(l->p->d, module, library);
	l->changed = true;
}

static bool opened_is_known(const struct opened_libraries *l, const char *name)
{
	list_each(x, &l->v) {
		if (strcmp(x->name, name) == 0)
			return true;
	}
	return false;
}

static bool opened_read(struct opened_libraries *l, const struct tree *t, const struct node *n,
			struct error *e)
{
	AUTO_MAPPING map = { 0 };
	struct strings names = { 0 };

	if (!node_map(n, &map, e))
		return false;
	spelt_by_module(l->p->a, map.bytes, &names);
	list_each(name, &names) {
		const char *there = opened_counts(*name) ? opened_find(t, *name) : NULL;

		if (there && opens_any_version(*name))
			opened_ask_cache(l, n->path, path_base(there));
		else if (!there && opened_counts(*name) && !opened_is_known(l, *name))
			*list_push(l->p->a, &l->v) = (struct opened_library){ *name, n->path };
	}
	return true;
}

static size_t opened_versions(const struct opened_library *x)
{
	return opens_any_version(x->name) ? VERSIONS : 1;
}

/* The names that a package may have: "libpq.so.0" and on. */
static void opened_guess(struct arena *a, const struct opened_library *x, struct library_found *out)
{
	for (size_t i = 0; i < opened_versions(x); i++)
		out[i].soname = opens_any_version(x->name)
					? arena_printf(a, "%.*s.%zu", (int)strlen(x->name) - 1,
						       x->name, i)
					: x->name;
}

/* The latest version that a package has. */
static void opened_take(struct opened_libraries *l, const struct opened_library *x,
			const struct library_found *found)
{
	size_t i = opened_versions(x);

	while (i > 0 && !found[i - 1].package)
		i--;
	if (i == 0)
		return;
	found += i - 1;
	if (draft_add_package(l->p->d, found->package,
			      arena_printf(l->p->a, "/%s opens %s by name", x->module,
					   found->soname)))
		l->changed = true;
	if (opens_any_version(x->name))
		opened_ask_cache(l, x->module, found->soname);
}

/* All of them in one search: it reads the archive's index. */
static bool opened_search(struct opened_libraries *l, const struct lock_order *order,
			  struct error *e)
{
	struct library_found *found;
	size_t n = 0, at = 0;

	list_each(x, &l->v)
		n += opened_versions(x);
	if (n == 0)
		return true;
	found = arena_array(l->p->a, n, sizeof(*found));
	list_each(x, &l->v) {
		opened_guess(l->p->a, x, found + at);
		at += opened_versions(x);
	}
	if (!library_find(l->p->a, order, found, n, e))
		return false;
	at = 0;
	list_each(x, &l->v) {
		opened_take(l, x, found + at);
		at += opened_versions(x);
	}
	return true;
}

static bool opened_collect(void *ctx, const struct chain *c, struct error *e)
{
	struct opened_libraries *l = ctx;
	const struct relocked *top = &c->locks.v[c->locks.n - 1];
	const struct lock_order order = { .store = l->order->store,
					  .mirrors = &top->mirrors,
					  .recipe = chain_top(c)->recipe,
					  .platform = c->platform,
					  .old = top->now,
					  .offline = l->order->offline };

	for (size_t i = 0; i < c->tree.n; i++) {
		const struct node *n = c->tree.v[i];

		if (n->type == NODE_FILE && n->owner->kind == OWNER_SOURCE &&
		    n->content.size <= SPELT_MODULE_MOST && str_ends(str_of(n->path), STR(".py")) &&
		    !opened_read(l, &c->tree, n, e))
			return false;
	}
	return opened_search(l, &order, e);
}

bool opened_libraries_choose(struct own_project *p, const struct build_order *o, bool *changed,
			     struct error *e)
{
	struct opened_libraries l = { .p = p, .order = o };
	const struct suggest_hooks hooks = { .ctx = &l, .last = opened_collect };
	struct suggestions ignored;

	if (!build_suggest_with(p->a, o, &hooks, &ignored, e))
		return false;
	*changed = l.changed;
	return true;
}
