/* SPDX-License-Identifier: Apache-2.0 */
/* Entries stand in the order of the graph, so that each lock file gives one list. */

#include "format/text/npm_isolated.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/strmap.h"
#include "format/text/npm_words.h"

#define ISOLATED_STORE NPM_MODULES "/.pnpm"

/* virtual-store-dir-max-length; of longer names the end is a digest. */
#define ISOLATED_NAME_MAX 120
#define ISOLATED_DIGEST 32

struct isolated {
	struct arena *a;
	const struct npm_graph *g;
	struct npm_entries *out;
	size_t *entries;    /* of each package: its entry's number */
	struct strmap dirs; /* taken names of folders */
	struct strmap hoisted;
};

/* A name of a folder from a key: "@a/b@1.0.0(c@2.0.0)(d@1.0.0)" -> "@a+b@1.0.0_c@2.0.0_d@1.0.0". */
static const char *isolated_plain_name(struct arena *a, const char *key)
{
	struct buf out = { .a = a };
	size_t n = strlen(key);

	if (n && key[n - 1] == ')')
		n--;
	for (size_t i = 0; i < n; i++) {
		if (key[i] == ')' && i + 1 < n && key[i + 1] == '(')
			i++;
		buf_putc(&out, strchr("()", key[i])		? '_'
			       : strchr("\\/:*?\"<>|#", key[i]) ? '+'
								: key[i]);
	}
	return buf_cstr(&out);
}

/* File systems that do not tell capitals apart are why pnpm does this. */
static const char *isolated_dir_name(struct isolated *p, const char *key)
{
	const char *name = isolated_plain_name(p->a, key);
	struct digest d = digest_of(str_of(name));
	bool plain = strlen(name) <= ISOLATED_NAME_MAX;

	for (const char *c = name; *c; c++)
		plain = plain && !(*c >= 'A' && *c <= 'Z');
	if (plain && strmap_add(p->a, &p->dirs, str_of(name)))
		return name;
	if (plain) /* two keys of which one looks like the other's name */
		d = digest_of(str_of(key));
	return arena_printf(p->a, "%.*s_%.*s", ISOLATED_NAME_MAX - ISOLATED_DIGEST - 1, name,
			    ISOLATED_DIGEST, digest_hex_dup(p->a, &d));
}

static void isolated_add_alias(struct isolated *p, size_t package, const char *dir,
			       const char *name, size_t of, bool dev)
{
	const char *place = arena_printf(p->a, "%s%s" NPM_MODULES "/%s", dir, dir[0] ? "/" : "",
					 name);

	*list_push(p->a, &p->out->v[p->entries[package]].aliases) = (struct npm_alias){ place, of,
											dev };
}

static void isolated_add_packages(struct isolated *p, const struct npm_step *order, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct npm_package *x = &p->g->packages.v[order[i].package];
		struct npm_entry *y = list_push(p->a, p->out);

		*y = x->entry;
		y->place = arena_printf(p->a, ISOLATED_STORE "/%s/" NPM_MODULES "/%s",
					isolated_dir_name(p, x->key), x->entry.name);
		npm_graph_add_needs(p->a, &x->edges, y);
		p->entries[order[i].package] = p->out->n - 1;
	}
}

/* A peer may be a folder of the project. */
static void isolated_add_link(struct isolated *p, const struct npm_entry *of, const char *dir,
			      const struct npm_edge *edge)
{
	const struct npm_entry link = { .place = arena_printf(p->a, "%s/" NPM_MODULES "/%s", dir,
							      edge->name),
					.name = edge->name,
					.version = "",
					.link = edge->link,
					.dev = of->dev,
					.optional = of->optional,
					.line = of->line };

	*list_push(p->a, p->out) = link;
}

/* Beside a package stands what it needs. One that needs another version of itself gets none, as
 * with pnpm. */
static void isolated_add_beside(struct isolated *p, size_t package)
{
	const struct npm_package *x = &p->g->packages.v[package];
	const char *place = p->out->v[p->entries[package]].place;
	const char *dir = arena_strndup(p->a, place,
					strlen(place) - strlen(x->entry.name) -
						sizeof(NPM_MODULES "/"));

	list_each(edge, &x->edges) {
		if (strcmp(edge->name, x->entry.name) == 0)
			continue;
		if (edge->to == NPM_OF_PROJECT)
			isolated_add_link(p, &x->entry, dir, edge);
		else
			isolated_add_alias(p, edge->to, dir, edge->name, p->entries[package],
					   false);
	}
}

/* The first to need a name says what it is for those who do not say that they need it. */
static void isolated_hoist(struct isolated *p, const struct npm_edges *l, size_t of, bool dev,
			   bool public)
{
	list_each(edge, l) {
		if (edge->to == NPM_OF_PROJECT || (of == NPM_OF_PROJECT && edge->dev != dev) ||
		    !strmap_add(p->a, &p->hoisted, str_of(edge->name)))
			continue;
		isolated_add_alias(p, edge->to, public ? "" : ISOLATED_STORE, edge->name, of, dev);
	}
}

/* What the project names is in its own node_modules, where all find it. */
static void isolated_add_project(struct isolated *p)
{
	list_each(x, &p->g->importers) {
		list_each(edge, &x->edges) {
			if (!x->folder[0])
				strmap_add(p->a, &p->hoisted, str_of(edge->name));
			if (edge->to != NPM_OF_PROJECT)
				isolated_add_alias(p, edge->to, x->folder, edge->name,
						   NPM_OF_PROJECT, edge->dev);
		}
	}
}

struct isolated_turn {
	size_t depth;
	const struct npm_package *package;
	size_t entry;
};

static int compare_turns(const void *x, const void *y)
{
	const struct isolated_turn *a = x, *b = y;

	if (a->package->entry.dev != b->package->entry.dev)
		return a->package->entry.dev ? 1 : -1;
	if (a->depth != b->depth)
		return a->depth > b->depth ? 1 : -1;
	return strcmp(a->package->key, b->package->key);
}

/* Names of the project's folders go first, then those of packages, nearest first; what is for
 * development at the end, so that the rest is the same without. */
static void isolated_hoist_all(struct isolated *p, const struct npm_step *order, size_t n,
			       bool public)
{
	AUTO_ARENA scratch = { 0 };
	struct isolated_turn *turns = arena_array(&scratch, n + 1, sizeof(*turns));
	size_t next = 0;

	for (size_t i = 0; i < n; i++)
		turns[i] = (struct isolated_turn){ order[i].depth,
						   &p->g->packages.v[order[i].package],
						   p->entries[order[i].package] };
	qsort(turns, n, sizeof(*turns), compare_turns);
	for (int dev = 0; dev < 2; dev++) {
		list_each(x, &p->g->importers)
			isolated_hoist(p, &x->edges, NPM_OF_PROJECT, dev, public);
		for (; next < n && turns[next].package->entry.dev == dev; next++)
			isolated_hoist(p, &turns[next].package->edges, turns[next].entry, dev,
				       public);
	}
}

void npm_isolated_place(struct arena *a, const struct npm_graph *g, bool hoist,
			struct npm_entries *out, struct npm_entries *others)
{
	AUTO_ARENA scratch = { 0 };
	struct isolated p = { .a = a, .g = g, .out = out };
	struct npm_step *order = arena_array(&scratch, g->packages.n + 1, sizeof(*order));
	size_t n = npm_graph_order(g, order);

	p.entries = arena_array(&scratch, g->packages.n + 1, sizeof(*p.entries));
	isolated_add_packages(&p, order, n);
	for (size_t i = 0; i < n; i++)
		isolated_add_beside(&p, order[i].package);
	isolated_add_project(&p);
	isolated_hoist_all(&p, order, n, hoist);
	npm_graph_add_project(a, g, out, others);
}
